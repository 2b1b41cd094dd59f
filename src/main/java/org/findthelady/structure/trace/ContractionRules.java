package org.findthelady.structure.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Operators that sum products over an axis and make a new axis from the weight's. */
final class ContractionRules {
  private static final String SUMMED = "summed with positions that do not move";

  private ContractionRules() {}

  static void addTo(Map<String, OperatorRule> rules) {
    rules.put("Conv", (op, t) -> List.of(convolution(op, 0, 1, 2, t)));
    rules.put("com.microsoft.FusedConv", (op, t) -> List.of(fusedConvolution(op, t)));
    rules.put("ConvTranspose", (op, t) -> List.of(transposedConvolution(op, t)));
    rules.put("Gemm", (op, t) -> List.of(gemm(op, t)));
    rules.put("MatMul", (op, t) -> List.of(matrixProduct(op.input(0), op.input(1), t)));
    rules.put("Einsum", (op, t) -> List.of(einsum(op, t)));
  }

  private static TracedValue fusedConvolution(Operation op, AxisAlgebra tracks) {
    TracedValue out = convolution(op, 0, 1, 2, tracks);
    return op.optional(3) == null
        ? out
        : ElementwiseRules.broadcast(List.of(out, op.input(3)), tracks);
  }

  /**
   * Convolution: virtual axes are batch, group, channel within group, output within group.
   *
   * @param dataInput which input is the image, and so on
   */
  static TracedValue convolution(
      Operation op, int dataInput, int weightInput, int biasInput, AxisAlgebra tracks) {
    TracedValue weight = op.input(weightInput);
    TracedValue data = op.input(dataInput);
    if (!data.hasRank()) {
      long[] dims = new long[weight.rank()];
      Arrays.fill(dims, -1);
      data = TracedValue.still(dims);
    }
    AxisSymbol[] channels = channels(op, data, weight, false, tracks);
    long outputs = weight.length(0);
    TracedValue out =
        spread(channels, data.length(0), outputs, Windows.convolution(op, data, weight));
    TracedValue bias = op.optional(biasInput);
    return bias == null ? out : alongChannels(out, bias, tracks);
  }

  /** What the batch and the output channels of a convolution refer to. */
  private static AxisSymbol[] channels(
      Operation op, TracedValue data, TracedValue weight, boolean transposed, AxisAlgebra tracks) {
    long groups = op.integer("group", 1);
    if (data.rank() != weight.rank() || groups < 1 || weight.length(0) % groups != 0) {
      throw new Untraceable("weight " + Arrays.toString(weight.dims()) + ", " + groups + " groups");
    }
    long inputs = transposed ? weight.length(0) : Lengths.times(weight.length(1), groups);
    long each = transposed ? weight.length(1) : weight.length(0) / groups;
    freezeSpace(data, tracks);
    freezeKernel(weight, tracks);
    AxisSymbol[] image = {data.track(0), data.track(1)};
    image = split(image, new long[] {data.length(0), inputs}, 1, groups, tracks);
    AxisSymbol[] kernel = {weight.track(0), weight.track(1)};
    kernel = split(kernel, new long[] {weight.length(0), weight.length(1)}, 0, groups, tracks);
    AxisSymbol[] left = {image[0], image[1], image[2], AxisSymbol.NEUTRAL};
    AxisSymbol[] right = {
      AxisSymbol.NEUTRAL, kernel[0], kernel[transposed ? 1 : 2], kernel[transposed ? 2 : 1]
    };
    AxisSymbol[] product = tracks.drop(tracks.merge(left, right, Set.of(2), SUMMED), Set.of(2));
    return joinOutputs(product, new long[] {data.length(0), groups, each}, tracks);
  }

  private static void freezeSpace(TracedValue data, AxisAlgebra tracks) {
    for (int axis = 2; axis < data.rank(); axis++) {
      data.freeze(axis, "space under a kernel", tracks);
    }
  }

  private static void freezeKernel(TracedValue weight, AxisAlgebra tracks) {
    for (int axis = 2; axis < weight.rank(); axis++) {
      weight.freeze(axis, "positions of a kernel", tracks);
    }
  }

