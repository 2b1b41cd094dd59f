package org.findthelady.job;

import java.io.IOException;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.report.StructureReport;
import org.findthelady.storage.HadoopStore;

/** Shows a checkpoint and its permutation groups; starts no Spark. */
public final class Inspect {
  private Inspect() {}

  /** What was found, in two forms. */
  public record Result(String text, String json) {}

  /** Reads headers only. */
  public static Result run(String path, StructureChoice choice, Map<String, String> storage) {
    HadoopStore store = new HadoopStore(storage);
    try {
      Checkpoint checkpoint = Checkpoints.open(store, path);
      StructureReport report = report(store, checkpoint, choice);
      return new Result(report.text(), report.json());
    } catch (IOException e) {
      throw new CheckpointException(CheckpointException.Reason.IO, path + ": " + e.getMessage(), e);
    }
  }

  /** A checkpoint is shown even if no structure fits, unless the caller named one. */
  private static StructureReport report(
      HadoopStore store, Checkpoint checkpoint, StructureChoice choice) throws IOException {
    try {
      return StructureReport.of(checkpoint, Structures.of(store, checkpoint, choice));
    } catch (UserException e) {
      if (!choice.equals(StructureChoice.AUTOMATIC)) {
        throw e;
      }
      return StructureReport.without(checkpoint, e.getMessage());
    }
  }
}
