package org.findthelady.structure.trace;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators whose outputs are made from shapes and numbers alone. */
final class ConstantRules {
  private ConstantRules() {}

  static void addTo(Map<String, OperatorRule> rules) {
    rules.put("Shape", (op, t) -> List.of(shape(op)));
    rules.put("Size", (op, t) -> List.of(size(op)));
    rules.put("ConstantOfShape", (op, t) -> List.of(filled(op)));
    rules.put("Range", (op, t) -> List.of(range(op)));
    rules.put("EyeLike", (op, t) -> List.of(TracedValue.still(op.input(0).dims())));
    for (String name : List.of("RandomNormalLike", "RandomUniformLike")) {
      rules.put(name, (op, t) -> List.of(TracedValue.still(op.input(0).dims())));
    }
  }

  private static TracedValue shape(Operation op) {
    TracedValue data = op.input(0);
    int rank = data.rank();
    int start = clamp(op.integer("start", 0), rank);
    int end = clamp(op.integer("end", rank), rank);
    double[] lengths =
        Arrays.stream(Arrays.copyOfRange(data.dims(), start, Math.max(start, end)))
            .mapToDouble(d -> d < 0 ? Double.NaN : d)
            .toArray();
    return TracedValue.still(lengths.length).with(Constant.vector(lengths, true));
  }

  private static int clamp(long position, int rank) {
    return (int) Math.max(0, Math.min(rank, position < 0 ? position + rank : position));
  }

  private static TracedValue size(Operation op) {
    long elements = op.input(0).elements();
    double count = elements < 0 ? Double.NaN : elements;
    return TracedValue.still().with(Constant.scalar(count, true));
  }

  private static TracedValue filled(Operation op) {
    TracedValue shape = op.input(0);
    if (shape.constant() == null) {
      throw new Untraceable("the shape is not a constant");
    }
    long[] dims =
        Arrays.stream(shape.constant().data())
            .mapToLong(d -> Double.isNaN(d) ? -1 : (long) d)
            .toArray();
    TracedValue value = TracedValue.neutral(dims);
    if (Arrays.stream(dims).anyMatch(d -> d < 0)
        || Constant.elements(dims) > Constant.MOST_ELEMENTS) {
      return value;
    }
    Constant element =
        op.tensor("value").flatMap(Constant::of).orElse(Constant.vector(new double[1], false));
    double[] data = new double[(int) Constant.elements(dims)];
    Arrays.fill(data, element.data()[0]);
    return value.with(new Constant(dims, data, element.integral()));
  }

  private static TracedValue range(Operation op) {
    for (int i = 0; i < 3; i++) {
      if (op.input(i).constant() == null || !op.input(i).isKnown()) {
        return TracedValue.still(-1);
      }
    }
    double start = op.numbers(0).data()[0];
    double limit = op.numbers(1).data()[0];
    double delta = op.numbers(2).data()[0];
    long count = Math.max(0, (long) Math.ceil((limit - start) / delta));
    TracedValue value = TracedValue.still(count);
    if (count > Constant.MOST_ELEMENTS) {
      return value;
    }
    double[] data = new double[(int) count];
    for (int i = 0; i < data.length; i++) {
      data[i] = start + i * delta;
    }
    return value.with(Constant.vector(data, op.numbers(0).integral()));
  }
}
