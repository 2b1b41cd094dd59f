package org.findthelady.checkpoint;

import java.io.Serializable;

/**
 * A file or folder as it was when it was planned.
 *
 * @param path absolute, with scheme where it is not local
 * @param length bytes; 0 for a folder
 * @param modifiedMillis modification time in milliseconds since the epoch
 * @param folder whether it is a folder
 * @param tag what an object store says of the content (its entity tag); empty if the store says
 *     nothing
 */
public record FileInfo(String path, long length, long modifiedMillis, boolean folder, String tag)
    implements Serializable {
  /** A file or folder of a store that has no tags. */
  public FileInfo(String path, long length, long modifiedMillis, boolean folder) {
    this(path, length, modifiedMillis, folder, "");
  }

  /** The last path segment. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Path, length, time and tag in one line; changes when the file is written again. */
  public String stamp() {
    return path + "|" + length + "|" + modifiedMillis + (tag.isEmpty() ? "" : "|" + tag);
  }
}
