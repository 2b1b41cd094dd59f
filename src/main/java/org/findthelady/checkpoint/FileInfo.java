package org.findthelady.checkpoint;

import java.io.Serializable;

/**
 * A file or folder as it was when it was planned.
 *
 * @param path absolute, with scheme where it is not local
 * @param length bytes; 0 for a folder
 * @param modifiedMillis modification time in milliseconds since the epoch
 * @param folder whether it is a folder
 */
public record FileInfo(String path, long length, long modifiedMillis, boolean folder)
    implements Serializable {
  /** The last path segment. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Path, length and time in one line; changes when the file is written again. */
  public String stamp() {
    return path + "|" + length + "|" + modifiedMillis;
  }
}
