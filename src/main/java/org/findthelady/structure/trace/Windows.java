package org.findthelady.structure.trace;

import java.util.Arrays;

/** Lengths of the spatial axes behind convolutions and pooling; -1 where not known. */
final class Windows {
  private Windows() {}

  static long[] convolution(Operation op, TracedValue data, TracedValue weight) {
    long[] kernel = Arrays.copyOfRange(weight.dims(), 2, weight.rank());
    return slide(op, data, kernel);
  }

  static long[] pooling(Operation op, TracedValue data) {
    long[] kernel = op.integers("kernel_shape");
    if (kernel == null || kernel.length != data.rank() - 2) {
      throw new Untraceable("no kernel_shape");
    }
    return slide(op, data, kernel);
  }

  private static long[] slide(Operation op, TracedValue data, long[] kernel) {
    int space = kernel.length;
    long[] strides = orAll(op.integers("strides"), space, 1);
    long[] dilations = orAll(op.integers("dilations"), space, 1);
    long[] pads = orAll(op.integers("pads"), 2 * space, 0);
    boolean ceil = op.integer("ceil_mode", 0) != 0;
    String auto = op.text("auto_pad", "NOTSET");
    long[] out = new long[space];
    for (int i = 0; i < space; i++) {
      long length = data.length(2 + i);
      long reach = dilations[i] * (kernel[i] - 1) + 1;
      if (length < 0) {
        out[i] = -1;
      } else if (auto.startsWith("SAME")) {
        out[i] = (length + strides[i] - 1) / strides[i];
      } else {
        long padded = auto.equals("VALID") ? length : length + pads[i] + pads[i + space];
        long steps = padded - reach;
        out[i] =
            (ceil ? Math.floorDiv(steps + strides[i] - 1, strides[i]) : steps / strides[i]) + 1;
        if (ceil && (out[i] - 1) * strides[i] >= length + pads[i]) {
          out[i]--;
        }
      }
    }
    return out;
  }

  static long[] transposedConvolution(Operation op, TracedValue data, TracedValue weight) {
    int space = weight.rank() - 2;
    long[] shape = op.integers("output_shape");
    long[] strides = orAll(op.integers("strides"), space, 1);
    long[] dilations = orAll(op.integers("dilations"), space, 1);
    long[] pads = orAll(op.integers("pads"), 2 * space, 0);
    long[] extra = orAll(op.integers("output_padding"), space, 0);
    boolean same = op.text("auto_pad", "NOTSET").startsWith("SAME");
    long[] out = new long[space];
    for (int i = 0; i < space; i++) {
      long length = data.length(2 + i);
      if (shape != null) {
        out[i] = shape[shape.length - space + i];
      } else if (length < 0) {
        out[i] = -1;
      } else if (same) {
        out[i] = length * strides[i];
      } else {
        out[i] =
            strides[i] * (length - 1)
                + extra[i]
                + (weight.length(2 + i) - 1) * dilations[i]
                + 1
                - pads[i]
                - pads[i + space];
      }
    }
    return out;
  }

  private static long[] orAll(long[] given, int count, long otherwise) {
    if (given != null) {
      if (given.length != count) {
        throw new Untraceable(given.length + " numbers for " + count + " spatial axes");
      }
      return given;
    }
    long[] all = new long[count];
    Arrays.fill(all, otherwise);
    return all;
  }
}
