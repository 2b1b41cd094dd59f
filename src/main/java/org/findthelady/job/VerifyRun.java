package org.findthelady.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.findthelady.run.OutputCheck;
import org.findthelady.storage.HadoopStore;

/** Checks that the output of audits is whole and unchanged; starts no Spark. */
public final class VerifyRun {
  private VerifyRun() {}

  /**
   * Checks a run's folder, or an output folder with all its runs.
   *
   * @param storage properties of Hadoop's file systems
   * @throws org.findthelady.core.UserException if there is no run
   */
  public static OutputCheck of(String folder, Map<String, String> storage) {
    try {
      return OutputCheck.of(new HadoopStore(storage), folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    }
  }
}
