package org.findthelady.perturb;

import java.io.IOException;
import java.util.Locale;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;

/**
 * Magnitude pruning with one threshold over all selected tensors: what is at or below the {@code
 * percent} smallest absolute values of the whole model becomes zero.
 *
 * @param percent 0 to 100
 * @param threshold the bits of the largest magnitude that goes; -1 before {@link #fittedTo}
 */
public record GlobalPruning(double percent, LayerSelection layers, int threshold)
    implements Perturbation {
  private static final long serialVersionUID = 1;

  public GlobalPruning {
    Pruning.checkPercent(percent);
  }

  /** Not fitted to a model yet. */
  public GlobalPruning(double percent, LayerSelection layers) {
    this(percent, layers, -1);
  }

  @Override
  public String description() {
    return String.format(Locale.ROOT, "pruned %s %% over all layers%s", percent, layers.suffix());
  }

  @Override
  public boolean selects(String tensor, Shape shape) {
    return layers.selects(tensor, shape);
  }

  /** Two passes of counting, by the upper and by the lower half of the bits; constant memory. */
  @Override
  public Perturbation fittedTo(Checkpoint checkpoint, TensorReader bytes) throws IOException {
    long[] upper = count(checkpoint, bytes, -1);
    long total = 0;
    for (long count : upper) {
      total += count;
    }
    long rank = Math.round(total * percent / 100);
    if (rank == 0) {
      return this;
    }
    int prefix = 0;
    while (rank > upper[prefix]) {
      rank -= upper[prefix++];
    }
    long[] lower = count(checkpoint, bytes, prefix);
    int suffix = 0;
    while (rank > lower[suffix]) {
      rank -= lower[suffix++];
    }
    return new GlobalPruning(percent, layers, (prefix << 16) | suffix);
  }

  private long[] count(Checkpoint checkpoint, TensorReader bytes, int prefix) throws IOException {
    long[] counts = new long[1 << 16];
    FloatStream.over(
        checkpoint,
        bytes,
        layers,
        value -> {
          int magnitude = Pruning.magnitude(value);
          if (prefix < 0) {
            counts[magnitude >>> 16]++;
          } else if (magnitude >>> 16 == prefix) {
            counts[magnitude & 0xffff]++;
          }
        });
    return counts;
  }

  @Override
  public void applyInPlace(String tensor, Shape shape, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (Pruning.magnitude(values[i]) <= threshold) {
        values[i] = 0;
      }
    }
  }
}
