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
}
