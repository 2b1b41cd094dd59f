package org.findthelady.fleet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.pair.PairRequest;

/**
 * What suspects come to, from headers. Suspects with the same tensors come to the same against one
 * reference, so a fleet of one architecture is looked at closely once.
 */
public final class PairWorks {
  /** What was found, with the notes that belong to it. */
  private record Known(PairWork work, String note) {}

  private final Map<String, Known> known = new HashMap<>();

  /**
   * Looks at the headers of a suspect.
   *
   * @param notes receives why a pair is no work
   */
  public PairWork of(Suspect suspect, List<String> notes) {
    Checkpoint opened;
    PairRequest any = suspect.pairs().get(0);
    try {
      opened = Checkpoints.open(any.store(), any.suspect());
    } catch (CheckpointException e) {
      notes.add(any.id() + ": " + e.getMessage().lines().findFirst().orElse(""));
      return PairWork.NONE;
    }
    String tensors =
        opened.format()
            + opened.tensors().stream()
                .map(tensor -> tensor.name() + tensor.dtype() + tensor.shape())
                .collect(Collectors.joining(","));
    PairWork sum = null;
    for (PairRequest pair : suspect.pairs()) {
      Known found =
          known.computeIfAbsent(
              pair.reference() + "|" + pair.structure() + "|" + tensors, key -> work(pair, opened));
      if (!found.note().isEmpty()) {
        notes.add(pair.id() + ": " + found.note());
      }
      sum = sum == null ? found.work() : sum.plus(found.work());
    }
    return sum;
  }

  private static Known work(PairRequest pair, Checkpoint suspect) {
    try {
      List<String> notes = new ArrayList<>();
      PairWork work = PairWork.of(pair, suspect, notes);
      return new Known(work, String.join("; ", notes));
    } catch (CheckpointException | UserException | IOException e) {
      return new Known(PairWork.NONE, e.getMessage().lines().findFirst().orElse(""));
    }
  }
}
