package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GreedyAssignmentTest {
  @Test
  void takesTheBestPairsFirstAndGivesTheRestWhatIsLeft() {
    TopLists lists = new TopLists(4, 2);
    lists.offer(0, 1, 0.5f);
    lists.offer(0, 2, 0.4f);
    lists.offer(1, 1, 0.9f);
    lists.offer(1, 0, 0.8f);
    lists.offer(2, 1, 0.7f);
    lists.offer(2, 2, 0.6f);
    assertThat(GreedyAssignment.solve(lists)).containsExactly(0, 1, 2, 3);
  }
}
