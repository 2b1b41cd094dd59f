package org.findthelady.storage;

import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/** Holds a file to what it was when it was planned. */
final class Unchanged {
  private Unchanged() {}

  static void check(FileInfo planned, FileInfo now) {
    if (planned.length() != now.length()
        || planned.modifiedMillis() != now.modifiedMillis()
        || planned.folder() != now.folder()) {
      throw new CheckpointException(
          Reason.CHANGED_DURING_RUN,
          "%s was %d bytes of time %d when planned, is now %d bytes of time %d"
              .formatted(
                  planned.path(),
                  planned.length(),
                  planned.modifiedMillis(),
                  now.length(),
                  now.modifiedMillis()));
    }
  }
}
