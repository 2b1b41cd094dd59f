package org.findthelady.structure.trace;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * Works out small constants, so that shapes that a graph computes are known. A number that depends
 * on an unknown one is NaN. Knows the operators that exporters put between Shape and Reshape.
 */
final class ConstantFolding {
  private interface Fold {
    /** The output's numbers, or null where this use is not followed. */
    Constant fold(Operation operation);
  }

  private static final Map<String, Fold> FOLDS = new HashMap<>();

  static {
    binary("Add", Double::sum);
    binary("Sub", (a, b) -> a - b);
    binary("Mul", (a, b) -> a * b);
    binary("Pow", Math::pow);
    binary("Max", Math::max);
    binary("Min", Math::min);
    binary("Equal", (a, b) -> truth(a == b, a, b));
    binary("Greater", (a, b) -> truth(a > b, a, b));
    binary("GreaterOrEqual", (a, b) -> truth(a >= b, a, b));
    binary("Less", (a, b) -> truth(a < b, a, b));
    binary("LessOrEqual", (a, b) -> truth(a <= b, a, b));
    binary("And", (a, b) -> truth(a != 0 && b != 0, a, b));
    binary("Or", (a, b) -> truth(a != 0 || b != 0, a, b));
    FOLDS.put("Div", ConstantFolding::divide);
    FOLDS.put("Mod", ConstantFolding::remainder);
    unary("Neg", x -> -x);
    unary("Abs", Math::abs);
    unary("Floor", Math::floor);
    unary("Ceil", Math::ceil);
    unary("Round", Math::rint);
    unary("Sqrt", Math::sqrt);
    unary("Not", x -> truth(x == 0, x, x));
    unary("Identity", x -> x);
    FOLDS.put("Cast", ConstantFolding::cast);
    FOLDS.put("Concat", ConstantFolding::concat);
    FOLDS.put("Gather", ConstantFolding::gather);
    FOLDS.put("Slice", ConstantFolding::slice);
    FOLDS.put("Where", ConstantFolding::where);
    FOLDS.put("Reshape", ConstantFolding::reshape);
    FOLDS.put("Squeeze", ConstantFolding::reshape);
    FOLDS.put("Unsqueeze", ConstantFolding::reshape);
    FOLDS.put("Flatten", ConstantFolding::reshape);
    FOLDS.put("Expand", ConstantFolding::expand);
    FOLDS.put("Transpose", ConstantFolding::transpose);
    FOLDS.put("ReduceProd", op -> reduce(op, 1, (a, b) -> a * b));
    FOLDS.put("ReduceSum", op -> reduce(op, 0, Double::sum));
    FOLDS.put("ReduceMax", op -> reduce(op, Double.NEGATIVE_INFINITY, Math::max));
    FOLDS.put("ReduceMin", op -> reduce(op, Double.POSITIVE_INFINITY, Math::min));
  }

  private ConstantFolding() {}

  /**
   * The numbers of a node's first output, or null.
   *
   * @param out the traced output, for its axis lengths
   */
  static Constant fold(Operation operation, TracedValue out) {
    Fold fold = FOLDS.get(operation.node().getOpType());
    boolean all =
        !operation.inputs().isEmpty()
            && operation.inputs().stream().allMatch(v -> v == null || v.constant() != null);
    if (fold == null
        || !all
        || !operation.node().getDomain().isEmpty()
        || !out.hasRank()
        || out.elements() < 0
        || out.elements() > Constant.MOST_ELEMENTS) {
      return null;
    }
    Constant folded = fold.fold(operation);
    return folded == null ? null : new Constant(out.dims(), folded.data(), folded.integral());
  }

  private static double truth(boolean holds, double a, double b) {
    return Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : holds ? 1 : 0;
  }

  private static void binary(String name, DoubleBinaryOperator operator) {
    FOLDS.put(name, op -> combine(op, operator));
  }

  private static void unary(String name, DoubleUnaryOperator operator) {
    FOLDS.put(
        name,
        op -> {
          Constant x = op.input(0).constant();
          return new Constant(
              x.dims(), Arrays.stream(x.data()).map(operator).toArray(), x.integral());
        });
  }

  private static Constant combine(Operation op, DoubleBinaryOperator operator) {
    Constant result = op.input(0).constant();
    for (int i = 1; i < op.inputs().size(); i++) {
      result = combine(result, op.input(i).constant(), operator);
    }
    return result;
  }

