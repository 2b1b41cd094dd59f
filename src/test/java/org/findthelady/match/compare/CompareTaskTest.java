package org.findthelady.match.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.match.Model;
import org.findthelady.match.Structures;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

class CompareTaskTest {
  private static final int ROWS = 90;
  private static final int COLUMNS = 70;
  private static final int KERNEL = 3;

  private final Group rows = Group.root("rows", ROWS);
  private final Group columns = Group.root("columns", COLUMNS);
  private final Structure structure = structure();

  private Structure structure() {
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("matrix", List.of(Structures.all(rows), Structures.all(columns)));
    axes.put(
        "kernel",
        List.of(Structures.all(rows), Structures.all(columns), Structures.frozen(KERNEL)));
    axes.put("term", List.of(Structures.all(rows)));
    return new Structure("pair", List.of(rows, columns), axes);
  }

  private TensorPairResult compare(
      Model here, Model there, GroupPermutations resync, String name, long whole) throws Exception {
    long elements = here.shape(name).elements();
    return new CompareTask(List.of(name), resync, elements, whole, false)
        .run(structure, here, there)
        .get(0);
  }

  @Test
  void sumsUpWhatANaiveLoopSumsUp() throws Exception {
    Model reference = Model.random(structure, 1);
    Model changed = reference.changed(Model.noise(0.5, 2));
    changed.values.get("matrix")[5] = 0;
    GroupPermutations shuffle = GroupPermutations.random(structure, 3);
    Model suspect = changed.gathered(shuffle);
    GroupPermutations back = shuffle.inverse(structure);
    for (String name : List.of("matrix", "kernel", "term")) {
      for (long whole : new long[] {0, 1 << 20}) {
        TensorPairResult pairs = compare(reference, suspect, back, name, whole);
        float[] a = reference.values.get(name);
        float[] b = changed.values.get(name);
        assertRows(pairs, name, a, b);
        TensorComparison comparison = pairs.comparison();
        long different = 0;
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
          different += a[i] == b[i] ? 0 : 1;
          dot += (double) a[i] * b[i];
        }
        assertThat(comparison.different()).as(name).isEqualTo(different);
        assertThat(comparison.elements()).isEqualTo(a.length);
        assertThat(comparison.bytesEqual()).isEqualTo(different == 0);
        if (different > 0) {
          assertThat(comparison.dot()).isCloseTo(dot, within(1e-5 * Math.abs(dot)));
        }
        assertThat(comparison.suspectZeroShare())
            .isEqualTo(name.equals("matrix") ? 1.0 / a.length : 0);
      }
    }
  }

  private void assertRows(TensorPairResult pairs, String name, float[] a, float[] b) {
    int rest = a.length / ROWS;
    for (AxisSums axis : pairs.axes()) {
      if (axis.isEqual()) {
        assertThat(a).isEqualTo(b);
        continue;
      }
      boolean byRow = axis.group().equals("rows");
      double[] dots = new double[byRow ? ROWS : COLUMNS];
      double[] squares = new double[dots.length];
      for (int i = 0; i < a.length; i++) {
        int leaf = byRow ? i / rest : i % rest / (rest / COLUMNS);
        dots[leaf] += (double) a[i] * b[i];
        squares[leaf] += (double) b[i] * b[i];
      }
      for (int leaf = 0; leaf < dots.length; leaf++) {
        assertThat((double) axis.dots()[leaf])
            .as(name + " " + axis.group())
            .isCloseTo(dots[leaf], within(2e-6 * squares[leaf] + 1e-9));
        assertThat((double) axis.suspectSquares()[leaf])
            .isCloseTo(squares[leaf], within(2e-6 * squares[leaf]));
      }
    }
  }

  @Test
  void findsEqualBytesWithoutSums() throws Exception {
    Model reference = Model.random(structure, 1);
    reference.values.get("kernel")[4] = Float.NaN;
    GroupPermutations shuffle = GroupPermutations.random(structure, 3);
    TensorPairResult pairs =
        compare(
            reference, reference.gathered(shuffle), shuffle.inverse(structure), "kernel", 1 << 20);
    assertThat(pairs.comparison().bytesEqual()).isTrue();
    assertThat(pairs.axes()).allMatch(AxisSums::isEqual);
  }

  @Test
  void countsWhatIsNotFiniteAndGoesOn() throws Exception {
    Model reference = Model.random(structure, 1);
    Model suspect = reference.changed(Model.noise(0.5, 2));
    suspect.values.get("matrix")[3 * COLUMNS + 4] = Float.NaN;
    suspect.values.get("matrix")[8 * COLUMNS + 9] = 1e30f;
    TensorPairResult pairs =
        compare(reference, suspect, GroupPermutations.identity(), "matrix", 1 << 20);
    assertThat(pairs.comparison().notFinite()).isEqualTo(1);
    AxisSums byRow = pairs.axes().get(0);
    AxisSums byColumn = pairs.axes().get(1);
    assertThat(byRow.isBroken(3, false)).isTrue();
    assertThat(byColumn.isBroken(4, false)).isTrue();
    assertThat(byRow.isBroken(3, true)).isFalse();
    assertThat(pairs.comparison().cosine()).isBetween(-1.0, 1.0);
  }
}
