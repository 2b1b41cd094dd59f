package org.findthelady.structure.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Operators that split, join, move or repeat axes without changing any element. */
final class ReshapeRules {
  private static final String LOST = "a reshape whose lengths do not line up";

  private ReshapeRules() {}

  static void addTo(Map<String, OperatorRule> rules) {
    rules.put("Reshape", (op, t) -> List.of(reshape(op, t)));
    rules.put("Flatten", (op, t) -> List.of(flatten(op, t)));
    rules.put("Squeeze", (op, t) -> List.of(squeeze(op)));
    rules.put("Unsqueeze", (op, t) -> List.of(unsqueeze(op)));
    rules.put("Transpose", (op, t) -> List.of(transpose(op)));
    rules.put("Expand", (op, t) -> List.of(expand(op)));
    rules.put("Tile", (op, t) -> List.of(tile(op, t)));
    rules.put("DepthToSpace", (op, t) -> List.of(depthToSpace(op, t)));
    rules.put("SpaceToDepth", (op, t) -> List.of(spaceToDepth(op, t)));
  }

  private static TracedValue reshape(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    long[] asked = op.integers("shape");
    double[] shape;
    if (asked != null) {
      shape = Arrays.stream(asked).asDoubleStream().toArray();
    } else {
      TracedValue given = op.input(1);
      if (given.constant() == null) {
        throw new Untraceable("the shape is not a constant");
      }
      shape = given.constant().data();
    }
    boolean zeroCopies = op.integer("allowzero", 0) == 0;
    long[] dims = new long[shape.length];
    int inferred = -1;
    long rest = 1;
    for (int i = 0; i < dims.length; i++) {
      if (Double.isNaN(shape[i])) {
        dims[i] = -1;
      } else if (shape[i] == 0 && zeroCopies) {
        dims[i] = data.length(i);
      } else if (shape[i] == -1) {
        dims[i] = -1;
        inferred = i;
      } else {
        dims[i] = (long) shape[i];
      }
      rest =
          i == inferred ? rest : dims[i] < 0 || rest < 0 ? -1 : Math.multiplyExact(rest, dims[i]);
    }
    long elements = data.elements();
    if (inferred >= 0 && elements >= 0 && rest > 0) {
      dims[inferred] = elements / rest;
    }
    return to(data, dims, tracks);
  }

  /** The same elements under other axis lengths. */
  static TracedValue to(TracedValue data, long[] dims, AxisAlgebra tracks) {
    List<Long> lengths = new ArrayList<>();
    List<AxisSymbol> all = new ArrayList<>();
    for (int axis = 0; axis < data.rank(); axis++) {
      if (data.length(axis) != 1) {
        lengths.add(data.length(axis));
        all.add(data.track(axis));
      }
    }
    long[] in = lengths.stream().mapToLong(Long::longValue).toArray();
    long[] out = Arrays.stream(dims).filter(d -> d != 1).toArray();
    AxisSymbol[] result = regroup(all.toArray(AxisSymbol[]::new), in, out, tracks);
    AxisSymbol[] wide = new AxisSymbol[dims.length];
    int next = 0;
    for (int axis = 0; axis < dims.length; axis++) {
      wide[axis] = dims[axis] == 1 ? AxisSymbol.NEUTRAL : result[next++];
    }
    return TracedValue.of(dims, wide);
  }

  /** A run of input axes that becomes a run of output axes. */
  private record Run(int first, int count, int outFirst, int outCount) {}

  private static AxisSymbol[] regroup(AxisSymbol[] all, long[] in, long[] out, AxisAlgebra tracks) {
    List<Run> runs = runs(in, out);
    AxisSymbol[] result = all;
    long[] lengths = in;
    for (int r = runs.size() - 1; r >= 0; r--) {
      Run run = runs.get(r);
      long[] target = Arrays.copyOfRange(out, run.outFirst(), run.outFirst() + run.outCount());
      boolean unknown = Arrays.stream(target).anyMatch(d -> d < 0);
      if (unknown && !(run.count() == 1 && run.outCount() == 1)) {
        for (int axis = run.first(); axis < run.first() + run.count(); axis++) {
          tracks.freeze(result, axis, LOST);
        }
        result = stillRun(result, run, tracks);
      } else {
        result = tracks.regroup(result, lengths, run.first(), run.count(), target, LOST);
      }
      long[] changed = new long[lengths.length - run.count() + run.outCount()];
      System.arraycopy(lengths, 0, changed, 0, run.first());
      System.arraycopy(target, 0, changed, run.first(), target.length);
      int from = run.first() + run.count();
      System.arraycopy(lengths, from, changed, run.first() + target.length, lengths.length - from);
      lengths = changed;
    }
    return result;
  }

