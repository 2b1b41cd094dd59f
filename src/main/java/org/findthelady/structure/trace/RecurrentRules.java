package org.findthelady.structure.trace;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * LSTM, GRU and RNN: one coordinate for every hidden unit, found in every gate of the weights, in
 * the recurrence, the biases, the peepholes and the states.
 */
final class RecurrentRules {
  private static final String STATE = "tied to a state that does not move";

  private RecurrentRules() {}

  static void addTo(Map<String, OperatorRule> rules) {
    rules.put("LSTM", (op, t) -> recurrent(op, 4, t));
    rules.put("GRU", (op, t) -> recurrent(op, 3, t));
    rules.put("RNN", (op, t) -> recurrent(op, 1, t));
  }

  private static List<TracedValue> recurrent(Operation op, int gates, AxisAlgebra tracks) {
    TracedValue data = op.input(0).hasRank() ? op.input(0) : TracedValue.still(-1, -1, -1);
    TracedValue weight = op.input(1);
    TracedValue recurrence = op.input(2);
    boolean batchFirst = op.integer("layout", 0) != 0;
    int hidden = Math.toIntExact(recurrence.length(2));
    long directions = weight.length(0);
    if (data.rank() != 3 || weight.length(1) != (long) gates * hidden) {
      throw new Untraceable("weight " + Arrays.toString(weight.dims()) + ", hidden " + hidden);
    }
    for (int i : new int[] {1, 2, 3, 7}) {
      if (op.optional(i) != null) {
        op.input(i).freeze(0, "directions", tracks);
      }
    }
    // Input features.
    AxisSymbol[] features = {AxisSymbol.NEUTRAL, AxisSymbol.NEUTRAL, weight.track(2)};
    if (features[2].moves() && features[2].block().digits() > 1) {
      throw new Untraceable("a weight whose input axis is part of a larger one");
    }
    tracks.merge(data.aligned(3, 0, 1, 2), features, Set.of(2), STATE);
    // Hidden units, once for every gate.
    Coordinates coordinates = tracks.coordinates();
    int[] units = coordinates.fresh(hidden);
    AxisSymbol unit = hidden == 1 ? AxisSymbol.NEUTRAL : AxisSymbol.of(units);
    tie(weight, 1, repeated(units, gates), tracks);
    tie(recurrence, 1, repeated(units, gates), tracks);
    tie(recurrence, 2, units, tracks);
    if (op.optional(3) != null) {
      tie(op.input(3), 1, repeated(units, 2 * gates), tracks);
    }
    for (int state = 5; state <= 6; state++) {
      if (op.optional(state) != null && op.optional(state).hasRank()) {
        tie(op.input(state), 2, units, tracks);
      }
    }
    if (op.optional(7) != null) {
      tie(op.input(7), 1, repeated(units, 3), tracks);
    }
    long steps = data.length(batchFirst ? 1 : 0);
    long batch = data.length(batchFirst ? 0 : 1);
    AxisSymbol[] all = {AxisSymbol.STILL, AxisSymbol.STILL, AxisSymbol.STILL, unit};
    TracedValue sequence =
        batchFirst
            ? TracedValue.of(new long[] {batch, steps, directions, hidden}, all)
            : TracedValue.of(new long[] {steps, directions, batch, hidden}, all);
    AxisSymbol[] last = {AxisSymbol.STILL, AxisSymbol.STILL, unit};
    long[] dims =
        batchFirst
            ? new long[] {batch, directions, hidden}
            : new long[] {directions, batch, hidden};
    return List.of(sequence, TracedValue.of(dims, last), TracedValue.of(dims, last));
  }

  private static int[] repeated(int[] units, int times) {
    int[] all = new int[units.length * times];
    for (int i = 0; i < all.length; i++) {
      all[i] = units[i % units.length];
    }
    return all;
  }

  private static void tie(TracedValue value, int axis, int[] coordinates, AxisAlgebra tracks) {
    AxisSymbol[] aligned = new AxisSymbol[value.rank()];
    Arrays.fill(aligned, AxisSymbol.NEUTRAL);
    aligned[axis] = coordinates.length == 1 ? AxisSymbol.NEUTRAL : AxisSymbol.of(coordinates);
    if (value.length(axis) != coordinates.length) {
      throw new Untraceable(coordinates.length + " hidden gates, axis of " + value.length(axis));
    }
    AxisSymbol[] mine = new AxisSymbol[value.rank()];
    Arrays.fill(mine, AxisSymbol.NEUTRAL);
    mine[axis] = value.track(axis);
    if (mine[axis].moves() && mine[axis].block().digits() > 1) {
      throw new Untraceable("a state or weight whose hidden axis is part of a larger one");
    }
    tracks.merge(mine, aligned, Set.of(), STATE);
  }
}
