package org.findthelady.match.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.findthelady.DocumentedTable;
import org.findthelady.match.Fingerprint;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.Model;
import org.findthelady.match.ProposedOrder;
import org.findthelady.match.Structures;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.EvidenceMode;
import org.findthelady.match.rows.EvidenceWeights;
import org.findthelady.match.rows.TensorScale;
import org.findthelady.match.task.LocalRunner;
import org.findthelady.match.task.ScaleTask;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

class SketchTest {
  private static final int UNITS = 1040;
  private static final int INPUTS = 600;

  private static Structure wide() {
    Group units = Group.root("units", UNITS);
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("in", List.of(Structures.all(units), Structures.frozen(INPUTS)));
    axes.put("bias", List.of(Structures.all(units)));
    axes.put("out", List.of(Structures.frozen(400), Structures.all(units)));
    return new Structure("wide", List.of(units), axes);
  }

  /** Reference rows of one family; "out" stays normal, so sources can always be told. */
  private static Model reference(String family) {
    Model model = Model.random(wide(), 3);
    float[] in = model.values.get("in");
    SplittableRandom random = new SplittableRandom(11);
    switch (family) {
      case "near-duplicates" -> {
        for (int unit = 1; unit < UNITS; unit += 2) {
          for (int x = 0; x < INPUTS; x++) {
            in[unit * INPUTS + x] =
                in[(unit - 1) * INPUTS + x] + (float) (0.0005 * random.nextGaussian());
          }
        }
      }
      case "low rank" -> {
        double[] basis = random.doubles(8 * INPUTS).map(v -> v - 0.5).toArray();
        for (int unit = 0; unit < UNITS; unit++) {
          for (int x = 0; x < INPUTS; x++) {
            double sum = 0.2 * in[unit * INPUTS + x];
            for (int r = 0; r < 8; r++) {
              sum += 0.1 * Math.sin(unit * (r + 1.7)) * basis[r * INPUTS + x];
            }
            in[unit * INPUTS + x] = (float) sum;
          }
        }
      }
      case "heavy tails" -> {
        for (int i = 0; i < in.length; i++) {
          in[i] = (float) (0.02 * Math.tan(Math.PI * (random.nextDouble() - 0.5) * 0.999));
        }
      }
      case "outlier columns" -> {
        for (int unit = 0; unit < UNITS; unit++) {
          for (int x : new int[] {7, 263, 519}) {
            in[unit * INPUTS + x] = (float) (2 + 0.3 * random.nextGaussian());
          }
        }
      }
      default -> {}
    }
    return model;
  }

  @Test
  void givesWhatTheExactProductGives() throws Exception {
    Map<String, UnaryOperator<float[]>> changes = new LinkedHashMap<>();
    changes.put("clean", data -> data);
    changes.put("4 bits", Model.quantised(4));
    changes.put("95 % pruned", Model.pruned(0.95));
    changes.put("omega 0.5", Model.noise(0.5, 1));
    changes.put("omega 2", Model.noise(2, 1));
    changes.put("omega 5", Model.noise(5, 1));
    changes.put("omega 10", Model.noise(10, 1));
    StringBuilder table = new StringBuilder();
    table.append("| rows | ").append(String.join(" | ", changes.keySet())).append(" |\n");
    table.append("|---|").append("---|".repeat(changes.size())).append('\n');
    for (String family :
        List.of("normal", "near-duplicates", "low rank", "heavy tails", "outlier columns")) {
      Model reference = reference(family);
      table.append("| ").append(family);
      for (var change : changes.entrySet()) {
        String what = family + " | " + change.getKey();
        GroupPermutations truth = GroupPermutations.random(reference.structure, 5);
        Model suspect = reference.changed(change.getValue()).gathered(truth);
        MatchResult exact = match(reference, suspect, MatchOptions.defaults().withSketch(false));
        MatchResult quick = match(reference, suspect, MatchOptions.defaults());
        GroupMatch match = quick.group("units");
        assertThat(quick.resync()).as(what).isEqualTo(exact.resync());
        assertThat(match.likeness().states())
            .as(what)
            .isEqualTo(exact.group("units").likeness().states());
        int certified = 0;
        for (boolean proved : match.certified()) {
          certified += proved ? 1 : 0;
        }
        table.append(" | %.0f %%".formatted(100.0 * certified / UNITS));
        if (family.equals("normal") && Set.of("clean", "4 bits").contains(change.getKey())) {
          assertThat(certified).as(what).isEqualTo(UNITS);
        }
        if (family.equals("near-duplicates") || family.equals("low rank")) {
          assertNearest(reference, suspect, match);
        }
      }
      table.append(" |\n");
    }
    DocumentedTable.assertHolds(
        "docs/benchmarks.md", "certified by sketches: SketchTest writes this", table.toString());
  }

