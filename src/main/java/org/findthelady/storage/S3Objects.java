package org.findthelady.storage;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.S3AFileStatus;
import org.findthelady.checkpoint.FileInfo;

/** What Hadoop's S3A can do beyond other file systems. */
final class S3Objects {
  /** Option of a new file: nothing is asked about what lies at its path. */
  static final String WITHOUT_LOOKING = "fs.s3a.create.performance";

  private S3Objects() {}

  /** Whether a file system is S3A. */
  static boolean are(FileSystem system) {
    return system.getClass().getName().equals("org.apache.hadoop.fs.s3a.S3AFileSystem");
  }

  /**
   * The status of a file as it was listed: opening with it asks the store nothing, and reading
   * fails if the file has another tag by then.
   */
  static FileStatus status(FileInfo file) {
    return new S3AFileStatus(
        file.length(), file.modifiedMillis(), new Path(file.path()), 1, "", file.tag(), null);
  }
}
