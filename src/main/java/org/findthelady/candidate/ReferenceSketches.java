package org.findthelady.candidate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Store;

/**
 * The descriptions of a run's references.
 *
 * @param byPath of each reference; empty if all are to be compared whatever they are
 */
public record ReferenceSketches(Map<String, ModelSketch> byPath) implements Serializable {
  public ReferenceSketches {
    byPath = Map.copyOf(byPath);
  }

  /** Everything is compared with everything. */
  public static ReferenceSketches none() {
    return new ReferenceSketches(Map.of());
  }

  /**
   * In which order a suspect is held against references.
   *
   * @param suspect path
   * @param references paths
   */
  public Candidates candidates(Store store, String suspect, List<String> references) {
    List<ModelSketch> sketches = new ArrayList<>();
    for (String reference : references) {
      ModelSketch sketch = byPath.get(reference);
      if (sketch == null) {
        return Candidates.all(references.size());
      }
      sketches.add(sketch);
    }
    return references.size() < 2
        ? Candidates.all(references.size())
        : Candidates.of(ModelSketch.of(store, suspect), sketches);
  }
}
