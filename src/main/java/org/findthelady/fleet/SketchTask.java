package org.findthelady.fleet;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.candidate.ModelSketch;
import org.findthelady.candidate.ReferenceSketches;
import org.findthelady.spark.Cluster;
import org.findthelady.spark.Task;
import org.findthelady.storage.HadoopStore;

/** Describes references where the executors are, each once. */
public final class SketchTask implements Task<SketchTask.Reference, ModelSketch> {
  private static final long serialVersionUID = 1;

  /** A reference that is to be described. */
  record Reference(HadoopStore store, String path) implements Serializable {}

  private SketchTask() {}

  /**
   * The descriptions of all references of suspects.
   *
   * @param likely whether references that are not likely may be left out
   */
  public static ReferenceSketches run(Cluster cluster, List<Suspect> suspects, boolean likely) {
    Map<String, Reference> references = new TreeMap<>();
    suspects.stream()
        .flatMap(suspect -> suspect.pairs().stream())
        .forEach(
            pair ->
                references.put(pair.reference(), new Reference(pair.store(), pair.reference())));
    Map<String, ModelSketch> sketches = new TreeMap<>();
    List<Reference> items = List.copyOf(references.values());
    List<ModelSketch> made =
        cluster.map("Describing %d references".formatted(items.size()), items, new SketchTask());
    for (int i = 0; i < items.size(); i++) {
      sketches.put(items.get(i).path(), made.get(i));
    }
    return new ReferenceSketches(sketches, likely);
  }

  @Override
  public ModelSketch run(Reference reference) {
    return ModelSketch.of(reference.store(), reference.path());
  }
}