  private static AxisSymbol[] stillRun(AxisSymbol[] all, Run run, AxisAlgebra tracks) {
    Set<Integer> gone = new LinkedHashSet<>();
    for (int axis = run.first(); axis < run.first() + run.count(); axis++) {
      gone.add(axis);
    }
    List<AxisSymbol> left = new ArrayList<>(Arrays.asList(tracks.drop(all, gone)));
    for (int i = 0; i < run.outCount(); i++) {
      left.add(run.first(), AxisSymbol.STILL);
    }
    return left.toArray(AxisSymbol[]::new);
  }

  private static List<Run> runs(long[] in, long[] out) {
    List<Run> runs = new ArrayList<>();
    int i = 0;
    int j = 0;
    int endIn = in.length;
    int endOut = out.length;
    List<Run> tail = new ArrayList<>();
    while (i < endIn && j < endOut && in[i] == out[j] && in[i] >= 0) {
      runs.add(new Run(i++, 1, j++, 1));
    }
    while (endIn > i && endOut > j && in[endIn - 1] == out[endOut - 1] && in[endIn - 1] >= 0) {
      tail.add(0, new Run(--endIn, 1, --endOut, 1));
    }
    middle(in, out, i, endIn, j, endOut, runs);
    runs.addAll(tail);
    return runs;
  }

  private static void middle(
      long[] in, long[] out, int fromIn, int endIn, int fromOut, int endOut, List<Run> runs) {
    int i = fromIn;
    int j = fromOut;
    while (i < endIn && j < endOut) {
      int firstIn = i;
      int firstOut = j;
      long left = in[i++];
      long right = out[j++];
      while (left != right && left > 0 && right > 0) {
        if (left < right && i < endIn) {
          left = left * in[i++];
        } else if (right < left && j < endOut) {
          right = right * out[j++];
        } else {
          left = -1;
        }
      }
      if (left <= 0 || right <= 0) {
        runs.add(new Run(firstIn, endIn - firstIn, firstOut, endOut - firstOut));
        return;
      }
      runs.add(new Run(firstIn, i - firstIn, firstOut, j - firstOut));
    }
    if (i < endIn || j < endOut) {
      runs.add(new Run(i, endIn - i, j, endOut - j));
    }
  }

  private static TracedValue flatten(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    long given = op.integer("axis", 1);
    int axis = (int) (given < 0 ? given + data.rank() : given);
    if (axis < 0 || axis > data.rank()) {
      throw new Untraceable("axis " + given);
    }
    long[] dims = {product(data, 0, axis), product(data, axis, data.rank())};
    return to(data, dims, tracks);
  }

  private static long product(TracedValue data, int from, int to) {
    long product = 1;
    for (int axis = from; axis < to; axis++) {
      if (data.length(axis) < 0) {
        return -1;
      }
      product = Math.multiplyExact(product, data.length(axis));
    }
    return product;
  }

  /** Axes from the attribute (older operator sets) or from input 1; null if neither is there. */
  private static long[] axes(Operation op) {
    long[] axes = op.integers("axes");
    return axes == null && op.optional(1) != null ? op.numbers(1).integers() : axes;
  }

  private static TracedValue squeeze(Operation op) {
    TracedValue data = op.input(0);
    long[] axes = axes(op);
    Set<Integer> gone = new LinkedHashSet<>();
    if (axes == null) {
      for (int axis = 0; axis < data.rank(); axis++) {
        if (data.length(axis) == 1) {
          gone.add(axis);
        }
      }
    } else {
      for (long axis : axes) {
        gone.add(Operation.axis(axis, data.rank()));
      }
    }
    List<Long> dims = new ArrayList<>();
    List<AxisSymbol> tracks = new ArrayList<>();
    for (int axis = 0; axis < data.rank(); axis++) {
      if (!gone.contains(axis)) {
        dims.add(data.length(axis));
        tracks.add(data.track(axis));
      } else if (data.length(axis) > 1) {
        throw new Untraceable("squeezes an axis of length " + data.length(axis));
      }
    }
    return TracedValue.of(
        dims.stream().mapToLong(x -> x).toArray(), tracks.toArray(AxisSymbol[]::new));
  }

