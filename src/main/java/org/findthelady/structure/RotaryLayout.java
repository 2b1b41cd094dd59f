package org.findthelady.structure;

import java.util.LinkedHashMap;
import java.util.Map;
import org.findthelady.core.Permutation;

/**
 * The two orders in which Llama checkpoints keep the dimensions of a query or key head. Dimensions
 * 2p and 2p+1 of Meta's order are turned by the same rotary frequency; Hugging Face keeps the first
 * ones of all pairs, then the second ones. A conversion between the two keeps the function, for
 * each reader turns its own pairs: it is benign, and known by name.
 */
public enum RotaryLayout {
  /** First halves of the pairs, then second halves: {@code transformers}' Llama. */
  HUGGING_FACE("Hugging Face's half-split rotary rows"),
  /** Pairs side by side: Meta's own checkpoints and llama2.c. */
  META("Meta's interleaved rotary rows");

  private final String plainWords;

  RotaryLayout(String plainWords) {
    this.plainWords = plainWords;
  }

  /** A name for reports. */
  public String plainWords() {
    return plainWords;
  }

  /**
   * The permutation that brings one head from this layout to Hugging Face's.
   *
   * @param headDimension number of dimensions; even
   */
  public Permutation toHuggingFace(int headDimension) {
    if (headDimension < 2 || headDimension % 2 != 0) {
      throw new IllegalArgumentException(headDimension + " dimensions cannot be turned in pairs");
    }
    if (this == HUGGING_FACE) {
      return Permutation.identity(headDimension);
    }
    int half = headDimension / 2;
    int[] source = new int[headDimension];
    for (int place = 0; place < headDimension; place++) {
      source[place] = 2 * (place % half) + place / half;
    }
    return Permutation.ofSources(source);
  }

  /** The permutation that brings one head from this layout to another. */
  public Permutation to(RotaryLayout other, int headDimension) {
    return toHuggingFace(headDimension).then(other.toHuggingFace(headDimension).inverse());
  }

  /**
   * How the tensors of a checkpoint are gathered to bring it from this layout to another. Tensors
   * that have no rotary dimensions are left out. These gathers and those of an {@link
   * GroupPermutations} move different digits of an axis, so either may come first.
   *
   * @return for every tensor the gathers of its axes, null where nothing moves
   */
  public Map<String, int[][]> gathers(Structure structure, RotaryLayout other) {
    Map<String, int[][]> gathers = new LinkedHashMap<>();
    if (this == other) {
      return gathers;
    }
    for (RotaryDigit digit : structure.rotary()) {
      Axis axis = structure.axes(digit.tensor()).get(digit.axis());
      int[][] all =
          gathers.computeIfAbsent(
              digit.tensor(), tensor -> new int[structure.axes(tensor).size()][]);
      if (all[digit.axis()] == null) {
        all[digit.axis()] = Permutation.identity(axis.length()).toArray();
      }
      turn(axis, digit, other, all[digit.axis()]);
    }
    return gathers;
  }

  private void turn(Axis axis, RotaryDigit digit, RotaryLayout other, int[] gather) {
    int base = 0;
    for (int s = 0; s < digit.segment(); s++) {
      base += axis.segments().get(s).length();
    }
    Segment segment = axis.segments().get(digit.segment());
    int stride = 1;
    for (int f = digit.factor() + 1; f < segment.factors().size(); f++) {
      stride *= segment.factors().get(f).size();
    }
    int size = segment.factors().get(digit.factor()).size();
    Permutation head = to(other, size);
    for (int i = 0; i < segment.length(); i++) {
      int dimension = i / stride % size;
      gather[base + i] = base + i + (head.source(dimension) - dimension) * stride;
    }
  }
}
