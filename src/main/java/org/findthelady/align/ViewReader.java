package org.findthelady.align;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * Reads tensors as their views show them; all others as they are stored. Values are made piece by
 * piece, but a tensor whose axes are turned is held whole, the last one of them. Closing this
 * closes the reader beneath.
 */
public final class ViewReader implements TensorReader {
  private static final int PIECE_ELEMENTS = 1 << 16;

  /** Tensors of more elements are not turned: they are held in memory for it. */
  private static final long MOST_TURNED = 1L << 28;

  private final TensorReader stored;
  private final Map<TensorInfo, View> views = new HashMap<>();
  private float[] piece = new float[0];
  private byte[] bytes = new byte[0];
  private TensorInfo lastTensor;
  private View lastView;
  private View turnedView;
  private float[] turned;
  private byte[] turnedBytes;

  /**
   * @param stored reads the views' sources
   */
  public ViewReader(TensorReader stored, Collection<View> views) {
    this.stored = stored;
    for (View view : views) {
      if (!view.isStored()) {
        this.views.put(view.shown(), view);
      }
    }
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    View view = view(tensor);
    if (view == null) {
      stored.read(tensor, firstByte, target);
      return;
    }
    if (view.excerpt() instanceof RowExcerpt rows) {
      rows(view, rows.rows(), firstByte, target);
      return;
    }
    if (view.excerpt() instanceof BlockExcerpt block) {
      block(view, block, firstByte, target);
      return;
    }
    // A stored view under another name is cheaper to read in one piece.
    if (view.source().dtype() == DType.F32
        && view.quantisation() == null
        && view.fold() == null
        && view.order() == null) {
      stored.read(view.source(), firstByte, target);
      return;
    }
    values(view, firstByte, target);
  }

  /** Numbers in float32, as the source's own layout has them or turned. */
  private void values(View view, long firstByte, ByteBuffer target) throws IOException {
    if (firstByte % Float.BYTES != 0 || target.remaining() % Float.BYTES != 0) {
      throw new IllegalArgumentException(
          "Tensor '%s': %d bytes at %d split a number"
              .formatted(view.shown().name(), target.remaining(), firstByte));
    }
    if (piece.length == 0) {
      piece = new float[PIECE_ELEMENTS];
    }
    long first = firstByte / Float.BYTES;
    for (int left = target.remaining() / Float.BYTES; left > 0; ) {
      int count = Math.min(PIECE_ELEMENTS, left);
      if (view.order() == null) {
        straight(view, first, piece, 0, count);
      } else {
        System.arraycopy(turned(view), (int) first, piece, 0, count);
      }
      Floats.encode(DType.F32, piece, 0, count, target);
      first += count;
      left -= count;
    }
  }

  /** The view of a tensor; short reads feel its hash, so the last one is known by identity. */
  @SuppressWarnings("ReferenceEquality")
  private View view(TensorInfo tensor) {
    if (tensor != lastTensor) {
      lastView = views.isEmpty() ? null : views.get(tensor);
      lastTensor = tensor;
    }
    return lastView;
  }

  /** A view is read by ranges of its own. */
  @Override
  public void expect(TensorInfo tensor, long[] firstBytes, long count) throws IOException {
    if (views.isEmpty() || !views.containsKey(tensor)) {
      stored.expect(tensor, firstBytes, count);
    }
  }

  /** Some rows, each run of rows that lie together in one piece. */
  private void rows(View view, int[] rows, long firstByte, ByteBuffer target) throws IOException {
    TensorInfo source = view.source();
    int size = view.shown().dtype().blockBytes();
    long width = size * source.shape().elements(1, source.shape().rank());
    long at = firstByte;
    int end = target.limit();
    while (target.position() < end) {
      int row = (int) (at / width);
      long within = at % width;
      int last = row;
      int left = end - target.position();
      while (last + 1 < rows.length
          && rows[last + 1] == rows[last] + 1
          && (last + 1 - row) * width - within < left) {
        last++;
      }
      int part = (int) Math.min(left, (last + 1 - row) * width - within);
      target.limit(target.position() + part);
      range(view, rows[row] * width + within, target);
      target.limit(end);
      at += part;
    }
  }

  /**
   * Elements of an excerpt's source that lie together, as the excerpt shows them.
   *
   * @param firstByte of the source, if it held elements of the shown type
   */
  private void range(View view, long firstByte, ByteBuffer target) throws IOException {
    if (view.source().dtype().blockElements() == 1) {
      stored.read(view.source(), firstByte, target);
    } else {
      values(view, firstByte, target);
    }
  }

