package org.findthelady.match.task;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.findthelady.match.kernel.RadixSort;
import org.findthelady.match.rows.TensorScale;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Structure;

/** Measures the scale of tensors and the noise between reference and suspect, from samples. */
public record ScaleTask(List<String> tensors) implements MatchTask<ArrayList<TensorScale>> {
  private static final int SAMPLE = 1 << 13;
  private static final int RUN = 1 << 8;

  @Override
  public List<String> reads() {
    return tensors;
  }

  @Override
  public ArrayList<TensorScale> run(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    ArrayList<TensorScale> scales = new ArrayList<>();
    RadixSort sort = new RadixSort();
    for (String tensor : tensors) {
      float[] here = sample(reference, tensor);
      float[] there = sample(suspect, tensor);
      scales.add(measure(tensor, here, there, sort));
    }
    return scales;
  }

  /** All elements of a small tensor, evenly spread runs of a large one. */
  private static float[] sample(Weights weights, String tensor) throws IOException {
    long elements = weights.shape(tensor).elements();
    if (elements <= SAMPLE) {
      float[] all = new float[(int) elements];
      weights.expect(tensor);
      weights.read(tensor, 0, all, 0, all.length);
      return all;
    }
    float[] some = new float[SAMPLE];
    int runs = SAMPLE / RUN;
    long[] first = new long[runs];
    Arrays.setAll(first, run -> (elements - RUN) / (runs - 1) * run);
    weights.expect(tensor, first, RUN);
    for (int run = 0; run < runs; run++) {
      weights.read(tensor, first[run], some, run * RUN, RUN);
    }
    return some;
  }

  private static TensorScale measure(String tensor, float[] here, float[] there, RadixSort sort) {
    int total = here.length;
    float[] a = finite(here);
    float[] b = finite(there);
    sort.sort(a);
    sort.sort(b);
    double sum = 0;
    double squares = 0;
    for (float value : a) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = a.length == 0 ? 0 : sum / a.length;
    double variance = a.length == 0 ? 0 : Math.max(0, squares / a.length - mean * mean);
    double noise = 0;
    int paired = Math.min(a.length, b.length);
    for (int i = 0; i < paired; i++) {
      double gap = (double) a[i] - b[i];
      noise += gap * gap;
    }
    return new TensorScale(
        tensor,
        mean,
        variance,
        paired == 0 ? 0 : noise / paired,
        total,
        2 * total - a.length - b.length);
  }

  private static float[] finite(float[] values) {
    int count = 0;
    while (count < values.length && Float.isFinite(values[count])) {
      count++;
    }
    if (count == values.length) {
      return values;
    }
    float[] kept = new float[values.length];
    count = 0;
    for (float value : values) {
      if (Float.isFinite(value)) {
        kept[count++] = value;
      }
    }
    return Arrays.copyOf(kept, count);
  }
}
