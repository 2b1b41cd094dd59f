package org.findthelady.checkpoint.packed;

import org.findthelady.checkpoint.Levels;

/**
 * Levels of integers that are stored inputs first.
 *
 * @param zeros all bytes of the zero points
 * @param scales [groups, outputs]
 * @param group of every input
 */
record GroupedLevels(GroupedWeight weight, byte[] zeros, float[] scales, int[] group)
    implements Levels {
  @Override
  public float[] units() {
    return Codes.integers(weight.codes().bits(), 0);
  }

  @Override
  public int run() {
    return 0;
  }

  @Override
  public long block(long element) {
    int inputs = weight.codes().rows();
    return element / inputs * weight.zeros().rows() + group[(int) (element % inputs)];
  }

  @Override
  public double roundoff() {
    return ScaledLevels.roundoff(weight.scales().dtype());
  }

  @Override
  public void read(long first, int count, float[] base, float[] factor) {
    int inputs = weight.codes().rows();
    int outputs = weight.codes().columns();
    for (int i = 0; i < count; i++) {
      int output = (int) ((first + i) / inputs);
      int line = group[(int) ((first + i) % inputs)];
      int zero = weight.zeros().code(zeros, line, output) + weight.zeroOffset();
      factor[i] = scales[line * outputs + output];
      base[i] = -zero * factor[i];
    }
  }
}
