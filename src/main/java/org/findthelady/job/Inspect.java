package org.findthelady.job;

import java.io.IOException;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.CheckpointException;
import org.findthelady.report.StructureReport;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;

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
      Structure structure = Structures.of(store, checkpoint, choice);
      StructureReport report = new StructureReport(checkpoint, structure);
      return new Result(report.text(), report.json());
    } catch (IOException e) {
      throw new CheckpointException(CheckpointException.Reason.IO, path + ": " + e.getMessage(), e);
    }
  }
}
