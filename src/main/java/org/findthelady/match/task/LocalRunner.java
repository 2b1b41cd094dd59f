package org.findthelady.match.task;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Structure;

/** Runs tasks one after the other in the calling thread. */
public final class LocalRunner implements TaskRunner {
  private final Structure structure;
  private final Weights reference;
  private final Weights suspect;

  public LocalRunner(Structure structure, Weights reference, Weights suspect) {
    this.structure = Objects.requireNonNull(structure);
    this.reference = Objects.requireNonNull(reference);
    this.suspect = Objects.requireNonNull(suspect);
  }

  @Override
  public <R extends Serializable> List<R> run(String stage, List<? extends MatchTask<R>> tasks)
      throws IOException {
    List<R> results = new ArrayList<>(tasks.size());
    for (MatchTask<R> task : tasks) {
      results.add(task.run(structure, reference, suspect));
    }
    return results;
  }
}
