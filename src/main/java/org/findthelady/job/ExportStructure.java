package org.findthelady.job;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Shape;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.FoundStructure;
import org.findthelady.pair.StructureChoice;
import org.findthelady.pair.Structures;
import org.findthelady.report.JsonText;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TrainingState;
import org.findthelady.structure.declared.ArchitectureWriter;

/** Writes the structure of a checkpoint as an architecture file. */
public final class ExportStructure {
  private ExportStructure() {}

  /** What was written, for programs. */
  public static String json(String out, int groups) {
    return JsonText.of(JsonText.object().put("out", out).put("groups", groups));
  }

  /**
   * Writes {@code out}, where nothing may be, and returns the number of groups.
   *
   * @param suspect a second checkpoint, with which the groups of the first are to be found; null to
   *     read them off the first alone
   */
  public static int run(
      String path,
      String suspect,
      String out,
      String name,
      StructureChoice choice,
      Map<String, String> storage) {
    HadoopStore store = new HadoopStore(storage);
    try {
      Preflight.of(store).there(path).there(suspect).structure(choice).output(out);
      Structure structure =
          suspect == null
              ? of(store, Checkpoints.open(store, path), choice)
              : FoundStructure.of(store, path, suspect, MatchOptions.defaults().seed())
                  .exportable();
      try (OutputStream stream = store.create(out)) {
        ArchitectureWriter.write(name, structure, stream);
      }
      return structure.groups().size();
    } catch (IOException e) {
      throw Failure.of(path, e);
    }
  }

  /** Names every weight, so that the file fits the checkpoint that it was made from. */
  private static Structure of(Store store, Checkpoint checkpoint, StructureChoice choice)
      throws IOException {
    Map<String, Shape> shapes = new TreeMap<>();
    TrainingState.of(checkpoint.tensors()).weights().forEach(t -> shapes.put(t.name(), t.shape()));
    return Structures.of(store, checkpoint, choice).structure().naming(shapes);
  }
}
