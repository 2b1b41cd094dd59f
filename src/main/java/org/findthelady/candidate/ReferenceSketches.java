package org.findthelady.candidate;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * The descriptions of a run's references.
 *
 * @param byPath of each reference; empty if models are not described
 * @param likely whether those that are not likely may be left out
 */
public record ReferenceSketches(Map<String, ModelSketch> byPath, boolean likely)
    implements Serializable {
  public ReferenceSketches {
    byPath = Map.copyOf(byPath);
  }

  /** Everything is compared with everything, and nothing is described. */
  public static ReferenceSketches none() {
    return new ReferenceSketches(Map.of(), false);
  }

  /** Whether suspects are described too. */
  public boolean described() {
    return !byPath.isEmpty();
  }

  /**
   * In which order a suspect is held against references.
   *
   * @param references paths
   */
  public Candidates candidates(ModelSketch suspect, List<String> references) {
    if (!likely || references.size() < 2 || !byPath.keySet().containsAll(references)) {
      return Candidates.all(references.size());
    }
    return Candidates.of(suspect, references.stream().map(byPath::get).toList());
  }
}
