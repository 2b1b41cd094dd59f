package org.findthelady.align;

import static org.assertj.core.api.Assertions.assertThat;

import org.findthelady.core.Shape;
import org.junit.jupiter.api.Test;

class LayoutsTest {
  @Test
  void anOrderFitsShapesOfItsOwnRankAlone() {
    int[] turned = {1, 0};
    assertThat(Layouts.fits(Shape.of(3, 5), Shape.of(5, 3), turned)).isTrue();
    assertThat(Layouts.fits(Shape.of(3), Shape.of(3), turned)).isFalse();
    assertThat(Layouts.fits(Shape.of(3, 5), Shape.of(15), turned)).isFalse();
    assertThat(Layouts.fits(Shape.of(3, 5, 2), Shape.of(5, 3, 2), turned)).isFalse();
  }
}
