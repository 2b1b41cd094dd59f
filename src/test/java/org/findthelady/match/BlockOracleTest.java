package org.findthelady.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.Permutation;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.task.BlockResult;
import org.findthelady.match.task.BlockTask;
import org.findthelady.match.task.UnitRange;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

/** Whole block tasks against loops in double precision over gathered tensors. */
class BlockOracleTest {
  private static final int UNITS = 30;
  private static final int OTHERS = 17;

  private final Group units = Group.root("units", UNITS);
  private final Group others = Group.root("others", OTHERS);
  private final Structure structure = structure();

  private Structure structure() {
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("in", List.of(Structures.all(units), Structures.all(others)));
    axes.put("bias", List.of(Structures.all(units)));
    axes.put(
        "kernel", List.of(Structures.all(others), Structures.all(units), Structures.frozen(5)));
    return new Structure("oracle", List.of(units, others), axes);
  }

  private static final List<Evidence> EVIDENCE =
      List.of(
          new Evidence("in", 0, OTHERS, 2, false, 0),
          new Evidence("bias", 0, 1, 30, true, 0),
          new Evidence("kernel", 1, OTHERS * 5, 0.5f, false, 0));

  /** A unit's weighted row, the reference's mean taken off its bias. */
  private static double[] row(Model model, Model reference, int unit) {
    double[] row = new double[OTHERS + 1 + OTHERS * 5];
    for (int x = 0; x < OTHERS; x++) {
      row[x] = Math.sqrt(2) * model.values.get("in")[unit * OTHERS + x];
    }
    double mean = 0;
    for (float value : reference.values.get("bias")) {
      mean += value / UNITS;
    }
    row[OTHERS] = Math.sqrt(30) * (model.values.get("bias")[unit] - mean);
    for (int x = 0; x < OTHERS * 5; x++) {
      row[OTHERS + 1 + x] =
          Math.sqrt(0.5) * model.values.get("kernel")[(x / 5 * UNITS + unit) * 5 + x % 5];
    }
    return row;
  }

  /** Value dimensions of grouped queries: rows of v, and columns of o once for each query head. */
  private static double[] valueRow(Model model, int leaf) {
    float[] rows = model.values.get("v");
    float[] columns = model.values.get("o");
    double[] row = new double[48 * 4];
    for (int x = 0; x < 48; x++) {
      row[x] = Math.sqrt(3) * rows[leaf * 48 + x];
      for (int repeat = 0; repeat < 3; repeat++) {
        row[48 * (repeat + 1) + x] = columns[x * 96 + leaf / 8 * 24 + repeat * 8 + leaf % 8];
      }
    }
    return row;
  }

  @Test
  void scoresPairsWithinInstancesAsTheOracleDoes() throws Exception {
    Structure grouped = Structures.grouped(48, 4, 3, 8);
    Group value = grouped.group("value");
    Model reference = Model.random(grouped, 5);
    Model changed = reference.changed(Model.noise(1, 6));
    GroupPermutations shuffle =
        GroupPermutations.random(grouped, 7)
            .with(value, Collections.nCopies(4, Permutation.identity(8)));
    Model suspect = changed.gathered(shuffle);
    List<Evidence> evidence =
        List.of(new Evidence("v", 0, 48, 3, false, 0), new Evidence("o", 1, 144, 1, false, 0));
    for (int[] range : new int[][] {{0, 32}, {8, 24}}) {
      for (long panel : new long[] {1000, 1 << 20}) {
        BlockResult result =
            new BlockTask(
                    "value",
                    evidence,
                    shuffle.inverse(grouped),
                    UnitRange.of(range[0], range[1]),
                    true,
                    8,
                    panel)
                .run(grouped, reference, suspect);
        for (int i = 0; i < range[1] - range[0]; i++) {
          int leaf = result.unit(i);
          double[] here = valueRow(reference, leaf);
          Set<Integer> candidates = new HashSet<>();
          for (int rank = 0; rank < 8; rank++) {
            int other = result.rows().index(i, rank);
            candidates.add(other);
            assertThat(other / 8).isEqualTo(leaf / 8);
            assertThat((double) result.rows().score(i, rank))
                .isCloseTo(cosine(here, valueRow(changed, other)), within(2e-6));
          }
          assertThat(candidates).hasSize(8);
        }
      }
    }
  }

  private static double cosine(double[] a, double[] b) {
    double dot = 0;
    double one = 0;
    double two = 0;
    for (int x = 0; x < a.length; x++) {
      dot += a[x] * b[x];
      one += a[x] * a[x];
      two += b[x] * b[x];
    }
    return dot / Math.sqrt(one * two);
  }

  @Test
  void scoresEveryPairAsTheOracleDoes() throws Exception {
    Model reference = Model.random(structure, 1);
    GroupPermutations shuffle = GroupPermutations.random(structure, 2).with(units, identity());
    Model changed = reference.changed(Model.noise(1, 3));
    Model suspect = changed.gathered(shuffle);
    GroupPermutations resync = shuffle.inverse(structure);
    for (int[] range : new int[][] {{0, UNITS}, {7, 19}}) {
      for (int[] only :
          new int[][] {
            null,
            {
              29, 3, 4, 11, 0, 8, 9, 10, 1, 2, 5, 6, 7, 20, 21, 22, 23, 24, 25, 26, 27, 28, 12, 13,
              14, 15, 16, 17, 18, 19
            }
          }) {
        for (long panel : new long[] {1000, 1 << 20}) {
          BlockTask task =
              new BlockTask(
                  "units",
                  EVIDENCE,
                  resync,
                  new UnitRange(only, range[0], range[1]),
                  false,
                  UNITS,
                  panel);
          BlockResult result = task.run(structure, reference, suspect);
          for (int i = 0; i < range[1] - range[0]; i++) {
            double[] here = row(reference, reference, result.unit(i));
            for (int rank = 0; rank < UNITS; rank++) {
              double expected = cosine(here, row(changed, reference, result.rows().index(i, rank)));
              assertThat((double) result.rows().score(i, rank)).isCloseTo(expected, within(2e-6));
            }
          }
          for (int j = 0; j < UNITS; j++) {
            int best = result.columns().index(j, 0);
            assertThat((double) result.columns().score(j, 0))
                .isCloseTo(
                    cosine(row(reference, reference, best), row(changed, reference, j)),
                    within(2e-6));
          }
        }
      }
    }
  }

  private static List<Permutation> identity() {
    return List.of(Permutation.identity(UNITS));
  }
}
