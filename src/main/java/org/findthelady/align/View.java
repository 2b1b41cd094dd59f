package org.findthelady.align;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;

/**
 * How one stored tensor is seen by the other checkpoint of a pair: as its own bytes, or as float32
 * numbers that are dequantised, folded with the batch normalisation behind them, and laid out along
 * the other's axes.
 *
 * @param shown what a reader of the view sees; the source itself if its bytes are shown
 * @param source the stored tensor
 * @param quantisation what its integers stand for; null if they are numbers already
 * @param fold what is folded into it; null for nothing
 * @param order for every shown axis the source's; null if they are the same
 * @param excerpt the part of the source that is shown; null for all of it
 */
public record View(
    TensorInfo shown,
    TensorInfo source,
    Quantisation quantisation,
    NormFold fold,
    int[] order,
    Excerpt excerpt)
    implements Serializable {
  public View {
    order = order == null ? null : order.clone();
    if (excerpt != null && (order != null || fold != null)) {
      throw new IllegalArgumentException(
          "an excerpt of " + source + " is neither turned nor folded");
    }
    if (order != null) {
      int[] sorted = Arrays.stream(order).sorted().toArray();
      int[] axes = IntStream.range(0, source.shape().rank()).toArray();
      if (!Arrays.equals(sorted, axes)) {
        throw new IllegalArgumentException(
            "axes %s of %s".formatted(Arrays.toString(order), source));
      }
    }
  }

  /** The stored bytes. */
  static View stored(TensorInfo tensor) {
    return new View(tensor, tensor, null, null, null, null);
  }

  /** The stored numbers under a name of the other checkpoint. */
  static View values(
      String name, TensorInfo source, Quantisation quantisation, NormFold fold, int[] order) {
    boolean straight = isStraight(order);
    Shape shape = straight ? source.shape() : permuted(source.shape(), order);
    TensorInfo shown =
        new TensorInfo(
            name, DType.F32, shape, source.file(), source.offset(), DType.F32.bytes(shape));
    return new View(shown, source, quantisation, fold, straight ? null : order, null);
  }

  /** A part under a name of the other checkpoint: its bytes, or the numbers of its blocks. */
  static View part(String name, TensorInfo source, Excerpt excerpt) {
    return new View(
        shownPart(name, source, excerpt.of(source.shape())), source, null, null, null, excerpt);
  }

  /** What a reader sees of a part. */
  static TensorInfo shownPart(String name, TensorInfo source, Shape shape) {
    DType type = source.dtype().blockElements() > 1 ? DType.F32 : source.dtype();
    return new TensorInfo(name, type, shape, source.file(), source.offset(), type.bytes(shape));
  }

  /** Whether a tensor can be seen in parts: its numbers are known one by one. */
  static boolean hasParts(TensorInfo tensor) {
    DType type = tensor.dtype();
    return type.floating() || (type.blockElements() > 1 && type.decodable());
  }

  /** One slice of a stored tensor along its first axis. */
  View slice(int place) {
    long[] lengths = Arrays.copyOfRange(source.shape().toArray(), 1, source.shape().rank());
    long[] strides = Unpacking.strides(Shape.of(lengths));
    long first = place * Shape.of(lengths).elements();
    return part(
        "%s[%d]".formatted(source.name(), place),
        source,
        new BlockExcerpt(first, strides, lengths));
  }

  /** A stored tensor with its first two axes in one, and the others in one. */
  View flattened() {
    long rows = source.shape().elements(0, 2);
    long width = source.shape().elements(2, source.shape().rank());
    return part(
        source.name(),
        source,
        new BlockExcerpt(0, new long[] {width, 1}, new long[] {rows, width}));
  }

  private static Shape permuted(Shape shape, int[] order) {
    return Shape.of(Arrays.stream(order).mapToLong(shape::length).toArray());
  }

  /** Whether an order changes nothing. */
  static boolean isStraight(int[] order) {
    return order == null || Arrays.equals(order, IntStream.range(0, order.length).toArray());
  }

  /** Whether a reader sees the stored bytes. */
  public boolean isStored() {
    return shown.equals(source)
        && quantisation == null
        && fold == null
        && order == null
        && excerpt == null;
  }

  /** Whether it shows one of several matrices that are packed in its source. */
  public boolean isPart() {
    boolean whole = excerpt instanceof RowExcerpt rows && !rows.interleaved();
    return excerpt != null && !whole && shown.shape().elements() < source.shape().elements();
  }

  /** The source's axis that is shown as {@code axis}. */
  public int sourceAxis(int axis) {
    return order == null ? axis : order[axis];
  }

  /**
   * Gathers of the shown axes as gathers of the source's.
   *
   * @param gathers for each shown axis, null where nothing moves
   */
  public int[][] sourceGathers(int[][] gathers) {
    if (excerpt instanceof BlockExcerpt || (excerpt != null && gathers[0] != null)) {
      throw new UserException(
          "tensor '%s' is seen in part: its rows cannot be moved".formatted(source.name()));
    }
    if (order == null) {
      return gathers;
    }
    int[][] turned = new int[gathers.length][];
    for (int axis = 0; axis < gathers.length; axis++) {
      turned[order[axis]] = gathers[axis];
    }
    return turned;
  }

  /** Whether the stored elements are shown one for one, as they are or in parts, not turned. */
  public boolean showsElements() {
    return fold == null && order == null;
  }

  /** The stored element of one that is shown, both counted row-major; not for turned views. */
  public long storedElement(long element) {
    if (excerpt instanceof RowExcerpt rows) {
      long width = source.shape().elements(1, source.shape().rank());
      return rows.rows()[(int) (element / width)] * width + element % width;
    }
    return excerpt instanceof BlockExcerpt block ? block.stored(element) : element;
  }

  /** Whether runs of so many elements, counted from the source's first, are shown whole or not. */
  public boolean keepsRuns(long run) {
    if (excerpt instanceof RowExcerpt) {
      return source.shape().elements(1, source.shape().rank()) % run == 0;
    }
    return excerpt == null || (excerpt instanceof BlockExcerpt block && block.keepsRuns(run));
  }

  /** Shown elements from that one on that lie together in the stored tensor. */
  public long together(long element) {
    if (excerpt instanceof RowExcerpt) {
      long width = source.shape().elements(1, source.shape().rank());
      return width - element % width;
    }
    return excerpt instanceof BlockExcerpt block
        ? block.run() - element % block.run()
        : Long.MAX_VALUE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof View view
        && shown.equals(view.shown)
        && source.equals(view.source)
        && Objects.equals(quantisation, view.quantisation)
        && Objects.equals(fold, view.fold)
        && Arrays.equals(order, view.order)
        && Objects.equals(excerpt, view.excerpt);
  }

  @Override
  public int hashCode() {
    return Objects.hash(shown, source, quantisation, fold, Arrays.hashCode(order), excerpt);
  }
}
