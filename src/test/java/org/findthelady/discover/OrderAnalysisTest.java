package org.findthelady.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.findthelady.core.Permutation;
import org.junit.jupiter.api.Test;

class OrderAnalysisTest {
  private final SplittableRandom random = new SplittableRandom(11);

  private OrderLayout layout(int[] order) {
    AxisTable table = new AxisTable(new PairedTensors(List.of(), nothing(), nothing()));
    return new OrderAnalysis(table).layout(order);
  }

  private static SeededPair nothing() {
    return new SeededPair();
  }

  @Test
  void anOrderWithoutFormIsOnePiece() {
    int[] order = Permutation.random(60, random).toArray();
    OrderLayout layout = layout(order);
    assertThat(layout.pieces()).hasSize(1);
    assertThat(layout.sources()).isEqualTo(order);
  }

  @Test
  void headsThatMoveAsBlocksAreFewerUnits() {
    Permutation heads = Permutation.random(8, random);
    int[] order = new int[64];
    for (int i = 0; i < order.length; i++) {
      order[i] = heads.source(i / 8) * 8 + i % 8;
    }
    OrderLayout layout = layout(order);
    assertThat(layout.pieces()).hasSize(1);
    assertThat(layout.pieces().get(0).size()).isEqualTo(8);
    assertThat(layout.pieces().get(0).after()).isEqualTo(8);
    assertThat(layout.sources()).isEqualTo(order);
  }

  @Test
  void theSameOrderInEveryGateIsOneOrder() {
    Permutation units = Permutation.random(32, random);
    int[] order = new int[128];
    for (int i = 0; i < order.length; i++) {
      order[i] = i / 32 * 32 + units.source(i % 32);
    }
    OrderLayout layout = layout(order);
    assertThat(layout.pieces()).hasSize(1);
    assertThat(layout.pieces().get(0).before()).isEqualTo(4);
    assertThat(layout.sources()).isEqualTo(order);
  }

  @Test
  void piecesThatKeepToThemselvesAreCutApartThoughSomePlacesAreWrong() {
    Permutation first = Permutation.random(40, random);
    Permutation second = Permutation.random(50, random);
    int[] order = new int[90];
    for (int i = 0; i < order.length; i++) {
      order[i] = i < 40 ? first.source(i) : 40 + second.source(i - 40);
    }
    int kept = order[3];
    order[3] = order[70];
    order[70] = kept;
    OrderLayout layout = layout(order);
    assertThat(layout.pieces()).extracting(Piece::length).containsExactly(40, 50);
  }

  /** Heads that move as blocks, and some of which the units move besides. */
  @Test
  void aFormThatOneStretchDoesNotFollowIsNotTheForm() {
    Permutation heads = Permutation.ofSources(2, 0, 3, 1, 5, 7, 4, 6);
    int[] order = new int[80];
    for (int i = 0; i < 64; i++) {
      order[i] = heads.source(i / 8) * 8 + i % 8;
    }
    Permutation last = Permutation.ofSources(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
    for (int i = 64; i < 80; i++) {
      order[i] = 64 + last.source(i - 64);
    }
    assertThat(layout(order).sources()).isEqualTo(order);
  }

  /** Orders of two layers whose heads happen to move alike, but the units of one of them. */
  @Test
  void ordersThatAgreeInSomeStretchesAloneAreTwo() {
    int[] one = Permutation.random(64, random).toArray();
    int[] other = one.clone();
    int kept = other[56];
    System.arraycopy(one, 57, other, 56, 7);
    other[63] = kept;
    assertThat(new UnitOrder(0, one).agreesWith(new UnitOrder(1, other))).isFalse();
    int[] noisy = one.clone();
    for (int i = 0; i < 48; i += 16) {
      noisy[i] = one[i + 8];
      noisy[i + 8] = one[i];
    }
    assertThat(new UnitOrder(0, one).agreesWith(new UnitOrder(1, noisy))).isTrue();
  }
}
