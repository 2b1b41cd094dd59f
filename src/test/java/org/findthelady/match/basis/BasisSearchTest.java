package org.findthelady.match.basis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.findthelady.match.Structures.all;
import static org.findthelady.match.Structures.frozen;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.findthelady.core.Shape;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Model;
import org.findthelady.match.Structures;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.match.verdict.Findings;
import org.findthelady.match.verdict.NeuronChanges;
import org.findthelady.match.verdict.PairFacts;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.RotaryDigit;
import org.findthelady.structure.Segment;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;

class BasisSearchTest {
  private static final int WIDTH = 32;
  private static final int HEAD = 8;

  private final Structure structure = decoder();
  private final Model reference = Model.random(structure, 11);

  @Test
  void undoesARotatedStreamWithFoldedGains() throws Exception {
    Model suspect = rotated();
    BasisChange change = find(suspect).orElseThrow();
    assertThat(change.isExact(0)).as("" + change.relative()).isTrue();
    assertThat(words(change)).contains("gains were folded", "residual stream 'stream' was rotated");
    Model shuffled = suspect.gathered(GroupPermutations.random(structure, 5));
    assertThat(find(shuffled).orElseThrow().isExact(0)).isTrue();
  }

  @Test
  void aTurnedStreamIsToldBeforeAnyOrderIsLookedFor() throws Exception {
    GroupPermutations order = GroupPermutations.random(structure, 5);
    Model noised = rotated().changed(Model.noise(0.1, 3));
    for (Model turned : List.of(rotated(), rotated().gathered(order), noised)) {
      assertThat(BasisSearch.isTurned(structure, reference, turned)).isTrue();
    }
    Model shuffled = reference.gathered(order);
    Model louder = shuffled.changed(Model.noise(0.5, 4));
    for (Model other : List.of(shuffled, louder, Model.random(structure, 101))) {
      assertThat(BasisSearch.isTurned(structure, reference, other)).isFalse();
    }
  }

  @Test
  void whatWasChangedBesidesIsLeft() throws Exception {
    Model suspect = rotated().changed(Model.noise(0.1, 3));
    BasisChange change = find(suspect).orElseThrow();
    assertThat(change.isExact(0)).isFalse();
    assertThat(change.relative()).isBetween(0.08, 0.13);
  }

  @Test
  void partsOfAStackAreComparedOnceBasesAreUndone() throws Exception {
    StackedTensor experts = new StackedTensor("up", 0, List.of("up.0", "up.1"));
    Structure stacked =
        new Structure(
            "experts", structure.groups(), structure.axes(), List.of(experts), structure.rotary());
    Model suspect = rotated().changed(Model.noise(0.1, 3));
    BasisChange change =
        find(stacked, reference, suspect, GroupPermutations.identity()).orElseThrow();
    assertThat(change.tensors()).doesNotContainKey("up");
    for (String part : experts.parts()) {
      assertThat(change.tensors().get(part).elements()).isEqualTo(24 * WIDTH);
      assertThat(change.tensors().get(part).relativeDifference()).isBetween(0.06, 0.15);
    }
  }

  @Test
  void undoesBasesInsideHeads() throws Exception {
    Model suspect = reference.copy();
    for (int head = 0; head < 2; head++) {
      RealMatrix mix = gaussian(HEAD, HEAD, 20 + head);
      RealMatrix inverse = inverse(mix);
      mixRows(suspect.values.get("v"), head * HEAD, WIDTH, mix);
      for (int query = 0; query < 2; query++) {
        mixColumns(suspect.values.get("o"), (2 * head + query) * HEAD, 4 * HEAD, inverse);
      }
    }
    BasisChange change = find(suspect).orElseThrow();
    assertThat(change.isExact(0)).as("" + change.relative()).isTrue();
    assertThat(words(change)).contains("values of 2 heads");
  }

