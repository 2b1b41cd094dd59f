package org.findthelady.align;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of one format of which names and shapes do not tell all. */
class OverlapTest {
  private static final int HIDDEN = 12;
  private static final int INNER = 20;

  private final SplittableRandom random = new SplittableRandom(11);

  private float[] values(int count) {
    float[] values = new float[count];
    double spread = 0.5 + random.nextDouble();
    for (int i = 0; i < count; i++) {
      values[i] = (float) (spread * random.nextGaussian());
    }
    return values;
  }

  private static Alignment across(Floats32 reference, Floats32 suspect) throws IOException {
    return Alignment.across(reference.side(), suspect.side());
  }

  /** Layers of two matrices and a gain each. */
  private float[][][] layers(int count) {
    float[][][] layers = new float[count][][];
    for (int i = 0; i < count; i++) {
      layers[i] = new float[][] {values(INNER * HIDDEN), values(HIDDEN * INNER), values(HIDDEN)};
    }
    return layers;
  }

  private static void add(Floats32 to, String front, float[]... layer) {
    to.add(front + ".up.weight", layer[0], INNER, HIDDEN)
        .add(front + ".down.weight", layer[1], HIDDEN, INNER)
        .add(front + ".norm.weight", layer[2], HIDDEN);
  }

  private static float[] rowsTurned(float[] values, int width) {
    float[] turned = new float[values.length];
    int rows = values.length / width;
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, row * width, turned, (row + 3) % rows * width, width);
    }
    return turned;
  }

  private static List<String> pairs(Alignment alignment) {
    return alignment.counterparts().stream()
        .map(p -> p.name() + "=" + p.suspect().source().name() + " " + p.rule())
        .toList();
  }

  @Test
  void equalTensorsAreFoundWhateverTheirNames() throws IOException {
    float[][][] layers = layers(3);
    Floats32 reference = new Floats32("f");
    Floats32 suspect = new Floats32("f");
    for (int i = 0; i < 3; i++) {
      add(reference, "layers." + i, layers[i]);
    }
    int name = 0;
    for (int i : new int[] {2, 0, 1}) {
      suspect.add("t" + name++, layers[i][2], HIDDEN);
      suspect.add("t" + name++, layers[i][0], INNER, HIDDEN);
      suspect.add("t" + name++, layers[i][1], HIDDEN, INNER);
    }
    Alignment alignment = across(reference, suspect);
    assertThat(alignment.holds()).as(alignment.summary()).isTrue();
    assertThat(alignment.isWhole()).isTrue();
    assertThat(pairs(alignment))
        .contains("layers.0.up.weight=t4 CONTENT", "layers.2.norm.weight=t0 CONTENT");
  }

  @Test
  void shuffledTensorsOfOtherNamesAreFoundByWhatNoOrderChanges() throws IOException {
    float[][][] layers = layers(4);
    Floats32 reference = new Floats32("f");
    Floats32 suspect = new Floats32("f");
    for (int i = 0; i < 4; i++) {
      add(reference, "layers." + i, layers[i]);
    }
    for (int i = 0; i < 4; i++) {
      suspect
          .add("b" + i + ".n", rowsTurned(layers[i][2], 1), HIDDEN)
          .add("b" + i + ".x", rowsTurned(layers[i][1], INNER), HIDDEN, INNER)
          .add("b" + i + ".y", rowsTurned(layers[i][0], HIDDEN), INNER, HIDDEN);
    }
    Alignment alignment = across(reference, suspect);
    assertThat(alignment.holds()).as(alignment.summary()).isTrue();
    assertThat(pairs(alignment))
        .contains(
            "layers.1.up.weight=b1.y SIGNATURE",
            "layers.3.down.weight=b3.x SIGNATURE",
            "layers.2.norm.weight=b2.n SIGNATURE");
  }

  @Test
  void aTiedHeadThatIsWrittenOutIsExplainedAndFollows() throws IOException {
    float[] embedding = values(30 * HIDDEN);
    Floats32 reference = new Floats32("f").add("embed.weight", embedding, 30, HIDDEN);
    Floats32 suspect = new Floats32("f").add("embed.weight", embedding, 30, HIDDEN);
    float[][][] layers = layers(2);
    for (int i = 0; i < 2; i++) {
      add(reference, "layers." + i, layers[i]);
      add(suspect, "layers." + i, layers[i]);
    }
    suspect.add("head.weight", embedding, 30, HIDDEN);
    Alignment written = across(reference, suspect);
    assertThat(written.isWhole()).isTrue();
    assertThat(written.overlap().words())
        .contains("'head.weight' of the suspect equals its 'embed.weight'");
    assertThat(written.followers().keySet())
        .extracting(TensorInfo::name)
        .containsExactly("head.weight");
    Alignment leftOut = across(suspect, reference);
    assertThat(leftOut.isWhole()).isTrue();
    assertThat(leftOut.followers()).isEmpty();
  }

  @Test
  void whatHasNoCounterpartIsToldWithItsBytesAndKeepsAModelFromBeingWritten() throws IOException {
    float[][][] layers = layers(2);
    Floats32 reference = new Floats32("f");
    Floats32 suspect = new Floats32("f");
    for (int i = 0; i < 2; i++) {
      add(reference, "layers." + i, layers[i]);
      add(suspect, "layers." + i, layers[i]);
    }
    suspect.add("extra.weight", values(7 * HIDDEN), 7, HIDDEN);
    Alignment alignment = across(reference, suspect);
    assertThat(alignment.holds()).as(alignment.summary()).isTrue();
    assertThat(alignment.isWhole()).isFalse();
    assertThat(alignment.overlap().words())
        .contains("6 of 6 tensors of the reference, 100.0 % of its parameters")
        .contains("only in the suspect: 'extra.weight' F32 [7, 12] (336 bytes)");
    assertThat(alignment.whyNotWritten()).isPresent();
    assertThat(across(suspect, reference).overlap().words())
        .contains("missing from the suspect: 'extra.weight'");
  }

  @Test
  void aRepeatedLayerIsNoTie() throws IOException {
    float[][][] layers = layers(3);
    Floats32 reference = new Floats32("f");
    Floats32 suspect = new Floats32("f");
    for (int i = 0; i < 3; i++) {
      add(reference, "layers." + i, layers[i]);
      add(suspect, "layers." + i, layers[i]);
    }
    add(suspect, "layers.3", layers[1]);
    Alignment alignment = across(reference, suspect);
    assertThat(alignment.isWhole()).isFalse();
    assertThat(alignment.overlap().words()).contains("added: 3").contains("repeat others");
  }

  @ParameterizedTest
  @ValueSource(strings = {"layers.", "layers.0"})
  void layersBehindADroppedOneAreFoundUnderTheirNewNumbers(String front) throws IOException {
    float[][][] layers = layers(5);
    Floats32 reference = new Floats32("f");
    Floats32 suspect = new Floats32("f");
    int number = 0;
    for (int i = 0; i < 5; i++) {
      add(reference, front + i, layers[i]);
      if (i != 1) {
        add(suspect, front + number++, layers[i]);
      }
    }
    Alignment alignment = across(reference, suspect);
    assertThat(pairs(alignment))
        .contains(front + "0.up.weight=" + front + "0.up.weight NAME")
        .contains(front + "4.up.weight=" + front + "3.up.weight LAYER")
        .noneMatch(pair -> pair.startsWith(front + "1."));
    assertThat(alignment.overlap().words()).contains("dropped: 1");
  }

  @Test
  void rowsOfAnExtendedVocabularyAreFoundByContentThoughColumnsAreShuffled() throws IOException {
    float[] embedding = values(10 * HIDDEN);
    float[] longer = Arrays.copyOf(values(13 * HIDDEN), 13 * HIDDEN);
    for (int row = 0; row < 10; row++) {
      for (int column = 0; column < HIDDEN; column++) {
        longer[(12 - row) * HIDDEN + (column + 5) % HIDDEN] = embedding[row * HIDDEN + column];
      }
    }
    float[][][] layers = layers(2);
    Floats32 reference = new Floats32("f").add("embed.weight", embedding, 10, HIDDEN);
    Floats32 suspect = new Floats32("f").add("embed.weight", longer, 13, HIDDEN);
    for (int i = 0; i < 2; i++) {
      add(reference, "layers." + i, layers[i]);
      add(suspect, "layers." + i, layers[i]);
    }
    Alignment alignment = across(reference, suspect);
    Counterpart table = alignment.byReference().get("embed.weight");
    assertThat(((RowExcerpt) table.suspect().excerpt()).rows())
        .containsExactly(12, 11, 10, 9, 8, 7, 6, 5, 4, 3);
    assertThat(alignment.overlap().words())
        .contains("'embed.weight' has 10 rows in the reference, 13 in the suspect")
        .contains("more rows of embed.weight");
    Counterpart cut = across(suspect, reference).byReference().get("embed.weight");
    assertThat(cut.reference().excerpt()).isInstanceOf(RowExcerpt.class);
  }

  @Test
  void inverseFrequenciesAreNoWeights() throws IOException {
    float[][][] layers = layers(2);
    Floats32 reference = new Floats32("f");
    Floats32 suspect = new Floats32("f");
    for (int i = 0; i < 2; i++) {
      add(reference, "layers." + i, layers[i]);
      add(suspect, "layers." + i, layers[i]);
    }
    suspect.add("rotary.inv_freq", new float[] {1, 0.1f, 0.01f, 0.001f}, 4);
    Alignment alignment = across(reference, suspect);
    assertThat(alignment.isWhole()).isTrue();
    assertThat(alignment.notes()).anyMatch(note -> note.contains("rotary.inv_freq"));
  }

  @Test
  void fusedRowsAreSeenAsTheMatricesInThem() throws IOException {
    float[] query = values(8 * HIDDEN);
    float[] key = values(4 * HIDDEN);
    float[] value = values(4 * HIDDEN);
    float[] fused = new float[16 * HIDDEN];
    System.arraycopy(query, 0, fused, 0, query.length);
    System.arraycopy(key, 0, fused, query.length, key.length);
    System.arraycopy(value, 0, fused, query.length + key.length, value.length);
    Floats32 split =
        new Floats32("f")
            .add("layers.0.q_proj.weight", query, 8, HIDDEN)
            .add("layers.0.k_proj.weight", key, 4, HIDDEN)
            .add("layers.0.v_proj.weight", value, 4, HIDDEN);
    Floats32 whole = new Floats32("f").add("layers.0.qkv_proj.weight", fused, 16, HIDDEN);
    for (Alignment alignment : List.of(across(split, whole), across(whole, split))) {
      assertThat(alignment.holds()).as(alignment.summary()).isTrue();
      assertThat(alignment.overlap().isWhole()).isTrue();
      assertThat(alignment.compared())
          .extracting(TensorInfo::name)
          .containsExactly(
              "layers.0.q_proj.weight", "layers.0.k_proj.weight", "layers.0.v_proj.weight");
      assertThat(alignment.conversions()).contains("3 matrices are packed in 1 tensors");
    }
  }

  @Test
  void packedExpertsAreSeenOneByOneThoughTheyLieTurned() throws IOException {
    int experts = 3;
    Floats32 split = new Floats32("f");
    float[] gateUp = new float[experts * 2 * INNER * HIDDEN];
    float[] down = new float[experts * HIDDEN * INNER];
    for (int e = 0; e < experts; e++) {
      float[][] parts = {values(INNER * HIDDEN), values(HIDDEN * INNER), values(INNER * HIDDEN)};
      for (int n = 0; n < 3; n++) {
        split.add(
            "layers.0.block_sparse_moe.experts.%d.w%d.weight".formatted(e, n + 1),
            parts[n],
            n == 1 ? HIDDEN : INNER,
            n == 1 ? INNER : HIDDEN);
      }
      for (int i = 0; i < INNER; i++) {
        for (int h = 0; h < HIDDEN; h++) {
          gateUp[(e * HIDDEN + h) * 2 * INNER + i] = parts[0][i * HIDDEN + h];
          gateUp[(e * HIDDEN + h) * 2 * INNER + INNER + i] = parts[2][i * HIDDEN + h];
          down[(e * INNER + i) * HIDDEN + h] = parts[1][h * INNER + i];
        }
      }
    }
    Floats32 packed =
        new Floats32("f")
            .add("layers.0.mlp.gate.weight", values(experts * HIDDEN), experts, HIDDEN)
            .add("layers.0.mlp.experts.gate_up_proj", gateUp, experts, HIDDEN, 2 * INNER)
            .add("layers.0.mlp.experts.down_proj", down, experts, INNER, HIDDEN);
    Alignment alignment = across(split, packed);
    assertThat(alignment.holds()).as(alignment.summary()).isTrue();
    assertThat(alignment.counterparts()).hasSize(3 * experts);
    try (ViewReader reader = new ViewReader(packed.reader(), alignment.suspectViews());
        ViewReader own = new ViewReader(split.reader(), alignment.referenceViews())) {
      for (Counterpart pair : alignment.counterparts()) {
        assertThat(reader.readFloats(pair.suspect().shown()))
            .as(pair.name())
            .isEqualTo(own.readFloats(pair.reference().shown()));
      }
    }
    assertThat(alignment.whyNotWritten()).isPresent();
  }

  @Test
  void nothingIsComparableWithoutACommonWeight() throws IOException {
    Floats32 reference = new Floats32("f").add("a", values(40), 8, 5);
    Floats32 suspect = new Floats32("f").add("b", values(42), 6, 7).add("c", values(5), 5);
    Alignment alignment = across(reference, suspect);
    assertThat(alignment.holds()).isFalse();
    assertThat(alignment.summary()).contains("tried: names behind prefixes, content, shape");
  }

  @Test
  void matricesThatBothPackAlikeAreSeenOnTheirOwnIfAsked() throws IOException {
    float[] fused = values(2 * INNER * HIDDEN);
    Floats32 one = new Floats32("f").add("layers.0.gate_up_proj.weight", fused, 2 * INNER, HIDDEN);
    Floats32 other =
        new Floats32("f").add("layers.0.gate_up_proj.weight", fused, 2 * INNER, HIDDEN);
    Optional<Alignment> unpacked = Alignment.unpacked(one.side(), other.side());
    assertThat(unpacked).isPresent();
    assertThat(unpacked.get().compared())
        .extracting(TensorInfo::name)
        .containsExactly("layers.0.gate_proj.weight", "layers.0.up_proj.weight");
    Floats32 plain = new Floats32("f").add("a.weight", values(40), 8, 5);
    assertThat(Alignment.unpacked(plain.side(), plain.side())).isEmpty();
  }

  /** Names that are numbers alone: one tensor in the middle is missing. */
  @Test
  void numberedTensorsAreFoundByTheirNormsWhereOneIsMissing() throws IOException {
    Floats32 reference = new Floats32("f");
    Floats32 suspect = new Floats32("f");
    for (int i = 0; i < 12; i++) {
      float[] tensor = values(INNER * HIDDEN);
      reference.add("p%03d".formatted(i), tensor, INNER, HIDDEN);
      if (i != 4) {
        float[] other = rowsTurned(tensor, HIDDEN);
        suspect.add("p%03d".formatted(i < 4 ? i : i - 1), other, INNER, HIDDEN);
      }
    }
    Alignment alignment = across(reference, suspect);
    assertThat(pairs(alignment))
        .hasSize(11)
        .contains("p003=p003 SIGNATURE", "p005=p004 SIGNATURE", "p011=p010 SIGNATURE");
    assertThat(alignment.overlap().words()).contains("missing from the suspect: 'p004'");
  }

  /** Queries, keys and values in one tensor, of which neither names nor the order of rows tell. */
  @Test
  void partsOfFusedTensorsAreFoundByTheirNorms() throws IOException {
    Floats32 split = new Floats32("f");
    Floats32 fused = new Floats32("f");
    for (int layer = 0; layer < 2; layer++) {
      float[] query = values(INNER * HIDDEN);
      float[] key = values(HIDDEN * HIDDEN);
      float[] bias = values(INNER);
      float[] more = values(HIDDEN);
      split.add("q" + layer, query, INNER, HIDDEN).add("k" + layer, key, HIDDEN, HIDDEN);
      split.add("b" + layer, bias, INNER).add("c" + layer, more, HIDDEN);
      float[] rows = joined(rowsTurned(query, HIDDEN), rowsTurned(key, HIDDEN));
      fused.add("x" + layer, rows, INNER + HIDDEN, HIDDEN);
      fused.add("y" + layer, joined(rowsTurned(bias, 1), rowsTurned(more, 1)), INNER + HIDDEN);
    }
    Alignment one = across(split, fused);
    assertThat(one.overlap().isWhole()).isTrue();
    assertThat(pairs(one))
        .containsExactly(
            "q0=x0 SIGNATURE",
            "k0=x0 SIGNATURE",
            "b0=y0 SIGNATURE",
            "c0=y0 SIGNATURE",
            "q1=x1 SIGNATURE",
            "k1=x1 SIGNATURE",
            "b1=y1 SIGNATURE",
            "c1=y1 SIGNATURE");
    Alignment other = across(fused, split);
    assertThat(other.overlap().isWhole()).isTrue();
    assertThat(other.counterparts()).hasSize(8);
  }

  private static float[] joined(float[] one, float[] other) {
    float[] joined = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, joined, one.length, other.length);
    return joined;
  }

  /** A layer of three matrices, whole or in one under a name that declares another order. */
  private static void addFused(Floats32 to, String front, float[][] parts, boolean fused) {
    if (!fused) {
      to.add(front + ".q_proj.weight", parts[0], 16, HIDDEN)
          .add(front + ".k_proj.weight", parts[1], 8, HIDDEN)
          .add(front + ".v_proj.weight", parts[2], 8, HIDDEN);
      return;
    }
    float[] all = new float[32 * HIDDEN];
    System.arraycopy(parts[2], 0, all, 0, parts[2].length);
    System.arraycopy(parts[1], 0, all, parts[2].length, parts[1].length);
    System.arraycopy(parts[0], 0, all, 2 * parts[1].length, parts[0].length);
    to.add(front + ".qkv_proj.weight", all, 32, HIDDEN);
  }

  /** The rows of three matrices in turns, as many of each as heads have. */
  private static float[] inTurns(float[][] parts, int heads) {
    float[] all = new float[32 * HIDDEN];
    int at = 0;
    for (int head = 0; head < heads; head++) {
      for (float[] part : parts) {
        int length = part.length / heads;
        System.arraycopy(part, head * length, all, at, length);
        at += length;
      }
    }
    return all;
  }

  private float[][] parts() {
    return new float[][] {values(16 * HIDDEN), values(8 * HIDDEN), values(8 * HIDDEN)};
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void partsOfFusedTensorsAreThoseThatWeightsTellWhateverNamesDeclare(boolean ofReference)
      throws IOException {
    Floats32 reference = new Floats32("f");
    Floats32 suspect = new Floats32("f");
    for (int i = 0; i < 2; i++) {
      float[][] parts = parts();
      addFused(reference, "layers." + i + ".self_attn", parts, ofReference);
      addFused(suspect, "layers." + i + ".self_attn", parts, !ofReference);
    }
    Alignment alignment = across(reference, suspect);
    assertThat(alignment.counterparts())
        .hasSize(6)
        .allMatch(pair -> pair.rule() == PairingRule.CONTENT);
    assertThat(alignment.whyNotWritten().isPresent()).isEqualTo(!ofReference);
  }

  @Test
  void partsWhoseRowsLieHeadByHeadAreFound() throws IOException {
    Floats32 reference = new Floats32("f");
    Floats32 suspect = new Floats32("f");
    for (int i = 0; i < 2; i++) {
      float[][] parts = parts();
      addFused(reference, "layers." + i + ".self_attn", parts, false);
      suspect.add("layers." + i + ".mixed.weight", inTurns(parts, 4), 32, HIDDEN);
    }
    Alignment alignment = across(reference, suspect);
    assertThat(pairs(alignment))
        .hasSize(6)
        .contains("layers.0.self_attn.k_proj.weight=layers.0.mixed.weight CONTENT");
    assertThat(alignment.isWhole()).isFalse();
    assertThat(alignment.overlap().isWhole()).isTrue();
    assertThat(alignment.conversions()).contains("6 matrices are packed in 2 tensors");
    assertThat(alignment.whyNotWritten()).isPresent();
  }

  @Test
  void vectorsAloneAreFoundUnderOtherNames() throws IOException {
    float[] one = values(30);
    float[] other = values(30);
    Floats32 reference = new Floats32("f").add("a", one, 30).add("b", other, 30);
    Floats32 suspect = new Floats32("f").add("x", other, 30).add("y", one, 30);
    assertThat(pairs(across(reference, suspect))).containsExactly("a=y CONTENT", "b=x CONTENT");
  }

  /** What is not all of the parameters is not told as 100 percent. */
  @Test
  void sharesAreRoundedDown() throws IOException {
    float[] large = values(200 * 300);
    Floats32 reference = new Floats32("f").add("w", large, 200, 300).add("n", values(5), 5);
    Floats32 suspect = new Floats32("f").add("w", large, 200, 300);
    assertThat(across(reference, suspect).overlap().words())
        .contains("1 of 2 tensors of the reference, 99.9 % of its parameters");
  }
}
