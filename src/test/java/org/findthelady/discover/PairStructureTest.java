package org.findthelady.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.core.Permutation;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PairStructureTest {
  private static final SplittableRandom RANDOM = new SplittableRandom(7);
  private static final Permutation HIDDEN = Permutation.random(48, RANDOM);
  private static final Permutation INNER = Permutation.random(32, RANDOM);

  /** Inputs in place, two hidden layers, outputs in place. */
  private static SeededPair network(long seed) {
    return new SeededPair()
        .with("a", seed, 48, 20)
        .with("b", seed + 1, 48)
        .with("c", seed + 2, 32, 48)
        .with("d", seed + 3, 32)
        .with("e", seed + 4, 12, 32);
  }

  private static SeededPair shuffled(SeededPair network) {
    return network
        .gathered("a", 0, HIDDEN)
        .gathered("b", 0, HIDDEN)
        .gathered("c", 1, HIDDEN)
        .gathered("c", 0, INNER)
        .gathered("d", 0, INNER)
        .gathered("e", 1, INNER);
  }

  private static PairStructure find(SeededPair reference, SeededPair suspect) throws IOException {
    return PairStructure.of(reference.names(), reference, suspect, 3);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.3})
  void findsTheGroupsOfAShuffledNetwork(double noise) throws IOException {
    SeededPair reference = network(1);
    PairStructure found = find(reference, shuffled(reference).noisy(noise, 5));
    assertThat(found.structure().groups()).hasSize(2);
    String hidden = only(found, "a", 0);
    String inner = only(found, "c", 0);
    assertThat(hidden).isNotEqualTo(inner);
    assertThat(only(found, "b", 0)).isEqualTo(hidden);
    assertThat(only(found, "c", 1)).isEqualTo(hidden);
    assertThat(only(found, "d", 0)).isEqualTo(inner);
    assertThat(only(found, "e", 1)).isEqualTo(inner);
    assertThat(found.structure().axes("e").get(0).isFrozen()).isTrue();
    assertThat(found.ties()).allMatch(tie -> tie.logP() < Math.log(1e-4));
  }

  /** Embedding and head in place, an inner layer of its own order; all are read in parts. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3})
  void findsTheGroupsOfLargeTensorsFromPartsOfThem(double noise) throws IOException {
    Permutation residual = Permutation.random(256, RANDOM);
    Permutation units = Permutation.random(4200, RANDOM);
    SeededPair reference =
        new SeededPair()
            .with("embedding", 50, 4300, 256)
            .with("up", 51, 4200, 256)
            .with("gate", 52, 4200, 256)
            .with("down", 53, 256, 4200)
            .with("square", 54, 256, 256);
    SeededPair suspect =
        reference
            .gathered("embedding", 1, residual)
            .gathered("up", 0, units)
            .gathered("up", 1, residual)
            .gathered("gate", 0, units)
            .gathered("gate", 1, residual)
            .gathered("down", 0, residual)
            .gathered("down", 1, units)
            .gathered("square", 0, residual);
    PairStructure found = find(reference, suspect.noisy(noise, 5));
    assertThat(found.structure().groups()).hasSize(2);
    assertThat(found.structure().axes("embedding").get(0).isFrozen()).isTrue();
    String wide = only(found, "embedding", 1);
    assertThat(only(found, "down", 0)).isEqualTo(wide).isEqualTo(only(found, "gate", 1));
    assertThat(only(found, "square", 0)).isEqualTo(wide);
    assertThat(found.structure().axes("square").get(1).isFrozen()).isTrue();
    assertThat(only(found, "up", 0)).isEqualTo(only(found, "gate", 0)).isNotEqualTo(wide);
    assertThat(only(found, "down", 1)).isEqualTo(only(found, "up", 0));
    assertThat(found.unknown()).isEmpty();
  }

  /** Convolutions in one and two dimensions, in both layouts, of sides that groups have too. */
  @ParameterizedTest
  @CsvSource({
    "48 32 1 11, 1, 0",
    "48 32 9, 1, 0",
    "48 32 16, 1, 0",
    "48 32 11 11, 1, 0",
    "9 9 32 48, 2, 3",
    "48 32 8 8, 1, 0",
    "48 32 10, 1, 0",
    "10 32 48, 1, 2",
    "48 32 1 7, 1, 0",
    "48 32 7 1, 1, 0",
    "7 1 32 48, 2, 3",
    "7 32 48, 1, 2",
    "48 32 7, 1, 0"
  })
  void positionsOfAKernelStay(String shape, int input, int output) throws IOException {
    long[] lengths = Arrays.stream(shape.split(" ")).mapToLong(Long::parseLong).toArray();
    SeededPair reference =
        new SeededPair()
            .with("before", 60, 32)
            .with("kernel", 61, lengths)
            .with("bias", 62, 48)
            .with("classes", 63, 10, 48);
    SeededPair suspect =
        reference
            .gathered("before", 0, INNER)
            .gathered("kernel", input, INNER)
            .gathered("kernel", output, HIDDEN)
            .gathered("bias", 0, HIDDEN)
            .gathered("classes", 1, HIDDEN);
    PairStructure found = find(reference, suspect.noisy(0.1, 5));
    assertThat(found.unknown()).isEmpty();
    assertThat(found.structure().groups()).hasSize(2);
    assertThat(only(found, "kernel", output)).isEqualTo(only(found, "bias", 0));
  }

  @Test
  void findsNothingInAnotherNetworkOfTheSameShapes() throws IOException {
    for (int seed = 100; seed < 120; seed++) {
      assertThat(find(network(1), network(seed)).structure().groups()).isEmpty();
    }
  }

  @Test
  void groupsNothingWhereAllIsInPlace() throws IOException {
    SeededPair reference = network(1);
    PairStructure found = find(reference, reference.noisy(0.1, 5));
    assertThat(found.structure().groups()).isEmpty();
    assertThat(found.unknown()).isEmpty();
  }

  @Test
  void aGroupInPlaceBesideOneThatMovesStays() throws IOException {
    SeededPair reference = network(1);
    SeededPair suspect =
        reference
            .gathered("c", 0, INNER)
            .gathered("d", 0, INNER)
            .gathered("e", 1, INNER)
            .noisy(0.1, 5);
    PairStructure found = find(reference, suspect);
    assertThat(found.structure().groups()).hasSize(1);
    assertThat(found.structure().axes("a").get(0).isFrozen()).isTrue();
    assertThat(found.structure().axes("c").get(1).isFrozen()).isTrue();
    assertThat(only(found, "e", 1)).isEqualTo(only(found, "c", 0));
  }

  @Test
  void readsConcatenatedGroupsAndFlattenedChannels() throws IOException {
    SeededPair reference =
        network(1).with("joined", 20, 24, 80).with("flat", 21, 16, 48 * 9).with("end", 22, 4, 24);
    int[] joined = new int[80];
    int[] flat = new int[48 * 9];
    for (int i = 0; i < 80; i++) {
      joined[i] = i < 48 ? HIDDEN.source(i) : 48 + INNER.source(i - 48);
    }
    for (int i = 0; i < flat.length; i++) {
      flat[i] = HIDDEN.source(i / 9) * 9 + i % 9;
    }
    SeededPair suspect =
        shuffled(reference)
            .gathered("joined", 1, Permutation.ofSources(joined))
            .gathered("flat", 1, Permutation.ofSources(flat));
    PairStructure found = find(reference, suspect.noisy(0.1, 9));
    String hidden = only(found, "a", 0);
    String inner = only(found, "c", 0);
    assertThat(found.structure().axes("joined").get(1).toString())
        .isEqualTo(hidden + " + " + inner);
    assertThat(found.structure().axes("flat").get(1).toString()).isEqualTo(hidden + "*9");
  }

  @Test
  void findsAKernelOfEachChannelUnderNoiseThatDrownsMost() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    float[] kernels = new float[48 * 9];
    for (int i = 0; i < kernels.length; i++) {
      kernels[i] = (float) (random.nextGaussian() * Math.exp(i / 9 % 6 - 4));
    }
    SeededPair reference = network(1).with("kernels", Shape.of(48, 1, 3, 3), kernels);
    SeededPair suspect = shuffled(reference).gathered("kernels", 0, HIDDEN).noisy(0.3, 5);
    PairStructure found = find(reference, suspect);
    assertThat(only(found, "kernels", 0)).isEqualTo(only(found, "a", 0));
  }

  @Test
  void eightUnitsOnManyTensorsAreOneGroup() throws IOException {
    Permutation few = Permutation.ofSources(5, 2, 7, 0, 1, 3, 6, 4);
    SeededPair reference =
        network(1).with("in", 30, 8, 48).with("bias", 31, 8).with("out", 32, 12, 8);
    SeededPair suspect =
        shuffled(reference)
            .gathered("in", 0, few)
            .gathered("in", 1, HIDDEN)
            .gathered("bias", 0, few)
            .gathered("out", 1, few);
    PairStructure found = find(reference, suspect);
    assertThat(found.structure().groups()).hasSize(3);
    assertThat(only(found, "bias", 0)).isEqualTo(only(found, "in", 0));
    assertThat(only(found, "out", 1)).isEqualTo(only(found, "in", 0));
  }

  /** No axis of six places tells its order alone; a kernel of as many positions stays. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void sixUnitsOnSeveralTensorsAreOneGroup(double noise) throws IOException {
    Permutation few = Permutation.ofSources(5, 2, 0, 1, 3, 4);
    Permutation others = Permutation.ofSources(1, 3, 5, 2, 4, 0);
    SeededPair reference =
        network(1)
            .with("in", 30, 6, 20)
            .with("between", 31, 6, 6, 3, 3)
            .with("wide", 32, 48, 6, 6, 6);
    SeededPair suspect =
        shuffled(reference)
            .gathered("in", 0, few)
            .gathered("between", 0, others)
            .gathered("between", 1, few)
            .gathered("wide", 0, HIDDEN)
            .gathered("wide", 1, others)
            .noisy(noise, 5)
            .with("bias", 33, 6)
            .gathered("bias", 0, few)
            .with("gain", 34, 6)
            .gathered("gain", 0, others);
    PairStructure found = find(reference.with("bias", 33, 6).with("gain", 34, 6), suspect);
    assertThat(found.structure().groups()).hasSize(4);
    assertThat(only(found, "in", 0)).isEqualTo(only(found, "between", 1));
    assertThat(only(found, "bias", 0)).isEqualTo(only(found, "in", 0));
    assertThat(only(found, "wide", 1)).isEqualTo(only(found, "between", 0));
    assertThat(found.structure().axes("wide").get(3).isFrozen()).isTrue();
    assertThat(found.unknown()).isEmpty();
  }

  /** Patches of 32 x 32: too few places for norms that correlate, but in the very same order. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void aWideKernelStaysInPlace(double noise) throws IOException {
    SeededPair reference = network(1).with("patches", 35, 48, 3, 32, 32);
    SeededPair suspect = shuffled(reference).gathered("patches", 0, HIDDEN).noisy(noise, 5);
    PairStructure found = find(reference, suspect);
    assertThat(only(found, "patches", 0)).isEqualTo(only(found, "a", 0));
    assertThat(found.unknown()).isEmpty();
  }

  /** Heads in a table of positions: too few to be told by likeness, told by equal columns. */
  @Test
  void threeUnitsAreAGroupWhereBothSidesHoldTheSameSlices() throws IOException {
    Permutation heads = Permutation.ofSources(2, 0, 1);
    SeededPair reference = network(1).with("table", 36, 40, 3).with("kernel", 37, 48, 20, 3);
    SeededPair suspect =
        shuffled(reference)
            .gathered("table", 1, heads)
            .gathered("kernel", 0, HIDDEN)
            .gathered("kernel", 2, heads);
    PairStructure found = find(reference, suspect);
    assertThat(only(found, "table", 1)).startsWith("g");
    assertThat(found.structure().axes("kernel").get(2).isFrozen()).isTrue();
    assertThat(find(reference, shuffled(reference)).structure().axes("table").get(1).isFrozen())
        .isTrue();
  }

  /** Rounding leaves most rows one and the same, none of them zero; nothing tells these apart. */
  @Test
  void rowsThatRoundingMadeEqualDoNotHideTheOthers() throws IOException {
    SeededPair reference = network(1).with("next", 40, 20, 48);
    float[] few = new float[48 * 64];
    float[] rounded = new float[few.length];
    SplittableRandom random = new SplittableRandom(13);
    for (int i = 0; i < few.length; i++) {
      few[i] = (float) random.nextGaussian() * (i / 64 % 4 == 0 ? 1 : 1e-9f);
      rounded[i] = 0.1f + (float) Math.rint(few[i] / 0.4) * 0.4f;
    }
    Shape shape = Shape.of(48, 64);
    SeededPair suspect =
        shuffled(reference.with("few", shape, few))
            .gathered("next", 1, HIDDEN)
            .with("few", shape, rounded)
            .gathered("few", 0, HIDDEN);
    PairStructure found = find(reference, suspect);
    assertThat(found.structure().groups()).hasSize(2);
    assertThat(only(found, "few", 0)).isEqualTo(only(found, "a", 0));
  }

  @Test
  void aVectorOfTwoGroupsIsNotTheFirstOfThemTwice() throws IOException {
    Permutation other = Permutation.random(32, RANDOM);
    int[] joined = new int[64];
    for (int i = 0; i < 64; i++) {
      joined[i] = i < 32 ? INNER.source(i) : 32 + other.source(i - 32);
    }
    SeededPair reference = network(1).with("joined", 40, 64).with("last", 41, 12, 64);
    SeededPair suspect =
        shuffled(reference)
            .gathered("joined", 0, Permutation.ofSources(joined))
            .gathered("last", 1, Permutation.ofSources(joined));
    PairStructure found = find(reference, suspect);
    assertThat(found.structure().axes("joined").get(0).groups()).hasSize(2);
    assertThat(found.structure().axes("joined").get(0).toString())
        .isEqualTo(found.structure().axes("last").get(1).toString())
        .startsWith(only(found, "c", 0) + " + ");
  }

  @Test
  void rowsThatAreAlikeAreNotFoundByTheirPlace() throws IOException {
    float[] zeros = new float[64 * 4];
    RowReader.Rows rows = new RowReader.Rows(zeros, zeros, 64, 4);
    AssignedRows assigned = new AssignedRows(rows, new SplittableRandom(1));
    assertThat(assigned.chance(PlaceAnchors.inPlace(64))).isGreaterThan(Math.log(1e-3));
  }

  /** Heads that trade places, and units within each of them, are blocks and not 48 single units. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3})
  void headsAreBlocksOfUnits(double noise) throws IOException {
    SeededPair reference = network(1);
    SeededPair suspect = reference;
    Permutation heads = blocks(Permutation.ofSources(3, 5, 1, 0, 2, 4), 8);
    for (String axis : List.of("a0", "b0", "c1")) {
      suspect = suspect.gathered(axis.substring(0, 1), axis.charAt(1) - '0', heads);
    }
    PairStructure found = find(reference, suspect.noisy(noise, 5));
    assertThat(found.structure().axes("c").get(1).toString()).isEqualTo("g0.6*g1.8");
    assertThat(found.structure().groups()).hasSize(2);
    assertThat(found.structure().group("g1.8").instances()).isEqualTo(6);
  }

  private static Permutation blocks(Permutation order, int size) {
    int[] sources = new int[order.size() * size];
    for (int block = 0; block < order.size(); block++) {
      Permutation inner = Permutation.random(size, RANDOM);
      for (int i = 0; i < size; i++) {
        sources[block * size + i] = order.source(block) * size + inner.source(i);
      }
    }
    return Permutation.ofSources(sources);
  }

  /** Groups of a convolution have orders of their own, and trade places. */
  @ParameterizedTest
  @CsvSource({"false, 0", "true, 0", "true, 0.3"})
  void findsTheOrderOfEachGroupOfAConvolution(boolean trade, double noise) throws IOException {
    SeededPair reference =
        new SeededPair()
            .with("in", 60, 48, 20)
            .with("kernel", 61, 32, 12, 3, 3)
            .with("out", 62, 20, 32);
    Permutation groups = trade ? Permutation.ofSources(2, 0, 3, 1) : Permutation.identity(4);
    Permutation inputs = blocks(groups, 12);
    Permutation outputs = blocks(groups, 8);
    float[] from = reference.readWhole("kernel");
    float[] kernel = new float[from.length];
    for (int i = 0; i < kernel.length; i++) {
      int row = i / 108;
      int column = inputs.source(row / 8 * 12 + i / 9 % 12) % 12;
      kernel[i] = from[(outputs.source(row) * 12 + column) * 9 + i % 9];
    }
    SeededPair suspect =
        reference
            .gathered("in", 0, inputs)
            .gathered("out", 1, outputs)
            .with("kernel", Shape.of(32, 12, 3, 3), kernel);
    PairStructure found = find(reference, suspect.noisy(noise, 5));
    assertThat(found.answers().grouped()).containsExactly("kernel");
    assertThat(found.answers().unexplained()).isEmpty();
    Axis both = found.structure().axes("kernel").get(0);
    assertThat(both.length()).isEqualTo(32 * 12);
    assertThat(both.groups())
        .containsAll(found.structure().axes("in").get(0).groups())
        .containsAll(found.structure().axes("out").get(1).groups())
        .hasSize(3);
  }

  /** A router of three experts: too few for an order to be no chance by their number. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3})
  void fewLongRowsAreToldByTheirNumbers(double noise) throws IOException {
    SeededPair reference = network(1).with("router", 70, 3, 48);
    Permutation experts = Permutation.ofSources(1, 2, 0);
    SeededPair suspect =
        shuffled(reference).gathered("router", 1, HIDDEN).gathered("router", 0, experts);
    PairStructure found = find(reference, suspect.noisy(noise, 5));
    assertThat(only(found, "router", 1)).isEqualTo(only(found, "a", 0));
    assertThat(found.structure().axes("router").get(0).isFrozen()).isFalse();
    SeededPair kept = shuffled(reference).gathered("router", 1, HIDDEN);
    PairStructure inPlace = find(reference, kept.noisy(noise, 5));
    assertThat(inPlace.structure().axes("router").get(0).isFrozen()).isTrue();
  }

  /** Vectors follow only where they hold the very numbers: their ranks alone prove too little. */
  @Test
  void tensorsUnderEachOthersNamesAreFound() throws IOException {
    SeededPair reference = network(1).with("f", 80, 48).with("g", 81, 40, 48).with("h", 82, 40, 48);
    SeededPair suspect =
        shuffled(reference)
            .gathered("f", 0, HIDDEN)
            .gathered("g", 1, HIDDEN)
            .gathered("g", 0, Permutation.random(40, RANDOM))
            .gathered("h", 1, HIDDEN)
            .gathered("h", 0, Permutation.random(40, RANDOM))
            .exchanged("g", "h")
            .exchanged("b", "f");
    assertThat(find(reference, suspect).answers().elsewhere())
        .isEqualTo(Map.of("g", "h", "h", "g", "b", "f", "f", "b"));
    assertThat(find(reference, suspect.noisy(0.3, 5)).answers().elsewhere())
        .isEqualTo(Map.of("g", "h", "h", "g"));
  }

  @Test
  void refusesTensorsOfOtherShapes() {
    SeededPair reference = network(1);
    SeededPair other = network(1).with("e", 9, 12, 31);
    assertThatThrownBy(() -> PairStructure.of(List.of("e"), reference, other, 3))
        .hasMessageContaining("'e'")
        .hasMessageContaining("[12, 32]")
        .hasMessageContaining("[12, 31]");
  }

  private static String only(PairStructure found, String tensor, int axis) {
    Axis carried = found.structure().axes(tensor).get(axis);
    assertThat(carried.groups()).as("%s[%d]: %s", tensor, axis, carried.why()).hasSize(1);
    return carried.groups().iterator().next();
  }
}