  /** Fused queries, keys and values whose outputs lie last, with biases, as in GPT-2. */
  @Test
  void undoesAnyBasisOfHeadsWithoutRotaryPositions() throws Exception {
    Structure plain = withoutRotary();
    Model ours = Model.random(plain, 12);
    Model suspect = ours.copy();
    for (int head = 0; head < 4; head++) {
      RealMatrix keys = gaussian(HEAD, HEAD, 30 + head);
      RealMatrix values = gaussian(HEAD, HEAD, 40 + head);
      for (String tensor : List.of("h.0.qkv", "h.0.qkv.bias")) {
        float[] data = suspect.values.get(tensor);
        mixColumns(data, head * HEAD, 3 * WIDTH, inverse(keys));
        mixColumns(data, WIDTH + head * HEAD, 3 * WIDTH, keys.transpose());
        mixColumns(data, 2 * WIDTH + head * HEAD, 3 * WIDTH, values.transpose());
      }
      mixRows(suspect.values.get("h.0.o"), head * HEAD, WIDTH, inverse(values).transpose());
    }
    BasisChange change = undone(plain, ours, suspect);
    assertThat(words(change))
        .isEqualTo(
            "the values of 4 heads have another basis,"
                + " queries and keys of 4 heads have another basis");
  }

  /** As BERT's transform before the tied decoder: the stream on both axes. */
  @Test
  void undoesBasesOfHeadsBesideAMatrixWithTheStreamOnBothAxes() throws Exception {
    Structure plain = withoutRotary();
    Map<String, List<Axis>> axes = new LinkedHashMap<>(plain.axes());
    Axis stream = all(plain.group("stream"));
    axes.put("transform", List.of(stream, stream));
    Structure square = new Structure("bert", plain.groups(), axes);
    Model ours = Model.random(square, 12);
    Model suspect = ours.copy();
    RealMatrix values = gaussian(HEAD, HEAD, 40);
    for (String tensor : List.of("h.0.qkv", "h.0.qkv.bias")) {
      mixColumns(suspect.values.get(tensor), 2 * WIDTH, 3 * WIDTH, values.transpose());
    }
    mixRows(suspect.values.get("h.0.o"), 0, WIDTH, inverse(values).transpose());
    assertThat(words(undone(square, ours, suspect)))
        .isEqualTo("the values of 1 heads have another basis");
  }

  /** What is found of a suspect that is undone exactly, in place and shuffled. */
  private static BasisChange undone(Structure structure, Model ours, Model suspect)
      throws Exception {
    BasisChange change = find(structure, ours, suspect, GroupPermutations.identity()).orElseThrow();
    assertThat(change.isExact(0)).as("" + change.relative()).isTrue();
    GroupPermutations order = GroupPermutations.random(structure, 5);
    Model shuffled = suspect.gathered(order);
    assertThat(find(structure, ours, shuffled, order.inverse(structure)).orElseThrow().isExact(0))
        .isTrue();
    return change;
  }

  /** Dimensions that are scaled lie in order, and are another basis all the same. */
  @Test
  void queriesThatAreScaledAgainstTheirKeysHaveAnotherBasis() throws Exception {
    Structure plain = withoutRotary();
    Model ours = Model.random(plain, 12);
    Model suspect = ours.copy();
    for (String tensor : List.of("h.0.qkv", "h.0.qkv.bias")) {
      float[] data = suspect.values.get(tensor);
      for (int i = 0; i < data.length; i++) {
        int column = i % (3 * WIDTH);
        float factor = 1 + column % WIDTH / 20f;
        data[i] *= column < WIDTH ? factor : column < 2 * WIDTH ? 1 / factor : 1;
      }
    }
    BasisChange change = find(plain, ours, suspect, GroupPermutations.identity()).orElseThrow();
    assertThat(change.isExact(0)).as("" + change.relative()).isTrue();
    assertThat(words(change)).isEqualTo("queries and keys of 4 heads have another basis");
  }