  /** A block, each run that lies together in one piece. */
  private void block(View view, BlockExcerpt block, long firstByte, ByteBuffer target)
      throws IOException {
    int size = view.shown().dtype().blockBytes();
    long run = block.run() * size;
    if (run > size || view.shown().length() == size) {
      long at = firstByte;
      int end = target.limit();
      while (target.position() < end) {
        int part = (int) Math.min(end - target.position(), run - at % run);
        target.limit(target.position() + part);
        long stored = block.stored(at / run * (run / size)) * size + at % run;
        range(view, stored, target);
        target.limit(end);
        at += part;
      }
      return;
    }
    target.put(turnedBlock(view, block), (int) firstByte, target.remaining());
  }

  /** The bytes of a block whose last axis does not lie together; the last one is held. */
  private byte[] turnedBlock(View view, BlockExcerpt block) throws IOException {
    if (view.equals(turnedView) && turnedBytes != null) {
      return turnedBytes;
    }
    int size = view.shown().dtype().blockBytes();
    long elements = view.shown().shape().elements();
    long from = block.first();
    long count = block.stored(elements - 1) + 1 - from;
    if (Math.max(elements, count) > MOST_TURNED) {
      throw tooManyTurned(view, count);
    }
    byte[] region = new byte[Math.toIntExact(count * size)];
    range(view, from * size, ByteBuffer.wrap(region));
    turnedBytes = new byte[Math.toIntExact(elements * size)];
    for (int i = 0; i < elements; i++) {
      System.arraycopy(region, (int) (block.stored(i) - from) * size, turnedBytes, i * size, size);
    }
    turnedView = view;
    turned = null;
    return turnedBytes;
  }

  private static CheckpointException tooManyTurned(View view, long elements) {
    return new CheckpointException(
        Reason.LIMIT,
        "Tensor '%s': %d elements must be laid out along other axes, at most %d can be"
            .formatted(view.source().name(), elements, MOST_TURNED));
  }

  /** Values in the source's own layout, whole blocks of its type at a time. */
  private void straight(View view, long first, float[] target, int offset, int count)
      throws IOException {
    TensorInfo source = view.source();
    int block = source.dtype().blockElements();
    long from = first / block * block;
    int lead = (int) (first - from);
    int decoded = (lead + count + block - 1) / block * block;
    int length = decoded / block * source.dtype().blockBytes();
    if (bytes.length < length) {
      bytes = new byte[length];
    }
    stored.read(
        source, from / block * source.dtype().blockBytes(), ByteBuffer.wrap(bytes, 0, length));
    ByteBuffer packed = ByteBuffer.wrap(bytes, 0, length);
    if (lead == 0 && decoded == count) {
      Floats.decode(source.dtype(), packed, target, offset, count);
    } else {
      float[] blocks = new float[decoded];
      Floats.decode(source.dtype(), packed, blocks, 0, decoded);
      System.arraycopy(blocks, lead, target, offset, count);
    }
    if (view.quantisation() != null) {
      view.quantisation().dequantiseInPlace(source, first, target, offset, count);
    }
    if (view.fold() != null) {
      view.fold().applyInPlace(stored, source.shape(), first, target, offset, count);
    }
  }

  private float[] turned(View view) throws IOException {
    if (view.equals(turnedView) && turned != null) {
      return turned;
    }
    Shape shape = view.shown().shape();
    if (shape.elements() > MOST_TURNED) {
      throw tooManyTurned(view, shape.elements());
    }
    float[] values = new float[(int) shape.elements()];
    for (int done = 0; done < values.length; done += PIECE_ELEMENTS) {
      straight(view, done, values, done, Math.min(PIECE_ELEMENTS, values.length - done));
    }
    turned = turned(values, view);
    turnedView = view;
    turnedBytes = null;
    return turned;
  }

  private static float[] turned(float[] values, View view) {
    Shape source = view.source().shape();
    Shape shown = view.shown().shape();
    int rank = shown.rank();
    int[] strides = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      strides[axis] = Math.toIntExact(source.elements(view.sourceAxis(axis) + 1, rank));
    }
    float[] turned = new float[values.length];
    int[] index = new int[rank];
    int from = 0;
    for (int i = 0; i < turned.length; i++) {
      turned[i] = values[from];
      for (int axis = rank - 1; axis >= 0; axis--) {
        from += strides[axis];
        if (++index[axis] < shown.length(axis)) {
          break;
        }
        from -= index[axis] * strides[axis];
        index[axis] = 0;
      }
    }
    return turned;
  }

  @Override
  public int gapBytes() {
    return stored.gapBytes();
  }

  @Override
  public void close() throws IOException {
    stored.close();
  }
}
