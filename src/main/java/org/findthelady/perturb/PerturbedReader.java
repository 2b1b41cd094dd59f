package org.findthelady.perturb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.TrainingState;

/**
 * A checkpoint's tensors as perturbations leave them, so that any format can write a perturbed
 * checkpoint. Reads a selected tensor once, whole, and keeps the last one; all others pass through
 * untouched. An element whose value does not change keeps its own bytes. Closing it closes the
 * reader beneath.
 */
public final class PerturbedReader implements TensorReader {
  private final TensorReader source;
  private final List<Perturbation> perturbations;
  private final Set<TensorInfo> spared;
  private TensorInfo current;
  private byte[] bytes;

  /**
   * @param perturbations applied in this order; those that need it already fitted (see {@link
   *     #fit})
   */
  public PerturbedReader(TensorReader source, List<Perturbation> perturbations) {
    this(source, perturbations, Set.of());
  }

  private PerturbedReader(
      TensorReader source, List<Perturbation> perturbations, Set<TensorInfo> spared) {
    this.source = source;
    this.perturbations = List.copyOf(perturbations);
    this.spared = spared;
  }

  /**
   * A checkpoint whose weights are perturbed; moments of an optimizer and averaged copies are not.
   *
   * @param perturbations in the order to be applied, not yet fitted
   */
  public static PerturbedReader of(
      Checkpoint checkpoint, TensorReader source, List<Perturbation> perturbations)
      throws IOException {
    List<TensorInfo> weights = TrainingState.of(checkpoint.tensors()).weights();
    Set<TensorInfo> spared = new HashSet<>(checkpoint.tensors());
    weights.forEach(spared::remove);
    List<Perturbation> fitted = fit(checkpoint.of(weights), source, perturbations);
    return new PerturbedReader(source, fitted, spared);
  }

  /**
   * The perturbations, each fitted to the model as those before it leave it.
   *
   * @param source stays open
   */
  public static List<Perturbation> fit(
      Checkpoint checkpoint, TensorReader source, List<Perturbation> perturbations)
      throws IOException {
    List<Perturbation> fitted = new ArrayList<>();
    for (Perturbation perturbation : perturbations) {
      @SuppressWarnings("resource") // the source is the caller's
      TensorReader before = new PerturbedReader(source, fitted);
      fitted.add(perturbation.fittedTo(checkpoint, before));
    }
    return fitted;
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    if (!selected(tensor)) {
      source.read(tensor, firstByte, target);
      return;
    }
    if (!tensor.equals(current)) {
      current = null;
      bytes = perturbed(tensor);
      current = tensor;
    }
    target.put(bytes, Math.toIntExact(firstByte), target.remaining());
  }

  private boolean selected(TensorInfo tensor) {
    return tensor.dtype().floating()
        && !spared.contains(tensor)
        && perturbations.stream().anyMatch(p -> p.selects(tensor.name(), tensor.shape()));
  }

  private byte[] perturbed(TensorInfo tensor) throws IOException {
    if (tensor.length() > Integer.MAX_VALUE - 8) {
      throw new CheckpointException(
          Reason.LIMIT,
          "Tensor '%s': %d bytes to perturb at once, at most %d"
              .formatted(tensor.name(), tensor.length(), Integer.MAX_VALUE - 8));
    }
    byte[] raw = source.readAll(tensor);
    int count = Math.toIntExact(tensor.shape().elements());
    float[] values = new float[count];
    Floats.decode(tensor.dtype(), ByteBuffer.wrap(raw), values, 0, count);
    float[] before = values.clone();
    for (Perturbation perturbation : perturbations) {
      if (perturbation.selects(tensor.name(), tensor.shape())) {
        perturbation.applyInPlace(tensor.name(), tensor.shape(), values);
      }
    }
    encodeChanged(tensor.dtype(), before, values, raw);
    return raw;
  }

  private static void encodeChanged(DType dtype, float[] before, float[] after, byte[] raw) {
    int width = dtype.blockBytes();
    ByteBuffer target = ByteBuffer.wrap(raw);
    int at = 0;
    while (at < after.length) {
      int same = Arrays.mismatch(before, at, after.length, after, at, after.length);
      if (same < 0) {
        return;
      }
      at += same;
      int end = at + 1;
      while (end < after.length && !sameBits(before[end], after[end])) {
        end++;
      }
      target.position(at * width);
      Floats.encode(dtype, after, at, end - at, target);
      at = end;
    }
  }

  private static boolean sameBits(float a, float b) {
    return Float.floatToIntBits(a) == Float.floatToIntBits(b);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