  @Test
  void undoesFoldedGainsAndOffsetsWithoutRotaryPositions() throws Exception {
    Structure plain = withoutRotary();
    Model ours = Model.random(plain, 12);
    Model suspect = ours.copy();
    float[] gains = suspect.values.get("h.0.norm.weight");
    float[] offsets = suspect.values.get("h.0.norm.bias");
    float[] data = suspect.values.get("h.0.qkv");
    float[] bias = suspect.values.get("h.0.qkv.bias");
    for (int i = 0; i < data.length; i++) {
      bias[i % bias.length] += offsets[i / bias.length] * data[i];
      data[i] *= gains[i / bias.length];
    }
    Arrays.fill(gains, 1);
    Arrays.fill(offsets, 0);
    BasisChange change = undone(plain, ours, suspect);
    assertThat(words(change)).contains("gains were folded");
  }

  @Test
  void gainsThatWereTakenAwayAreNotFolded() throws Exception {
    Structure plain = withoutRotary();
    Model ours = Model.random(plain, 12);
    Model suspect = ours.copy();
    Arrays.fill(suspect.values.get("h.0.norm.weight"), 1);
    assertThat(find(plain, ours, suspect, GroupPermutations.identity()))
        .satisfiesAnyOf(
            found -> assertThat(found).isEmpty(),
            found -> assertThat(found.orElseThrow().isExact(0)).isFalse());
  }

  /** As of a tied output head that was written out, since a gain was folded into it. */
  @Test
  void knowsATableOfTheReferenceThatTheSuspectAloneHasInAnotherBasis() throws Exception {
    Model suspect = rotated();
    BasisChange change = find(suspect).orElseThrow();
    float[] head = suspect.values.get("head").clone();
    assertThat(change.tables().have("lm_head", Shape.of(90, WIDTH), head)).isTrue();
    head[3] += 0.1f;
    assertThat(change.tables().have("lm_head", Shape.of(90, WIDTH), head)).isFalse();
    assertThat(change.tables().have("lm_head", Shape.of(WIDTH, 90), head)).isFalse();
  }

  /** Other bases inside heads change what tells which gain was folded into their rows. */
  @Test
  void undoesARotatedStreamAndBasesInsideHeadsTogether() throws Exception {
    for (int seed = 0; seed < 5; seed++) {
      Model suspect = rotated();
      for (int head = 0; head < 2; head++) {
        RealMatrix mix = gaussian(HEAD, HEAD, 50 + 2 * seed + head);
        mixRows(suspect.values.get("v"), head * HEAD, WIDTH, mix);
        for (int query = 0; query < 2; query++) {
          mixColumns(suspect.values.get("o"), (2 * head + query) * HEAD, 4 * HEAD, inverse(mix));
        }
      }
      BasisChange change = find(suspect).orElseThrow();
      assertThat(change.isExact(0)).as(seed + ": " + change.relative()).isTrue();
    }
  }

  /** Least squares turn any noised stream a little. */
  @Test
  void aNoisedStreamIsNotCalledRotated() throws Exception {
    Model suspect = reference.copy();
    for (int head = 0; head < 2; head++) {
      RealMatrix mix = new QRDecomposition(gaussian(HEAD, HEAD, 20 + head)).getQ();
      mixRows(suspect.values.get("v"), head * HEAD, WIDTH, mix);
      for (int query = 0; query < 2; query++) {
        mixColumns(suspect.values.get("o"), (2 * head + query) * HEAD, 4 * HEAD, mix.transpose());
      }
    }
    BasisChange change = find(suspect.changed(Model.noise(0.3, 3))).orElseThrow();
    assertThat(words(change)).isEqualTo("the values of 2 heads have another basis");
    assertThat(change.relative()).isBetween(0.1, 0.35);
  }

  @Test
  void aNetworkWithoutHeadsHasNoOtherBasis() throws Exception {
    Structure mlp = Structures.mlp(64, 32, 20, 10);
    Model ours = Model.random(mlp, 1);
    Model noised = ours.changed(Model.noise(0.5, 2));
    assertThat(find(mlp, ours, noised, GroupPermutations.identity())).isEmpty();
  }

  @Test
  void whatWasFoldedCountsAsEqual() throws Exception {
    BasisChange change = find(rotated()).orElseThrow();
    assertThat(change.left()).isEmpty();
    assertThat(change.tensors().keySet()).isEqualTo(structure.axes().keySet());
    assertThat(change.tensors().get("norm.1").sameValues()).isTrue();
    assertThat(change.tensors().get("q").sameValues()).isFalse();
  }