  /** Splits an axis into groups and the rest; either may have length 1. */
  static AxisSymbol[] split(
      AxisSymbol[] tracks, long[] lengths, int axis, long groups, AxisAlgebra algebra) {
    long rest = lengths[axis] / groups;
    AxisSymbol[] out = new AxisSymbol[tracks.length + 1];
    AxisSymbol[] made;
    if (groups == 1 || rest == 1) {
      made =
          groups == 1
              ? new AxisSymbol[] {AxisSymbol.NEUTRAL, tracks[axis]}
              : new AxisSymbol[] {tracks[axis], AxisSymbol.NEUTRAL};
      System.arraycopy(tracks, 0, out, 0, axis);
      System.arraycopy(made, 0, out, axis, 2);
      System.arraycopy(tracks, axis + 1, out, axis + 2, tracks.length - axis - 1);
      return out;
    }
    return algebra.regroup(
        tracks, lengths, axis, 1, new long[] {groups, rest}, "convolution groups");
  }

  /** Joins the (group, output within group) axes 1 and 2 into one. */
  private static AxisSymbol[] joinOutputs(
      AxisSymbol[] product, long[] lengths, AxisAlgebra tracks) {
    if (lengths[1] == 1) {
      return new AxisSymbol[] {product[0], product[2]};
    }
    if (lengths[2] == 1) {
      return new AxisSymbol[] {product[0], product[1]};
    }
    return tracks.regroup(
        product, lengths, 1, 2, new long[] {lengths[1] * lengths[2]}, "convolution groups");
  }

  private static TracedValue spread(AxisSymbol[] channels, long batch, long outputs, long[] space) {
    long[] dims = new long[2 + space.length];
    AxisSymbol[] all = new AxisSymbol[dims.length];
    Arrays.fill(all, AxisSymbol.STILL);
    dims[0] = batch;
    dims[1] = outputs;
    System.arraycopy(space, 0, dims, 2, space.length);
    all[0] = channels[0];
    all[1] = channels[1];
    return TracedValue.of(dims, all);
  }

  /** Ties a one-axis parameter to axis 1. */
  static TracedValue alongChannels(TracedValue out, TracedValue parameter, AxisAlgebra tracks) {
    return along(out, parameter, 1, tracks);
  }

  static TracedValue along(TracedValue out, TracedValue parameter, int axis, AxisAlgebra tracks) {
    if (parameter.rank() == 0) {
      return out;
    }
    if (axis < 0 || parameter.rank() != 1) {
      throw new Untraceable(
          "a parameter with %d axes on axis %d".formatted(parameter.rank(), axis));
    }
    AxisSymbol[] aligned = parameter.aligned(out.rank(), axis);
    return TracedValue.of(
        out.dims(), tracks.merge(out.tracks(), aligned, Set.of(), "a parameter that stays"));
  }

  private static TracedValue transposedConvolution(Operation op, AxisAlgebra tracks) {
    TracedValue weight = op.input(1);
    TracedValue data = op.input(0);
    AxisSymbol[] channels = channels(op, data, weight, true, tracks);
    long outputs = Lengths.times(weight.length(1), op.integer("group", 1));
    TracedValue out =
        spread(channels, data.length(0), outputs, Windows.transposedConvolution(op, data, weight));
    TracedValue bias = op.optional(2);
    return bias == null ? out : alongChannels(out, bias, tracks);
  }

  private static TracedValue gemm(Operation op, AxisAlgebra tracks) {
    TracedValue a = op.input(0);
    TracedValue b = op.input(1);
    boolean transA = op.integer("transA", 0) != 0;
    boolean transB = op.integer("transB", 0) != 0;
    if (!a.hasRank()) {
      a = TracedValue.still(-1, -1);
    }
    if (a.rank() != 2 || b.rank() != 2) {
      throw new Untraceable("ranks " + a.rank() + " and " + b.rank());
    }
    AxisSymbol[] left = transA ? a.aligned(3, 1, 0) : a.aligned(3, 0, 1);
    AxisSymbol[] right = transB ? b.aligned(3, 2, 1) : b.aligned(3, 1, 2);
    AxisSymbol[] product = tracks.drop(tracks.merge(left, right, Set.of(1), SUMMED), Set.of(1));
    TracedValue out =
        TracedValue.of(new long[] {a.length(transA ? 1 : 0), b.length(transB ? 0 : 1)}, product);
    TracedValue c = op.optional(2);
    return c == null ? out : ElementwiseRules.broadcast(List.of(out, c), tracks);
  }

