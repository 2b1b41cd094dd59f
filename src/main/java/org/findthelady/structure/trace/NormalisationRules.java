package org.findthelady.structure.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Normalisations, softmax and pooling: operators that keep channels where they are. */
final class NormalisationRules {
  private NormalisationRules() {}

  static void addTo(Map<String, OperatorRule> rules) {
    rules.put("BatchNormalization", NormalisationRules::batch);
    rules.put("InstanceNormalization", NormalisationRules::instance);
    rules.put("GroupNormalization", NormalisationRules::group);
    rules.put("LayerNormalization", NormalisationRules::layer);
    rules.put("RMSNormalization", NormalisationRules::layer);
    rules.put("SimplifiedLayerNormalization", NormalisationRules::layer);
    rules.put("com.microsoft.SkipLayerNormalization", NormalisationRules::skipLayer);
    rules.put("com.microsoft.SkipSimplifiedLayerNormalization", NormalisationRules::skipLayer);
    rules.put("LRN", NormalisationRules::localResponse);
    rules.put("Softmax", NormalisationRules::softmax);
    rules.put("LogSoftmax", NormalisationRules::softmax);
    rules.put("LpNormalization", (op, t) -> along(op, op.integer("axis", -1), t));
    rules.put("MeanVarianceNormalization", NormalisationRules::meanVariance);
    for (String name : List.of("MaxPool", "AveragePool", "LpPool")) {
      rules.put(name, NormalisationRules::pool);
    }
    for (String name : List.of("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")) {
      rules.put(name, NormalisationRules::globalPool);
    }
  }

  private static Set<Integer> range(int from, int to) {
    return IntStream.range(from, to)
        .boxed()
        .collect(LinkedHashSet::new, LinkedHashSet::add, LinkedHashSet::addAll);
  }

  private static List<TracedValue> batch(Operation op, AxisAlgebra tracks) {
    TracedValue out = op.input(0);
    TracedValue first = null;
    for (int i = 1; i < 5; i++) {
      out = ContractionRules.alongChannels(out, op.input(i), tracks);
      first = first == null ? op.input(i) : first;
    }
    return List.of(
        TracedValue.of(out.dims(), out.tracks()),
        TracedValue.of(first.dims(), first.tracks()),
        TracedValue.of(first.dims(), first.tracks()));
  }

  private static List<TracedValue> instance(Operation op, AxisAlgebra tracks) {
    TracedValue out = op.input(0);
    tracks.demand(out.tracks(), range(2, out.rank()));
    out = ContractionRules.alongChannels(out, op.input(1), tracks);
    return List.of(ContractionRules.alongChannels(out, op.input(2), tracks));
  }

  private static List<TracedValue> group(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    long groups = op.integer("num_groups", 1);
    long channels = data.length(1);
    if (groups < 1 || channels % groups != 0) {
      throw new Untraceable(channels + " channels in " + groups + " groups");
    }
    AxisSymbol[] grouped = ContractionRules.split(data.tracks(), data.dims(), 1, groups, tracks);
    tracks.demand(grouped, range(2, grouped.length));
    TracedValue out = data;
    for (int i = 1; i <= 2; i++) {
      TracedValue parameter = op.input(i);
      if (parameter.rank() == 1 && parameter.length(0) == channels) {
        out = ContractionRules.alongChannels(out, parameter, tracks);
      } else {
        grouped =
            tracks.merge(
                grouped, parameter.aligned(grouped.length, 1), Set.of(), "a parameter that stays");
      }
    }
    return List.of(out);
  }

  private static List<TracedValue> layer(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    int axis = Operation.axis(op.integer("axis", -1), data.rank());
    tracks.demand(data.tracks(), range(axis, data.rank()));
    List<TracedValue> together = new ArrayList<>(List.of(data, op.input(1)));
    if (op.optional(2) != null) {
      together.add(op.input(2));
    }
    TracedValue out = ElementwiseRules.broadcast(together, tracks);
    long[] folded = data.dims().clone();
    Arrays.fill(folded, axis, folded.length, 1);
    return List.of(out, TracedValue.still(folded), TracedValue.still(folded));
  }

  private static List<TracedValue> skipLayer(Operation op, AxisAlgebra tracks) {
    TracedValue sum = ElementwiseRules.broadcast(List.of(op.input(0), op.input(1)), tracks);
    List<TracedValue> together = new ArrayList<>(List.of(sum));
    for (int i = 2; i < op.inputs().size(); i++) {
      if (op.optional(i) != null) {
        together.add(op.input(i));
      }
    }
    tracks.demand(sum.tracks(), Set.of(sum.rank() - 1));
    TracedValue out = ElementwiseRules.broadcast(together, tracks);
    TracedValue unused = TracedValue.still(sum.length(0), sum.length(1), 1);
    return List.of(out, unused, unused, TracedValue.of(out.dims(), out.tracks()));
  }

  private static List<TracedValue> localResponse(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    tracks.freeze(data.tracks(), 1, "LRN looks at neighbouring channels");
    return List.of(data);
  }

  private static List<TracedValue> softmax(Operation op, AxisAlgebra tracks) {
    if (op.opset() >= 13) {
      return along(op, op.integer("axis", -1), tracks);
    }
    TracedValue data = op.input(0);
    int axis = Operation.axis(op.integer("axis", 1), data.rank());
    tracks.demand(data.tracks(), range(axis, data.rank()));
    return List.of(TracedValue.of(data.dims(), data.tracks()));
  }

  private static List<TracedValue> along(Operation op, long axis, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    tracks.demand(data.tracks(), Set.of(Operation.axis(axis, data.rank())));
    return List.of(TracedValue.of(data.dims(), data.tracks()));
  }

  private static List<TracedValue> meanVariance(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    long[] axes = op.integers("axes");
    Set<Integer> together = new LinkedHashSet<>();
    for (long axis : axes == null ? new long[] {0, 2, 3} : axes) {
      together.add(Operation.axis(axis, data.rank()));
    }
    tracks.demand(data.tracks(), together);
    return List.of(TracedValue.of(data.dims(), data.tracks()));
  }

  private static List<TracedValue> pool(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    long[] space = Windows.pooling(op, data);
    long[] dims = data.dims().clone();
    AxisSymbol[] all = data.tracks();
    for (int i = 0; i < space.length; i++) {
      dims[2 + i] = space[i];
      tracks.freeze(all, 2 + i, "space under a kernel");
    }
    AxisSymbol[] kept = data.tracks();
    Arrays.fill(kept, 2, kept.length, AxisSymbol.STILL);
    boolean plain = Arrays.stream(all).skip(2).noneMatch(AxisSymbol::moves);
    AxisSymbol[] out = plain ? kept : padded(tracks.drop(all, range(2, all.length)), all.length);
    return List.of(TracedValue.of(dims, out), TracedValue.still(dims));
  }

  private static AxisSymbol[] padded(AxisSymbol[] few, int rank) {
    AxisSymbol[] all = Arrays.copyOf(few, rank);
    Arrays.fill(all, few.length, rank, AxisSymbol.STILL);
    return all;
  }

  private static List<TracedValue> globalPool(Operation op, AxisAlgebra tracks) {
    TracedValue data = op.input(0);
    AxisSymbol[] kept = tracks.drop(data.tracks(), range(2, data.rank()));
    long[] dims = data.dims().clone();
    Arrays.fill(dims, 2, dims.length, 1);
    AxisSymbol[] all = Arrays.copyOf(kept, dims.length);
    Arrays.fill(all, kept.length, all.length, AxisSymbol.NEUTRAL);
    return List.of(TracedValue.of(dims, all));
  }
}