  @Test
  void aScaledUnitWithoutItsInverseIsNotUndone() throws Exception {
    Model suspect = rotated();
    float[] up = suspect.values.get("up");
    for (int i = 0; i < WIDTH; i++) {
      up[5 * WIDTH + i] *= 4;
    }
    BasisChange change = find(suspect).orElseThrow();
    assertThat(change.isExact(0)).isFalse();
  }

  @Test
  void aUnitThatWasChangedBesidesIsNamed() throws Exception {
    Model suspect = rotated();
    double[] row = gaussian(1, WIDTH, 9).getRow(0);
    float[] up = suspect.values.get("up");
    for (int i = 0; i < WIDTH; i++) {
      up[5 * WIDTH + i] = (float) (0.05 * row[i]);
    }
    BasisChange change = find(suspect).orElseThrow();
    List<NeuronChanges> changes =
        change.match().groups().stream().map(group -> NeuronChanges.of(group, 0)).toList();
    List<TensorComparison> differing =
        change.tensors().values().stream()
            .filter(tensor -> tensor.relativeDifference() > Thresholds.BASIS_ROUNDING)
            .toList();
    assertThat(
            Findings.of(
                change.match(), changes, differing, PairFacts.plain(), Thresholds.BASIS_ROUNDING))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(FindingKind.UNIT_CHANGED);
              assertThat(finding.tensor()).isEqualTo("up");
              assertThat(finding.unit()).isEqualTo(5);
            });
  }

  @Test
  void strangersHaveNoBasisInCommon() throws Exception {
    for (int seed = 0; seed < 10; seed++) {
      assertThat(find(Model.random(structure, 100 + seed))).isEmpty();
    }
  }

  private Optional<BasisChange> find(Model suspect) throws Exception {
    return find(structure, reference, suspect, GroupPermutations.identity());
  }

  private static Optional<BasisChange> find(
      Structure structure, Model reference, Model suspect, GroupPermutations found)
      throws Exception {
    return BasisSearch.find(
        structure, reference, suspect, found, MatchOptions.defaults(), part -> {});
  }

  private static RealMatrix inverse(RealMatrix matrix) {
    return new LUDecomposition(matrix).getSolver().getInverse();
  }

  private static String words(BasisChange change) {
    return String.join(", ", change.undone().stream().map(BasisChange.Undone::words).toList());
  }

  private Model rotated() {
    Model suspect = reference.copy();
    fold(suspect, "norm.1", List.of("q", "k", "v"));
    fold(suspect, "norm.2", List.of("gate", "up"));
    fold(suspect, "norm.3", List.of("head"));
    RealMatrix turn = new QRDecomposition(gaussian(WIDTH, WIDTH, 9)).getQ();
    for (String tensor : List.of("embed", "q", "k", "v", "gate", "up", "head")) {
      float[] data = suspect.values.get(tensor);
      for (int row = 0; row < data.length / WIDTH; row++) {
        mixColumns(data, row, turn);
      }
    }
    mixRows(suspect.values.get("o"), 0, 4 * HEAD, turn.transpose());
    mixRows(suspect.values.get("down"), 0, 48, turn.transpose());
    return suspect;
  }

  private static void fold(Model model, String gain, List<String> readers) {
    float[] gains = model.values.get(gain);
    for (String reader : readers) {
      float[] data = model.values.get(reader);
      for (int i = 0; i < data.length; i++) {
        data[i] *= gains[i % WIDTH];
      }
    }
    Arrays.fill(gains, 1);
  }

  /** One row times a matrix. */
  private static void mixColumns(float[] data, int row, RealMatrix mix) {
    double[] before = new double[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      before[i] = data[row * WIDTH + i];
    }
    double[] after = mix.preMultiply(before);
    for (int i = 0; i < WIDTH; i++) {
      data[row * WIDTH + i] = (float) after[i];
    }
  }

  /** Some columns of every row times a matrix. */
  private static void mixColumns(float[] data, int first, int width, RealMatrix mix) {
    int size = mix.getRowDimension();
    for (int row = 0; row < data.length / width; row++) {
      double[] before = new double[size];
      for (int i = 0; i < size; i++) {
        before[i] = data[row * width + first + i];
      }
      double[] after = mix.preMultiply(before);
      for (int i = 0; i < size; i++) {
        data[row * width + first + i] = (float) after[i];
      }
    }
  }

  /** A matrix times some rows. */
  private static void mixRows(float[] data, int first, int width, RealMatrix mix) {
    int size = mix.getRowDimension();
    for (int column = 0; column < width; column++) {
      double[] before = new double[size];
      for (int i = 0; i < size; i++) {
        before[i] = data[(first + i) * width + column];
      }
      double[] after = mix.operate(before);
      for (int i = 0; i < size; i++) {
        data[(first + i) * width + column] = (float) after[i];
      }
    }
  }

  private static RealMatrix gaussian(int rows, int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
    for (int i = 0; i < rows * columns; i++) {
      matrix.setEntry(i / columns, i % columns, random.nextGaussian());
    }
    return matrix;
  }

  /** One layer of a decoder with grouped queries, rotary positions and gated units. */
  private static Structure decoder() {
    Group stream = Group.root("stream", WIDTH);
    Group kv = Group.root("kv", 2);
    Group query = Group.within(kv, "query", 2);
    Group value = Group.within(kv, "value", HEAD);
    Group unit = Group.root("unit", 48);
    AxisFactor rotary = AxisFactor.fixed(HEAD);
    AxisFactor heads = AxisFactor.of(kv);
    AxisFactor queries = AxisFactor.of(query);
    AxisFactor values = AxisFactor.of(value);
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("embed", List.of(frozen(90), all(stream)));
    axes.put("norm.1", List.of(all(stream)));
    axes.put("q", List.of(Axis.of(Segment.of(heads, queries, rotary)), all(stream)));
    axes.put("k", List.of(Axis.of(Segment.of(heads, rotary)), all(stream)));
    axes.put("v", List.of(Axis.of(Segment.of(heads, values)), all(stream)));
    axes.put("o", List.of(all(stream), Axis.of(Segment.of(heads, queries, values))));
    axes.put("norm.2", List.of(all(stream)));
    axes.put("gate", List.of(all(unit), all(stream)));
    axes.put("up", List.of(all(unit), all(stream)));
    axes.put("down", List.of(all(stream), all(unit)));
    axes.put("norm.3", List.of(all(stream)));
    axes.put("head", List.of(frozen(90), all(stream)));
    return new Structure(
        "decoder",
        List.of(stream, kv, query, value, unit),
        axes,
        List.of(),
        List.of(new RotaryDigit("q", 0, 0, 2), new RotaryDigit("k", 0, 0, 1)));
  }

  /** One layer with fused queries, keys and values, and learned positions. */
  private static Structure withoutRotary() {
    Group stream = Group.root("stream", WIDTH);
    Group head = Group.root("heads", 4);
    Group key = Group.within(head, "key", HEAD);
    Group value = Group.within(head, "value", HEAD);
    Group unit = Group.root("unit", 48);
    Segment keys = Segment.of(AxisFactor.of(head), AxisFactor.of(key));
    Segment values = Segment.of(AxisFactor.of(head), AxisFactor.of(value));
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("embed", List.of(frozen(90), all(stream)));
    axes.put("h.0.norm.weight", List.of(all(stream)));
    axes.put("h.0.norm.bias", List.of(all(stream)));
    axes.put("h.0.qkv", List.of(all(stream), Axis.of(keys, keys, values)));
    axes.put("h.0.qkv.bias", List.of(Axis.of(keys, keys, values)));
    axes.put("h.0.o", List.of(Axis.of(values), all(stream)));
    axes.put("h.0.fc", List.of(all(stream), all(unit)));
    axes.put("h.0.proj", List.of(all(unit), all(stream)));
    return new Structure("gpt", List.of(stream, head, key, value, unit), axes);
  }
}