  private static Constant combine(Constant a, Constant b, DoubleBinaryOperator operator) {
    long[] dims = broadcast(a.dims(), b.dims());
    int[] left = places(a.dims(), dims);
    int[] right = places(b.dims(), dims);
    double[] data = new double[left.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = operator.applyAsDouble(a.data()[left[i]], b.data()[right[i]]);
    }
    return new Constant(dims, data, a.integral());
  }

  private static long[] broadcast(long[] a, long[] b) {
    int rank = Math.max(a.length, b.length);
    long[] dims = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      int i = axis - (rank - a.length);
      int j = axis - (rank - b.length);
      long x = i < 0 ? 1 : a[i];
      long y = j < 0 ? 1 : b[j];
      dims[axis] = x == 1 ? y : x;
    }
    if (Constant.elements(dims) > Constant.MOST_ELEMENTS) {
      throw new Untraceable("a constant of " + Arrays.toString(dims));
    }
    return dims;
  }

  /** For every place of the broadcast tensor the place in the smaller one. */
  private static int[] places(long[] from, long[] to) {
    int[] places = new int[(int) Constant.elements(to)];
    long[] counter = new long[to.length];
    for (int q = 0; q < places.length; q++) {
      long place = 0;
      for (int axis = 0; axis < from.length; axis++) {
        long digit = counter[to.length - from.length + axis];
        place = place * from[axis] + (from[axis] == 1 ? 0 : digit);
      }
      places[q] = (int) place;
      for (int axis = to.length - 1; axis >= 0 && ++counter[axis] == to[axis]; axis--) {
        counter[axis] = 0;
      }
    }
    return places;
  }

  private static Constant divide(Operation op) {
    boolean integral = op.input(0).constant().integral();
    return combine(op, (a, b) -> integral ? (b == 0 ? Double.NaN : trunc(a / b)) : a / b);
  }

  private static double trunc(double x) {
    return x < 0 ? Math.ceil(x) : Math.floor(x);
  }

  private static Constant remainder(Operation op) {
    boolean likeC = op.integer("fmod", 0) != 0;
    return combine(op, (a, b) -> likeC ? a % b : a - b * Math.floor(a / b));
  }

  private static Constant cast(Operation op) {
    Constant x = op.input(0).constant();
    long to = op.integer("to", 1);
    boolean floating = to == 1 || to == 10 || to == 11 || to == 16;
    double[] data = x.data();
    if (to == 9) {
      data = Arrays.stream(data).map(v -> truth(v != 0, v, v)).toArray();
    } else if (!floating) {
      data = Arrays.stream(data).map(ConstantFolding::trunc).toArray();
    }
    return new Constant(x.dims(), data, !floating);
  }

  private static Constant concat(Operation op) {
    if (op.input(0).rank() != 1) {
      return null;
    }
    double[] all = new double[0];
    for (TracedValue input : op.inputs()) {
      double[] part = input.constant().data();
      int from = all.length;
      all = Arrays.copyOf(all, from + part.length);
      System.arraycopy(part, 0, all, from, part.length);
    }
    return Constant.vector(all, op.input(0).constant().integral());
  }

  private static Constant gather(Operation op) {
    Constant data = op.input(0).constant();
    Constant indices = op.input(1).constant();
    if (!indices.known() || data.dims().length == 0) {
      return null;
    }
    int axis = Operation.axis(op.integer("axis", 0), data.dims().length);
    int length = (int) data.dims()[axis];
    int inner = 1;
    for (int a = axis + 1; a < data.dims().length; a++) {
      inner *= (int) data.dims()[a];
    }
    int outer = length * inner == 0 ? 0 : data.length() / (length * inner);
    double[] out = new double[outer * indices.length() * inner];
    int at = 0;
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < indices.length(); i++) {
        int index = Operation.axis(indices.integer(i), length);
        for (int k = 0; k < inner; k++) {
          out[at++] = data.data()[(o * length + index) * inner + k];
        }
      }
    }
    return Constant.vector(out, data.integral());
  }

  private static Constant slice(Operation op) {
    Constant data = op.input(0).constant();
    long[] starts = integers(op, "starts", 1);
    long[] ends = integers(op, "ends", 2);
    long[] axes = integers(op, "axes", 3);
    long[] steps = integers(op, "steps", 4);
    int rank = data.dims().length;
    if (starts == null || ends == null) {
      return null;
    }
    Constant out = data;
    for (int i = 0; i < starts.length; i++) {
      int axis = Operation.axis(axes == null ? i : axes[i], rank);
      out = cut(out, axis, starts[i], ends[i], steps == null ? 1 : steps[i]);
    }
    return out;
  }

  private static long[] integers(Operation op, String attribute, int input) {
    long[] given = op.integers(attribute);
    TracedValue value = op.optional(input);
    return given != null || value == null || !value.isKnown() ? given : value.constant().integers();
  }

  private static Constant cut(Constant data, int axis, long start, long end, long step) {
    long length = data.dims()[axis];
    if (step == 0) {
      return data;
    }
    long from = start < 0 ? start + length : start;
    long to = end < -length ? -1 : end < 0 ? end + length : end;
    from = Math.max(step < 0 ? -1 : 0, Math.min(from, step < 0 ? length - 1 : length));
    to = Math.max(step < 0 ? -1 : 0, Math.min(to, length));
    int inner = 1;
    for (int a = axis + 1; a < data.dims().length; a++) {
      inner *= (int) data.dims()[a];
    }
    int outer = length * inner == 0 ? 0 : (int) (data.length() / (length * inner));
    long count =
        Math.max(0, step > 0 ? -Math.floorDiv(from - to, step) : -Math.floorDiv(to - from, -step));
    double[] out = new double[(int) (outer * count * inner)];
    int at = 0;
    for (int o = 0; o < outer; o++) {
      for (long i = 0; i < count; i++) {
        for (int k = 0; k < inner; k++) {
          out[at++] = data.data()[(int) ((o * length + from + i * step) * inner + k)];
        }
      }
    }
    long[] dims = data.dims().clone();
    dims[axis] = count;
    return new Constant(dims, out, data.integral());
  }

  private static Constant where(Operation op) {
    Constant condition = op.input(0).constant();
    Constant yes = op.input(1).constant();
    Constant no = op.input(2).constant();
    long[] dims = broadcast(broadcast(condition.dims(), yes.dims()), no.dims());
    int[] c = places(condition.dims(), dims);
    int[] y = places(yes.dims(), dims);
    int[] n = places(no.dims(), dims);
    double[] data = new double[c.length];
    for (int i = 0; i < data.length; i++) {
      double chosen = condition.data()[c[i]];
      data[i] =
          Double.isNaN(chosen) ? Double.NaN : chosen != 0 ? yes.data()[y[i]] : no.data()[n[i]];
    }
    return new Constant(dims, data, yes.integral());
  }

  private static Constant reshape(Operation op) {
    return op.input(0).constant();
  }

  private static Constant expand(Operation op) {
    Constant data = op.input(0).constant();
    Constant shape = op.input(1).constant();
    if (!shape.known()) {
      return null;
    }
    long[] dims = broadcast(data.dims(), shape.integers());
    int[] places = places(data.dims(), dims);
    return new Constant(
        dims, Arrays.stream(places).mapToDouble(p -> data.data()[p]).toArray(), data.integral());
  }

  private static Constant transpose(Operation op) {
    Constant data = op.input(0).constant();
    int rank = data.dims().length;
    long[] order = op.integers("perm");
    int[] from =
        IntStream.range(0, rank).map(a -> order == null ? rank - 1 - a : (int) order[a]).toArray();
    int[] lengths = Arrays.stream(data.dims()).mapToInt(d -> (int) d).toArray();
    int[] places = new CoordinateBlock(lengths, new int[data.length()]).placesOf(from);
    double[] out = new double[data.length()];
    for (int q = 0; q < out.length; q++) {
      out[places[q]] = data.data()[q];
    }
    long[] dims = Arrays.stream(from).mapToLong(a -> data.dims()[a]).toArray();
    return new Constant(dims, out, data.integral());
  }

  private static Constant reduce(Operation op, double start, DoubleBinaryOperator operator) {
    Constant data = op.input(0).constant();
    List<Long> axes =
        op.integers("axes") == null
            ? List.of()
            : Arrays.stream(op.integers("axes")).boxed().toList();
    if (data.dims().length > 1 || axes.size() > 1 || op.optional(1) != null) {
      return null;
    }
    return Constant.vector(
        new double[] {Arrays.stream(data.data()).reduce(start, operator)}, data.integral());
  }
}
