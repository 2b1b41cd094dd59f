package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.job.LocalPair;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a change of the small Llama is told to be, beside another one or inside a head. */
class ChangedPlacesTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String QUERIES = "model.layers.2.self_attn.q_proj.weight";
  private static final int WIDTH = 64;

  @TempDir private Path folder;
  private Network llama;
  private GroupPermutations order;

  @BeforeEach
  void open() throws IOException {
    llama = Network.open(TestModels.llama(folder), StructureChoice.AUTOMATIC);
    order = GroupPermutations.random(llama.structure, 4);
  }

  @Test
  void tokensThatMovedAreComparedAsPairsWithWhatElseWasDoneToThem() throws IOException {
    Network rounded = llama.copy();
    Network pruned = llama.copy();
    for (String name : List.of(EMBEDDING, QUERIES)) {
      float[] values = rounded.values(name);
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.round(values[i] / 0.03f) * 0.03f;
        pruned.values(name)[i] *= Math.abs(values[i]) < 0.04f ? 0 : 1;
      }
    }
    assertThat(ofTable(rounded)).containsOnly(FindingKind.ROW_MOVED, FindingKind.QUANTISED);
    assertThat(ofTable(pruned)).containsOnly(FindingKind.ROW_MOVED, FindingKind.PRUNED);
  }

  @Test
  void aTokenThatWasEditedAmongThoseThatMovedIsNamed() throws IOException {
    Network edited = llama.copy();
    edited.values(EMBEDDING)[300 * WIDTH + 5] += 0.2f;
    edited.values(EMBEDDING)[300 * WIDTH + 9] += 0.2f;
    for (int row : new int[] {300, 410}) {
      List<Finding> found = of(swapped(edited, row), EMBEDDING);
      assertThat(found)
          .filteredOn(f -> f.kind() == FindingKind.UNIT_CHANGED)
          .singleElement()
          .satisfies(
              f -> {
                assertThat(f.unit()).isEqualTo(300);
                assertThat(f.source()).isEqualTo(row == 300 ? 77 : 300);
              });
      assertThat(found)
          .extracting(Finding::kind)
          .containsOnly(FindingKind.UNIT_CHANGED, FindingKind.ROW_MOVED);
    }
  }

  /** Rotary rows stay in their heads, which moved. */
  @Test
  void oneRowOfAHeadIsNamedWithWhatWasDoneToIt() throws IOException {
    int[] gather = llama.structure.gathers(QUERIES, order)[0];
    for (float factor : new float[] {0.4f, -1, 0}) {
      Network changed = llama.copy();
      for (int i = 22 * WIDTH; i < 23 * WIDTH; i++) {
        changed.values(QUERIES)[i] *= factor;
      }
      FindingKind kind =
          factor == 0
              ? FindingKind.UNIT_CHANGED
              : factor < 0 ? FindingKind.UNIT_SIGN_TURNED : FindingKind.UNIT_SCALED;
      assertThat(of(changed.shuffled(order), QUERIES))
          .filteredOn(f -> f.unit() >= 0)
          .singleElement()
          .satisfies(
              f -> {
                assertThat(f.kind()).isEqualTo(kind);
                assertThat(f.unit()).isEqualTo(22);
                assertThat(gather[f.source()]).isEqualTo(22);
              });
    }
  }

  @Test
  void aValueOfAHeadIsNamedAndNotTheHeadToo() throws IOException {
    String values = QUERIES.replace("q_proj", "v_proj");
    Network changed = llama.copy();
    for (int i = 9 * WIDTH; i < 10 * WIDTH; i++) {
      changed.values(values)[i] *= 1.7f;
    }
    assertThat(of(changed.shuffled(order), values))
        .singleElement()
        .satisfies(f -> assertThat(f.kind()).isEqualTo(FindingKind.UNIT_SCALED));
  }

  @Test
  void whereOneNumberIsNotFiniteNothingElseIsChanged() throws IOException {
    Network changed = llama.copy();
    changed.values(QUERIES)[77] = Float.NaN;
    assertThat(of(changed.shuffled(order), QUERIES))
        .extracting(Finding::kind)
        .contains(FindingKind.NOT_FINITE)
        .doesNotContain(FindingKind.WEIGHTS_CHANGED);
  }

  /** The gain beside it is as it was, and fits what reads the other one nearly as well. */
  @Test
  void oneGainThatWasFoldedIsToldFromThatBesideIt() throws IOException {
    Network folded = llama.copy();
    float[] gains = folded.values("model.layers.0.post_attention_layernorm.weight");
    for (String reader : List.of("gate", "up")) {
      Network.Tensor tensor = folded.get("model.layers.0.mlp." + reader + "_proj.weight");
      for (int i = 0; i < tensor.values().length; i++) {
        tensor.values()[i] *= gains[tensor.index(i, 1)];
      }
    }
    Arrays.fill(gains, 1);
    assertThat(audited(folded.shuffled(order)).verdict()).isEqualTo(Verdict.ROTATED);
  }

  /** Kinds of what is found of the embedding, of which two rows were swapped. */
  private List<FindingKind> ofTable(Network changed) throws IOException {
    return of(swapped(changed, 300), EMBEDDING).stream().map(Finding::kind).toList();
  }

  private Network swapped(Network changed, int row) {
    UnaryOperator<Network> swap =
        network -> {
          float[] values = network.values(EMBEDDING);
          for (int i = 0; i < WIDTH; i++) {
            float held = values[row * WIDTH + i];
            values[row * WIDTH + i] = values[77 * WIDTH + i];
            values[77 * WIDTH + i] = held;
          }
          return network;
        };
    return swap.apply(changed.shuffled(order));
  }

  private List<Finding> of(Network suspect, String tensor) throws IOException {
    return audited(suspect).findings().stream().filter(f -> f.tensor().equals(tensor)).toList();
  }

  private PairOutcome audited(Network suspect) throws IOException {
    Path file = suspect.write(folder.resolve("suspect" + System.nanoTime()));
    return LocalPair.resync(llama.file, file, null);
  }
}
