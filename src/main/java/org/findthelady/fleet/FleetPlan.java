package org.findthelady.fleet;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.pair.LocalExecution;

/**
 * How suspects become tasks.
 *
 * @param chunks suspects, by index, that are audited whole, several to a task
 * @param large suspects, by index, that are spread over all executors, one after the other
 */
public record FleetPlan(List<List<Integer>> chunks, List<Integer> large) {
  private static final int MOST_IN_CHUNK = 16;
  private static final int CHUNKS_PER_SLOT = 4;

  public FleetPlan {
    chunks = chunks.stream().map(List::copyOf).toList();
    large = List.copyOf(large);
  }

  /**
   * Splits suspects so that every slot gets several tasks, in order.
   *
   * @param slots tasks that can run at the same time
   */
  public static FleetPlan of(List<Suspect> suspects, int slots) {
    List<Integer> large = new ArrayList<>();
    List<Integer> small = new ArrayList<>();
    for (int i = 0; i < suspects.size(); i++) {
      (suspects.get(i).bytes() > LocalExecution.LARGE_BYTES ? large : small).add(i);
    }
    int wanted = Math.max(1, small.size() / (CHUNKS_PER_SLOT * Math.max(1, slots)));
    int most = Math.min(MOST_IN_CHUNK, wanted);
    List<List<Integer>> chunks = new ArrayList<>();
    List<Integer> chunk = new ArrayList<>();
    long bytes = 0;
    for (int index : small) {
      long added = suspects.get(index).bytes();
      if (!chunk.isEmpty()
          && (chunk.size() == most || bytes + added > LocalExecution.LARGE_BYTES)) {
        chunks.add(chunk);
        chunk = new ArrayList<>();
        bytes = 0;
      }
      chunk.add(index);
      bytes += added;
    }
    if (!chunk.isEmpty()) {
      chunks.add(chunk);
    }
    return new FleetPlan(chunks, large);
  }
}