  private static TracedValue unsqueeze(Operation op) {
    TracedValue data = op.input(0);
    long[] axes = axes(op);
    if (axes == null) {
      throw new Untraceable("no axes");
    }
    int rank = data.rank() + axes.length;
    Set<Integer> made = new LinkedHashSet<>();
    for (long axis : axes) {
      made.add(Operation.axis(axis, rank));
    }
    long[] dims = new long[rank];
    AxisSymbol[] tracks = new AxisSymbol[rank];
    int next = 0;
    for (int axis = 0; axis < rank; axis++) {
      boolean fresh = made.contains(axis);
      dims[axis] = fresh ? 1 : data.length(next);
      tracks[axis] = fresh ? AxisSymbol.NEUTRAL : data.track(next++);
    }
    return TracedValue.of(dims, tracks);
  }

  private static TracedValue transpose(Operation op) {
    TracedValue data = op.input(0);
    int rank = data.rank();
    long[] order = op.integers("perm");
    long[] dims = new long[rank];
    AxisSymbol[] tracks = new AxisSymbol[rank];
    for (int axis = 0; axis < rank; axis++) {
      int from = order == null ? rank - 1 - axis : Operation.axis(order[axis], rank);
      dims[axis] = data.length(from);
      tracks[axis] = data.track(from);
    }
    return TracedValue.of(dims, tracks);
  }

  /** The rearrangement of axes by {@code order}. */
  private static TracedValue transpose(TracedValue data, int... order) {
    long[] dims = new long[order.length];
    AxisSymbol[] tracks = new AxisSymbol[order.length];
    for (int axis = 0; axis < order.length; axis++) {
      dims[axis] = data.length(order[axis]);
      tracks[axis] = data.track(order[axis]);
    }
    return TracedValue.of(dims, tracks);
  }

  private static TracedValue expand(Operation op) {
    TracedValue data = op.input(0);
    TracedValue shape = op.input(1);
    if (shape.constant() == null) {
      throw new Untraceable("the shape is not a constant");
    }
    double[] asked = shape.constant().data();
    int rank = Math.max(asked.length, data.rank());
    long[] dims = new long[rank];
    AxisSymbol[] tracks = new AxisSymbol[rank];
    for (int axis = 0; axis < rank; axis++) {
      int mine = axis - (rank - data.rank());
      int theirs = axis - (rank - asked.length);
      long length = mine < 0 ? 1 : data.length(mine);
      double wanted = theirs < 0 ? 1 : asked[theirs];
      tracks[axis] = length == 1 ? AxisSymbol.NEUTRAL : data.track(mine);
      dims[axis] = length != 1 ? length : Double.isNaN(wanted) ? -1 : (long) wanted;
    }
    return TracedValue.of(dims, tracks);
  }

  private static TracedValue tile(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    long[] repeats = op.numbers(1).integers();
    TracedValue out = data;
    for (int axis = 0; axis < data.rank(); axis++) {
      long times = repeats[axis];
      long length = out.length(axis);
      if (times == 1) {
        continue;
      }
      long[] dims = out.dims().clone();
      dims[axis] = length < 0 ? -1 : Math.multiplyExact(length, times);
      AxisSymbol[] all = out.tracks();
      if (all[axis].moves()) {
        int[] indices = new int[Math.toIntExact(dims[axis])];
        for (int i = 0; i < indices.length; i++) {
          indices[i] = (int) (i % length);
        }
        all = tracks.select(all, axis, indices, true);
      }
      out = TracedValue.of(dims, all);
    }
    return out;
  }

  private static TracedValue depthToSpace(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    long block = op.integer("blocksize", 1);
    long n = data.length(0);
    long c = data.length(1) / (block * block);
    long h = data.length(2);
    long w = data.length(3);
    boolean depthFirst = op.text("mode", "DCR").equals("DCR");
    TracedValue split =
        depthFirst
            ? transpose(to(data, new long[] {n, block, block, c, h, w}, tracks), 0, 3, 4, 1, 5, 2)
            : transpose(to(data, new long[] {n, c, block, block, h, w}, tracks), 0, 1, 4, 2, 5, 3);
    return to(split, new long[] {n, c, h * block, w * block}, tracks);
  }

  private static TracedValue spaceToDepth(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    long block = op.integer("blocksize", 1);
    long n = data.length(0);
    long c = data.length(1);
    long h = data.length(2) / block;
    long w = data.length(3) / block;
    TracedValue split = to(data, new long[] {n, c, h, block, w, block}, tracks);
    return to(transpose(split, 0, 3, 5, 1, 2, 4), new long[] {n, c * block * block, h, w}, tracks);
  }
}