  /** No reference row is nearer to a certified source, over all the weighted evidence. */
  private static void assertNearest(Model reference, Model suspect, GroupMatch match)
      throws Exception {
    List<String> tensors = List.of("in", "bias", "out");
    List<TensorScale> scales = new ScaleTask(tensors).run(reference.structure, reference, suspect);
    List<Evidence> evidence =
        new EvidenceWeights(scales, EvidenceMode.ALL)
            .evidence(AnchoredAxis.of(reference.structure, reference, suspect).get("units"));
    SplittableRandom random = new SplittableRandom(4);
    for (int k = 0; k < 40; k++) {
      int leaf = random.nextInt(UNITS);
      if (!match.certified()[leaf]) {
        continue;
      }
      double[] source = row(suspect, reference, evidence, match.sources()[leaf]);
      double own = cosine(row(reference, reference, evidence, leaf), source);
      for (int other = 0; other < UNITS; other++) {
        if (other != leaf) {
          assertThat(cosine(row(reference, reference, evidence, other), source)).isLessThan(own);
        }
      }
    }
  }

  private static double[] row(Model model, Model reference, List<Evidence> evidence, int unit) {
    double[] row = new double[INPUTS + 1 + 400];
    int at = 0;
    for (Evidence member : evidence) {
      double root = Math.sqrt(member.weight());
      float[] values = model.values.get(member.tensor());
      double mean = 0;
      for (int u = 0; member.centred() && u < UNITS; u++) {
        mean += reference.values.get(member.tensor())[u] / (double) UNITS;
      }
      for (int x = 0; x < member.width(); x++) {
        int from = member.axis() == 0 ? unit * (int) member.width() + x : x * UNITS + unit;
        row[at++] = root * (values[from] - mean);
      }
    }
    return row;
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
  void comparesNothingWhereAllIsKnownToBeEqual() throws Exception {
    Model reference = reference("normal");
    GroupPermutations shuffle = GroupPermutations.random(wide(), 4);
    Model suspect = reference.changed(Model.noise(0.01, 5)).gathered(shuffle);
    for (boolean equal : new boolean[] {true, false}) {
      ProposedOrder order =
          Matcher.propose(
              wide(),
              reference,
              suspect,
              MatchOptions.defaults(),
              new LocalRunner(wide(), reference, suspect),
              Fingerprint.unknown());
      assertThat(order.restsOnSketches()).isTrue();
      assertThat(order.resync()).isEqualTo(shuffle.inverse(wide()));
      MatchResult result = equal ? order.acceptAsEqual() : order.compare();
      assertThat(result.tensors()).hasSize(3);
      assertThat(result.tensors())
          .filteredOn(TensorComparison::weight)
          .hasSize(2)
          .allMatch(tensor -> tensor.bytesEqual() == equal);
    }
  }

  @Test
  void refusesToTakeAnOrderWithoutSketchesForEqual() throws Exception {
    Model reference = reference("normal");
    ProposedOrder order =
        Matcher.propose(
            wide(),
            reference,
            reference,
            MatchOptions.defaults().withSketch(false),
            new LocalRunner(wide(), reference, reference),
            Fingerprint.unknown());
    assertThat(order.restsOnSketches()).isFalse();
    assertThatThrownBy(order::acceptAsEqual).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void estimatesProductsInBothLayouts() {
    int rows = 40;
    int columns = 3000;
    SplittableRandom random = new SplittableRandom(1);
    float[] byRow = new float[rows * columns];
    float[] byColumn = new float[rows * columns];
    for (int i = 0; i < byRow.length; i++) {
      byRow[i] = (float) random.nextGaussian();
      byColumn[i % columns * rows + i / columns] = byRow[i];
    }
    Sketch one = new Sketch(rows, 256, 9);
    Sketch two = new Sketch(rows, 256, 9);
    one.addRows(5, 0, rows, byRow, columns, 4);
    for (int column = columns - 1; column >= 0; column--) {
      two.addColumn(5, column, byColumn, column * rows, 4);
    }
    one.finish();
    two.finish();
    for (int i = 0; i < rows; i++) {
      assertThat(two.squares()[i])
          .isCloseTo(one.squares()[i], org.assertj.core.data.Offset.offset(1e-2));
      for (int k = 0; k < 256; k++) {
        assertThat(two.sums()[i * 256 + k])
            .isCloseTo(one.sums()[i * 256 + k], org.assertj.core.data.Offset.offset(1e-3f));
      }
    }
  }

  private static MatchResult match(Model reference, Model suspect, MatchOptions options)
      throws Exception {
    return Matcher.match(reference.structure, reference, suspect, options);
  }
}
