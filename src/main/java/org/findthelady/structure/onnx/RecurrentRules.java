package org.findthelady.structure.onnx;

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

  static void addTo(Map<String, Rule> rules) {
    rules.put("LSTM", (op, t) -> recurrent(op, 4, t));
    rules.put("GRU", (op, t) -> recurrent(op, 3, t));
    rules.put("RNN", (op, t) -> recurrent(op, 1, t));
  }

  private static List<Value> recurrent(Operation op, int gates, Tracks tracks) {
    Value data = op.input(0).hasRank() ? op.input(0) : Value.still(-1, -1, -1);
    Value weight = op.input(1);
    Value recurrence = op.input(2);
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
    Track[] features = {Track.NEUTRAL, Track.NEUTRAL, weight.track(2)};
    if (features[2].moves() && features[2].block().digits() > 1) {
      throw new Untraceable("a weight whose input axis is part of a larger one");
    }
    tracks.merge(data.aligned(3, 0, 1, 2), features, Set.of(2), STATE);
    // Hidden units, once for every gate.
    Coordinates coordinates = tracks.coordinates();
    int[] units = coordinates.fresh(hidden);
    Track unit = hidden == 1 ? Track.NEUTRAL : Track.of(units);
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
    Track[] all = {Track.STILL, Track.STILL, Track.STILL, unit};
    Value sequence =
        batchFirst
            ? Value.of(new long[] {batch, steps, directions, hidden}, all)
            : Value.of(new long[] {steps, directions, batch, hidden}, all);
    Track[] last = {Track.STILL, Track.STILL, unit};
    long[] dims =
        batchFirst
            ? new long[] {batch, directions, hidden}
            : new long[] {directions, batch, hidden};
    return List.of(sequence, Value.of(dims, last), Value.of(dims, last));
  }

  private static int[] repeated(int[] units, int times) {
    int[] all = new int[units.length * times];
    for (int i = 0; i < all.length; i++) {
      all[i] = units[i % units.length];
    }
    return all;
  }

  private static void tie(Value value, int axis, int[] coordinates, Tracks tracks) {
    Track[] aligned = new Track[value.rank()];
    Arrays.fill(aligned, Track.NEUTRAL);
    aligned[axis] = coordinates.length == 1 ? Track.NEUTRAL : Track.of(coordinates);
    if (value.length(axis) != coordinates.length) {
      throw new Untraceable(coordinates.length + " hidden gates, axis of " + value.length(axis));
    }
    Track[] mine = new Track[value.rank()];
    Arrays.fill(mine, Track.NEUTRAL);
    mine[axis] = value.track(axis);
    if (mine[axis].moves() && mine[axis].block().digits() > 1) {
      throw new Untraceable("a state or weight whose hidden axis is part of a larger one");
    }
    tracks.merge(mine, aligned, Set.of(), STATE);
  }
}