  /** Matrix product with NumPy's rules for batches and vectors. */
  static TracedValue matrixProduct(TracedValue a, TracedValue b, AxisAlgebra tracks) {
    int batch = Math.max(Math.max(a.rank(), b.rank()) - 2, 0);
    int count = batch + 3;
    int[] placesA = places(a.rank(), batch, batch, batch + 1, true);
    int[] placesB = places(b.rank(), batch, batch + 1, batch + 2, false);
    AxisSymbol[] merged =
        tracks.merge(
            a.aligned(count, placesA), b.aligned(count, placesB), Set.of(batch + 1), SUMMED);
    long[] lengths = new long[count];
    Arrays.fill(lengths, 1);
    for (int axis = 0; axis < a.rank(); axis++) {
      lengths[placesA[axis]] = a.length(axis);
    }
    for (int axis = 0; axis < b.rank(); axis++) {
      int place = placesB[axis];
      lengths[place] = lengths[place] == 1 ? b.length(axis) : lengths[place];
    }
    Set<Integer> gone = new LinkedHashSet<>(Set.of(batch + 1));
    if (a.rank() == 1) {
      gone.add(batch);
    }
    if (b.rank() == 1) {
      gone.add(batch + 2);
    }
    long[] kept =
        IntStream.range(0, count)
            .filter(i -> !gone.contains(i))
            .mapToLong(i -> lengths[i])
            .toArray();
    return TracedValue.of(kept, tracks.drop(merged, gone));
  }

  private static int[] places(int rank, int batch, int row, int column, boolean left) {
    if (rank == 0) {
      throw new Untraceable("a scalar in a matrix product");
    }
    int[] places = new int[rank];
    if (rank == 1) {
      places[0] = left ? column : row;
      return places;
    }
    for (int axis = 0; axis < rank - 2; axis++) {
      places[axis] = batch - (rank - 2) + axis;
    }
    places[rank - 2] = row;
    places[rank - 1] = column;
    return places;
  }

  private static TracedValue einsum(Operation op, AxisAlgebra tracks) {
    String equation = op.text("equation", "").replace(" ", "");
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (sides.length != 2 || equation.contains(".") || terms.length != op.inputs().size()) {
      throw new Untraceable("equation " + equation);
    }
    if (sides[1].chars().distinct().count() < sides[1].length() || sides[1].contains(",")) {
      throw new Untraceable("equation " + equation);
    }
    Map<Character, Integer> letters = new LinkedHashMap<>();
    for (char c : (sides[1] + sides[0]).toCharArray()) {
      if (c != ',') {
        letters.putIfAbsent(c, letters.size());
      }
    }
    long[] lengths = new long[letters.size()];
    Arrays.fill(lengths, 1);
    Set<Integer> gone = new LinkedHashSet<>();
    for (Map.Entry<Character, Integer> letter : letters.entrySet()) {
      if (sides[1].indexOf(letter.getKey()) < 0) {
        gone.add(letter.getValue());
      }
    }
    AxisSymbol[] merged = null;
    for (int i = 0; i < terms.length; i++) {
      TracedValue input = op.input(i);
      List<Integer> places = new ArrayList<>();
      for (char c : terms[i].toCharArray()) {
        places.add(letters.get(c));
      }
      if (places.size() != input.rank() || places.stream().distinct().count() < places.size()) {
        throw new Untraceable("equation " + equation);
      }
      int[] array = places.stream().mapToInt(Integer::intValue).toArray();
      for (int axis = 0; axis < array.length; axis++) {
        lengths[array[axis]] =
            lengths[array[axis]] == 1 ? input.length(axis) : lengths[array[axis]];
      }
      AxisSymbol[] aligned = input.aligned(lengths.length, array);
      merged = merged == null ? aligned : tracks.merge(merged, aligned, gone, SUMMED);
    }
    long[] kept = Arrays.copyOf(lengths, sides[1].length());
    return TracedValue.of(kept, tracks.drop(merged, gone));
  }
}
