package org.findthelady.experiment;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;

/**
 * The files that a sweep names.
 *
 * @param root folder that their paths start from
 * @param beside folder of the sweep's own file, from which paths with {@code ./} ahead start
 */
record StoredFiles(Store store, String root, String beside) {
  private static final String BESIDE = "./";

  /** Where a named file is; a path that is absolute or has a scheme stays as it is. */
  String location(String path) {
    Location found =
        path.startsWith(BESIDE)
            ? Location.of(beside).resolve(path.substring(BESIDE.length()))
            : Location.of(root).resolve(path);
    return found.path();
  }

  /**
   * The file of that name.
   *
   * @throws UserException if there is none
   */
  FileInfo file(String path) throws IOException {
    String location = location(path);
    return store
        .stat(location)
        .orElseThrow(() -> new UserException(location + ": nothing is there"));
  }

  /** The ONNX model of that name. */
  OnnxModel onnx(String path) throws IOException {
    return OnnxModel.read(store, file(path));
  }

  /** All bytes of the file of that name. */
  InputStream stream(String path) throws IOException {
    FileInfo file = file(path);
    byte[] bytes = new byte[Math.toIntExact(file.length())];
    try (SeekableInput input = store.open(file)) {
      input.readFully(0, bytes, 0, bytes.length);
    }
    return new ByteArrayInputStream(bytes);
  }
}
