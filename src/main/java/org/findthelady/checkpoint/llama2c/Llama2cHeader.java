package org.findthelady.checkpoint.llama2c;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * The seven numbers at the start of a llama2.c file, from which all else follows: float32 arrays in
 * a fixed order, each array holding all layers. A negative vocabulary size says that the output
 * head is an array of its own.
 *
 * @param kvHeads heads of keys and values; queries have {@code heads}
 * @param positions longest sequence, for the rotary tables
 */
record Llama2cHeader(
    int width, int hidden, int layers, int heads, int kvHeads, int vocabulary, int positions) {
  static final int BYTES = 28;

  private static final int MOST = 1 << 26;

  /** The header, if these bytes are one. */
  static Optional<Llama2cHeader> parse(byte[] head) {
    if (head.length < BYTES) {
      return Optional.empty();
    }
    ByteBuffer numbers = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    Llama2cHeader header =
        new Llama2cHeader(
            numbers.getInt(0),
            numbers.getInt(4),
            numbers.getInt(8),
            numbers.getInt(12),
            numbers.getInt(16),
            numbers.getInt(20),
            numbers.getInt(24));
    return header.plausible() ? Optional.of(header) : Optional.empty();
  }

  private boolean plausible() {
    boolean inRange = vocabulary != 0 && vocabulary >= -MOST && vocabulary <= MOST;
    for (int number : new int[] {width, hidden, layers, heads, kvHeads, positions}) {
      inRange &= number > 0 && number <= MOST;
    }
    return inRange
        && width % heads == 0
        && width / heads % 2 == 0
        && kvHeads <= heads
        && heads % kvHeads == 0
        && layers <= 1 << 16;
  }

  /**
   * The tensors of a file with this header, one for each layer, by Meta's names.
   *
   * @throws ArithmeticException if the sizes overflow
   */
  List<TensorInfo> tensors() {
    Layout layout = new Layout();
    long words = Math.abs(vocabulary);
    long head = width / heads;
    long kvWidth = head * kvHeads;
    layout.add("tok_embeddings.weight", words, width);
    layout.addLayers("attention_norm.weight", width);
    layout.addLayers("attention.wq.weight", width, width);
    layout.addLayers("attention.wk.weight", kvWidth, width);
    layout.addLayers("attention.wv.weight", kvWidth, width);
    layout.addLayers("attention.wo.weight", width, width);
    layout.addLayers("ffn_norm.weight", width);
    layout.addLayers("feed_forward.w1.weight", hidden, width);
    layout.addLayers("feed_forward.w2.weight", width, hidden);
    layout.addLayers("feed_forward.w3.weight", hidden, width);
    layout.add("norm.weight", width);
    layout.add("freqs_cos", positions, head / 2);
    layout.add("freqs_sin", positions, head / 2);
    if (vocabulary < 0) {
      layout.add("output.weight", words, width);
    }
    return layout.tensors;
  }

  private final class Layout {
    private final List<TensorInfo> tensors = new ArrayList<>();
    private long at = BYTES;

    void add(String name, long... lengths) {
      Shape shape = Shape.of(lengths);
      long length = DType.F32.bytes(shape);
      tensors.add(new TensorInfo(name, DType.F32, shape, 0, at, length));
      at = Math.addExact(at, length);
    }

    void addLayers(String name, long... lengths) {
      for (int layer = 0; layer < layers; layer++) {
        add("layers." + layer + "." + name, lengths);
      }
    }
  }
}
