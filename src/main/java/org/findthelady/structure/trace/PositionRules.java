package org.findthelady.structure.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Operators that take, place or resample elements by position. */
final class PositionRules {
  private PositionRules() {}

  static void addTo(Map<String, OperatorRule> rules) {
    rules.put("Concat", (op, t) -> List.of(concat(op, t)));
    rules.put("Split", PositionRules::split);
    rules.put("Slice", (op, t) -> List.of(slice(op, t)));
    rules.put("Gather", (op, t) -> List.of(gather(op, t)));
    rules.put("Pad", (op, t) -> List.of(pad(op, t)));
    rules.put("Resize", (op, t) -> List.of(resize(op, t)));
    rules.put("Upsample", (op, t) -> List.of(resize(op, t)));
    rules.put("GridSample", (op, t) -> List.of(gridSample(op, t)));
    rules.put("RoiAlign", (op, t) -> List.of(regions(op, t)));
    rules.put("Trilu", (op, t) -> List.of(triangle(op, t)));
  }

  private static TracedValue concat(Operation op, AxisAlgebra tracks) {
    List<TracedValue> inputs = op.inputs();
    TracedValue first = op.input(0);
    int axis = Operation.axis(op.integer("axis", 0), first.rank());
    long[] dims = first.dims().clone();
    long[] lengths = new long[inputs.size()];
    List<AxisSymbol[]> parts = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < lengths.length; i++) {
      TracedValue part = op.input(i);
      lengths[i] = part.length(axis);
      total = total < 0 || lengths[i] < 0 ? -1 : Math.addExact(total, lengths[i]);
      parts.add(part.tracks());
      for (int a = 0; a < dims.length; a++) {
        dims[a] = dims[a] < 0 ? part.length(a) : dims[a];
      }
    }
    dims[axis] = total;
    boolean moving = parts.stream().anyMatch(p -> p[axis].moves());
    if (moving && total < 0) {
      throw new Untraceable("lays axes of unknown length end to end");
    }
    String why = "beside positions that do not move";
    return TracedValue.of(dims, tracks.concatenate(parts, lengths, axis, why));
  }

  private static TracedValue part(
      TracedValue data, int axis, int[] indices, boolean keep, AxisAlgebra tracks) {
    boolean all = keep && indices.length == data.length(axis);
    for (int i = 0; all && i < indices.length; i++) {
      all = indices[i] == i;
    }
    if (all) {
      return data;
    }
    AxisSymbol[] selected = tracks.select(data.tracks(), axis, indices, keep);
    long[] dims;
    if (keep) {
      dims = data.dims().clone();
      dims[axis] = indices.length;
    } else {
      dims = new long[data.rank() - 1];
      for (int a = 0; a < dims.length; a++) {
        dims[a] = data.length(a < axis ? a : a + 1);
      }
    }
    return TracedValue.of(dims, selected);
  }

  private static List<TracedValue> split(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    int axis = Operation.axis(op.integer("axis", 0), data.rank());
    long[] lengths = op.integers("split");
    if (lengths == null && op.optional(1) != null) {
      lengths = op.numbers(1).integers();
    }
    int count = op.node().getOutputCount();
    long whole = data.length(axis);
    if (lengths == null) {
      if (whole < 0) {
        throw new Untraceable("splits an axis of unknown length");
      }
      long each = (whole + count - 1) / count;
      lengths = new long[count];
      for (int i = 0; i < count; i++) {
        lengths[i] = Math.min(each, whole - i * each);
      }
    }
    if (lengths.length != count || (whole >= 0 && Arrays.stream(lengths).sum() != whole)) {
      throw new Untraceable("splits " + whole + " into " + Arrays.toString(lengths));
    }
    List<TracedValue> outputs = new ArrayList<>();
    int start = 0;
    for (long length : lengths) {
      int from = start;
      int[] indices = IntStream.range(from, from + Math.toIntExact(length)).toArray();
      outputs.add(part(data, axis, indices, true, tracks));
      start += indices.length;
    }
    return outputs;
  }

  private static TracedValue slice(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    Constant starts = numbers(op, "starts", 1);
    Constant ends = numbers(op, "ends", 2);
    Constant axes = numbers(op, "axes", 3);
    Constant steps = numbers(op, "steps", 4);
    if (axes == null && op.optional(3) != null) {
      throw new Untraceable("slice axes are not constants");
    }
    int count = axes != null ? axes.length() : starts != null ? starts.length() : data.rank();
    TracedValue out = data;
    for (int i = 0; i < count; i++) {
      int axis = Operation.axis(axes == null ? i : axes.integer(i), data.rank());
      boolean stepped = op.optional(4) != null;
      boolean known =
          starts != null
              && ends != null
              && (!stepped || steps != null)
              && !Double.isNaN(starts.data()[i])
              && !Double.isNaN(ends.data()[i])
              && (steps == null || !Double.isNaN(steps.data()[i]))
              && out.length(axis) >= 0;
      long step = steps == null ? 1 : steps.integer(i);
      out =
          known
              ? cut(out, axis, starts.integer(i), ends.integer(i), step, tracks)
              : unknownCut(out, axis, tracks);
    }
    return out;
  }

  private static Constant numbers(Operation op, String attribute, int input) {
    long[] given = op.integers(attribute);
    if (given != null) {
      return Constant.vector(given);
    }
    TracedValue value = op.optional(input);
    return value == null ? null : value.constant();
  }

  private static TracedValue cut(
      TracedValue data, int axis, long start, long end, long step, AxisAlgebra tracks) {
    long length = data.length(axis);
    if (step == 0) {
      throw new Untraceable("step 0");
    }
    long from = start < 0 ? start + length : start;
    long to = end < -length ? -1 : end < 0 ? end + length : end;
    from = Math.max(step < 0 ? -1 : 0, Math.min(from, step < 0 ? length - 1 : length));
    to = Math.max(-1, Math.min(to, length));
    long count =
        step > 0
            ? Math.max(0, -Math.floorDiv(from - Math.max(0, to), step))
            : Math.max(0, -Math.floorDiv(to - from, -step));
    int[] indices = new int[Math.toIntExact(count)];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = Math.toIntExact(from + i * step);
    }
    return part(data, axis, indices, true, tracks);
  }

  private static TracedValue unknownCut(TracedValue data, int axis, AxisAlgebra tracks) {
    AxisSymbol[] all = data.tracks();
    tracks.freeze(all, axis, "cut at a place that is not known");
    long[] dims = data.dims().clone();
    dims[axis] = -1;
    return TracedValue.of(dims, stilled(all, axis, tracks));
  }

  /** The tracks with one axis, which has been frozen, as a still one. */
  private static AxisSymbol[] stilled(AxisSymbol[] all, int axis, AxisAlgebra tracks) {
    if (!all[axis].moves()) {
      AxisSymbol[] same = all.clone();
      same[axis] = AxisSymbol.STILL;
      return same;
    }
    List<AxisSymbol> left = new ArrayList<>(Arrays.asList(tracks.drop(all, Set.of(axis))));
    left.add(axis, AxisSymbol.STILL);
    return left.toArray(AxisSymbol[]::new);
  }

  private static TracedValue gather(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    TracedValue indices = op.input(1);
    int axis = Operation.axis(op.integer("axis", 0), data.rank());
    long length = data.length(axis);
    if (indices.isKnown() && indices.rank() <= 1 && length >= 0) {
      int[] wanted = new int[indices.constant().length()];
      for (int i = 0; i < wanted.length; i++) {
        long index = indices.constant().integer(i);
        wanted[i] = Operation.axis(index, (int) length);
      }
      return part(data, axis, wanted, indices.rank() == 1, tracks);
    }
    tracks.freezeAll(indices.tracks(), "indices");
    data.freeze(axis, "looked up by index", tracks);
    int[] places =
        IntStream.range(0, data.rank()).map(a -> a == axis && data.isStored() ? -1 : a).toArray();
    AxisSymbol[] all = data.aligned(data.rank(), places);
    List<AxisSymbol> left = new ArrayList<>(Arrays.asList(tracks.drop(all, Set.of(axis))));
    List<Long> dims = new ArrayList<>();
    for (long dim : data.dims()) {
      dims.add(dim);
    }
    dims.remove(axis);
    boolean neutral = length == 1 || (!data.isStored() && all[axis].isNeutral());
    for (int i = indices.rank() - 1; i >= 0; i--) {
      left.add(axis, neutral ? AxisSymbol.NEUTRAL : AxisSymbol.STILL);
      dims.add(axis, indices.length(i));
    }
    return TracedValue.of(
        dims.stream().mapToLong(x -> x).toArray(), left.toArray(AxisSymbol[]::new));
  }

  private static TracedValue pad(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    int rank = data.rank();
    Constant pads = numbers(op, "pads", 1);
    if (pads == null) {
      pads = Constant.vector(nan(2 * rank), true);
    }
    int[] axes = IntStream.range(0, rank).toArray();
    if (op.optional(3) != null) {
      long[] given = op.numbers(3).integers();
      axes = Arrays.stream(given).mapToInt(a -> Operation.axis(a, rank)).toArray();
    }
    boolean constant = op.text("mode", "constant").equals("constant");
    TracedValue out = data;
    for (int i = 0; i < axes.length; i++) {
      double before = pads.data()[i];
      double after = pads.data()[i + axes.length];
      if (before != 0 || after != 0) {
        out = padded(out, axes[i], before, after, constant, tracks);
      }
    }
    return out;
  }

  private static double[] nan(int count) {
    double[] all = new double[count];
    Arrays.fill(all, Double.NaN);
    return all;
  }

  private static TracedValue padded(
      TracedValue data,
      int axis,
      double before,
      double after,
      boolean constant,
      AxisAlgebra tracks) {
    long[] dims = data.dims().clone();
    AxisSymbol[] all = data.tracks();
    boolean known = !Double.isNaN(before + after) && dims[axis] >= 0;
    long length = known ? Math.addExact(dims[axis], (long) (before + after)) : -1;
    boolean grows = known && before >= 0 && after >= 0;
    if (all[axis].moves() && constant && grows) {
      List<AxisSymbol[]> parts = new ArrayList<>();
      List<Long> lengths = new ArrayList<>();
      AxisSymbol[] filling = new AxisSymbol[all.length];
      Arrays.fill(filling, AxisSymbol.NEUTRAL);
      if (before > 0) {
        parts.add(filling);
        lengths.add((long) before);
      }
      parts.add(all);
      lengths.add(dims[axis]);
      if (after > 0) {
        parts.add(filling);
        lengths.add((long) after);
      }
      long[] array = lengths.stream().mapToLong(x -> x).toArray();
      all = tracks.concatenate(parts, array, axis, "a single padded position");
    } else {
      tracks.freeze(all, axis, "padded");
      all = stilled(all, axis, tracks);
    }
    dims[axis] = length;
    return TracedValue.of(dims, all);
  }

  private static TracedValue resize(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    int rank = data.rank();
    boolean old = op.node().getOpType().equals("Upsample") || op.opset() < 11;
    TracedValue scales = op.optional(old ? 1 : 2);
    TracedValue sizes = old ? null : op.optional(3);
    double[] lengths = nan(rank);
    double[] factors = op.floats("scales");
    if (sizes != null && sizes.constant() != null) {
      lengths = sizes.constant().data();
    } else if (factors != null || (scales != null && scales.isKnown() && scales.rank() == 1)) {
      factors = factors != null ? factors : scales.constant().data();
      for (int axis = 0; axis < Math.min(rank, factors.length); axis++) {
        lengths[axis] =
            data.length(axis) < 0 ? Double.NaN : Math.floor(data.length(axis) * factors[axis]);
      }
    }
    if (op.has("axes") || lengths.length != rank) {
      throw new Untraceable("resizes " + lengths.length + " of " + rank + " axes");
    }
    TracedValue out = data;
    for (int axis = 0; axis < rank; axis++) {
      if (lengths[axis] == data.length(axis) && data.length(axis) >= 0) {
        continue;
      }
      AxisSymbol[] all = out.tracks();
      tracks.freeze(all, axis, "resampled");
      long[] dims = out.dims().clone();
      dims[axis] = Double.isNaN(lengths[axis]) ? -1 : (long) lengths[axis];
      out = TracedValue.of(dims, stilled(all, axis, tracks));
    }
    return out;
  }

  private static TracedValue gridSample(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    TracedValue grid = op.input(1);
    tracks.freezeAll(grid.tracks(), "sampling positions");
    AxisSymbol[] all = data.tracks();
    long[] dims = data.dims().clone();
    for (int axis = 2; axis < all.length; axis++) {
      tracks.freeze(all, axis, "sampled by position");
      all = stilled(all, axis, tracks);
      dims[axis] = grid.length(axis - 1);
    }
    return TracedValue.of(dims, all);
  }

  private static TracedValue regions(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    TracedValue regions = op.input(1);
    tracks.freezeAll(regions.tracks(), "region corners");
    AxisSymbol[] all = data.tracks();
    for (int axis : new int[] {0, 2, 3}) {
      tracks.freeze(all, axis, "sampled by position");
      all = stilled(all, axis, tracks);
    }
    long[] dims = {
      regions.length(0),
      data.length(1),
      op.integer("output_height", 1),
      op.integer("output_width", 1)
    };
    return TracedValue.of(dims, all);
  }

  private static TracedValue triangle(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    AxisSymbol[] all = data.tracks();
    tracks.freeze(all, data.rank() - 1, "a triangle of positions");
    tracks.freeze(all, data.rank() - 2, "a triangle of positions");
    return TracedValue.of(data.dims(), all);
  }
}
