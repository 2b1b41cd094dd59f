package org.findthelady.storage;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.S3AFileStatus;
import org.findthelady.checkpoint.FileInfo;

/** Statuses of S3A's own. Loaded only where S3A is: other clusters do not have its classes. */
final class S3Objects {
  private S3Objects() {}

  /**
   * The status of a file as it was listed: opening with it asks the store nothing, and reading
   * fails if the file has another tag by then.
   */
  static FileStatus status(FileInfo file) {
    return new S3AFileStatus(
        file.length(), file.modifiedMillis(), new Path(file.path()), 1, "", file.tag(), null);
  }
}
