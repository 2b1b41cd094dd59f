package org.findthelady.report;

import java.io.IOException;
import java.io.OutputStream;

/** Makes the files of a page; they lie in one folder. */
@FunctionalInterface
public interface PageFiles {
  /**
   * Opens a new file.
   *
   * @param name without a folder
   */
  OutputStream create(String name) throws IOException;
}
