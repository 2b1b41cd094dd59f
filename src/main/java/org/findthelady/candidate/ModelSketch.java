package org.findthelady.candidate;

import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.pair.PairNumbers;

/**
 * A small description of a model that shuffling its neurons does not change: sampled numbers, and
 * sampled slices of tensors whose other axis may be one that does not move. Kept of references,
 * made of suspects; two of them tell in microseconds how likely a match is worth the work.
 *
 * @param values of all small tensors
 * @param axes of weights
 * @param numbers of weights as they lie
 */
public record ModelSketch(ValueSample values, List<AxisSketch> axes, LinearSketch numbers)
    implements Serializable {
  /** Weights whose axes are kept. Those whose shape no other has come first: ends of a network. */
  private static final int MOST_WEIGHTS = 8;

  /** Elements of a tensor that is read whole. */
  private static final long WHOLE = 1 << 22;

  /** Elements of all tensors that are read. */
  private static final long ALL = 1 << 24;

  private static final int FEWEST_SLICES = 8;

  public ModelSketch {
    axes = List.copyOf(axes);
  }

  /** A model that cannot be described: like nothing. */
  public static final ModelSketch NOTHING =
      new ModelSketch(new ValueSample().closed(), List.of(), new LinearSketch.Builder().build());

  /** Reads a model; {@link #NOTHING} if it cannot be read. */
  public static ModelSketch of(Store store, String path) {
    try {
      Checkpoint checkpoint = Checkpoints.open(store, path);
      try (TensorReader reader =
          Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
        return of(checkpoint, reader);
      }
    } catch (IOException | CheckpointException e) {
      return NOTHING; // the audit of the pair says what is wrong
    }
  }

  private static ModelSketch of(Checkpoint checkpoint, TensorReader reader) throws IOException {
    ValueSample values = new ValueSample();
    LinearSketch.Builder numbers = new LinearSketch.Builder();
    Set<TensorInfo> chosen = new HashSet<>(PairNumbers.chosen(checkpoint.tensors()));
    long left = ALL;
    List<TensorInfo> small =
        readable(checkpoint).stream()
            .filter(tensor -> tensor.shape().elements() <= WHOLE)
            .sorted(Comparator.comparingLong(tensor -> tensor.shape().elements()))
            .toList();
    for (TensorInfo tensor : small) {
      if (tensor.shape().elements() > left) {
        break;
      }
      left -= tensor.shape().elements();
      float[] floats = reader.readFloats(tensor);
      values.add(floats, floats.length);
      if (chosen.remove(tensor)) {
        numbers.add(tensor, floats);
      }
    }
    for (TensorInfo tensor : chosen) {
      numbers.add(tensor, reader.readFloats(tensor));
    }
    List<AxisSketch> axes = new ArrayList<>();
    for (TensorInfo tensor : weights(checkpoint)) {
      add(tensor, reader, axes);
    }
    return new ModelSketch(values.closed(), axes, numbers.build());
  }

  private static List<TensorInfo> readable(Checkpoint checkpoint) {
    return checkpoint.tensors().stream()
        .filter(tensor -> tensor.dtype().decodable() && tensor.dtype().blockElements() == 1)
        .filter(tensor -> tensor.shape().elements() > 0)
        .toList();
  }

  /** The weights whose axes are kept, in the same order whatever the names are. */
  private static List<TensorInfo> weights(Checkpoint checkpoint) {
    Map<List<Long>, Integer> alike = new HashMap<>();
    List<TensorInfo> weights =
        readable(checkpoint).stream().filter(tensor -> tensor.shape().rank() >= 2).toList();
    weights.forEach(tensor -> alike.merge(lengths(tensor.shape()), 1, Integer::sum));
    return weights.stream()
        .sorted(
            Comparator.<TensorInfo>comparingInt(tensor -> alike.get(lengths(tensor.shape())))
                .thenComparing(tensor -> -tensor.shape().elements()))
        .limit(MOST_WEIGHTS)
        .toList();
  }

  private static List<Long> lengths(Shape shape) {
    List<Long> lengths = new ArrayList<>();
    for (long length : shape.toArray()) {
      lengths.add(length);
    }
    lengths.sort(null);
    return lengths;
  }

  private static void add(TensorInfo tensor, TensorReader reader, List<AxisSketch> axes)
      throws IOException {
    Shape shape = tensor.shape();
    long rows = shape.length(0);
    long columns = shape.length(1);
    long inner = shape.elements(2, shape.rank());
    if (shape.elements() <= WHOLE) {
      float[] values = reader.readFloats(tensor);
      addRows(values, (int) rows, (int) (columns * inner), axes);
      addColumns(values, new int[] {(int) rows, (int) columns, (int) inner}, rows, axes);
    } else if (columns * inner <= WHOLE / AxisSketch.MOST_NUMBERS) {
      int some = (int) Math.min(rows, AxisSketch.MOST_NUMBERS);
      float[] values = someRows(tensor, reader, some, (int) (columns * inner));
      addColumns(values, new int[] {some, (int) columns, (int) inner}, rows, axes);
    }
  }

  /** Rows at even distances. */
  private static float[] someRows(TensorInfo tensor, TensorReader reader, int some, int width)
      throws IOException {
    DType type = tensor.dtype();
    long rows = tensor.shape().length(0);
    float[] values = new float[some * width];
    byte[] bytes = new byte[width * type.blockBytes()];
    for (int i = 0; i < some; i++) {
      long row = i * rows / some;
      reader.read(tensor, row * width * type.blockBytes(), ByteBuffer.wrap(bytes));
      Floats.decode(type, bytes, 0, values, i * width, width);
    }
    return values;
  }

  private static void addRows(float[] values, int rows, int width, List<AxisSketch> axes) {
    if (rows < FEWEST_SLICES || width < FEWEST_SLICES) {
      return;
    }
    int kept = Math.min(width, AxisSketch.MOST_NUMBERS);
    float[][] numbers = new float[rows][kept];
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < kept; k++) {
        numbers[row][k] = values[row * width + (int) ((long) k * width / kept)];
      }
    }
    axes.add(new AxisSketch(width, numbers));
  }

  /**
   * @param dims [rows, columns, inner] of {@code values}
   * @param allRows that the tensor has
   */
  private static void addColumns(float[] values, int[] dims, long allRows, List<AxisSketch> axes) {
    int length = dims[0] * dims[2];
    if (dims[1] < FEWEST_SLICES || length < FEWEST_SLICES) {
      return;
    }
    int kept = Math.min(length, AxisSketch.MOST_NUMBERS);
    float[][] numbers = new float[dims[1]][kept];
    for (int column = 0; column < dims[1]; column++) {
      for (int k = 0; k < kept; k++) {
        int at = (int) ((long) k * length / kept);
        numbers[column][k] = values[(at / dims[2] * dims[1] + column) * dims[2] + at % dims[2]];
      }
    }
    axes.add(new AxisSketch(allRows * dims[2], numbers));
  }

  /** Likeness of the axes of both that are most alike; 0 if none fit. */
  double likeness(ModelSketch reference) {
    double most = 0;
    for (AxisSketch own : axes) {
      for (AxisSketch theirs : reference.axes) {
        if (own.fits(theirs)) {
          most = Math.max(most, own.likeness(theirs));
        }
      }
    }
    return most;
  }
}
