package org.findthelady.structure.onnx;

import java.util.Arrays;

/**
 * A tensor in the traced graph: its axis lengths (-1 where not known), a track for every axis and,
 * for small tensors that shapes depend on, its numbers. The axes of a stored tensor get coordinates
 * when they are first asked for.
 */
final class Value {
  private final long[] dims;
  private final Track[] tracks;
  private final Constant constant;
  private final String stored;
  private final Coordinates coordinates;

  private Value(
      long[] dims, Track[] tracks, Constant constant, String stored, Coordinates coordinates) {
    this.dims = dims;
    this.tracks = tracks;
    this.constant = constant;
    this.stored = stored;
    this.coordinates = coordinates;
  }

  /** A computed value. */
  static Value of(long[] dims, Track[] tracks) {
    if (dims.length != tracks.length) {
      throw new IllegalStateException(dims.length + " axes, " + tracks.length + " tracks");
    }
    return new Value(dims, tracks, null, null, null);
  }

  /** A value that nothing moves in. */
  static Value still(long... dims) {
    Track[] tracks = new Track[dims.length];
    Arrays.fill(tracks, Track.STILL);
    return of(dims, tracks);
  }

  /** A value that is the same everywhere. */
  static Value neutral(long... dims) {
    Track[] tracks = new Track[dims.length];
    Arrays.fill(tracks, Track.NEUTRAL);
    return of(dims, tracks);
  }

  /** A value of which not even the rank is known. */
  static Value unknown() {
    return new Value(null, new Track[0], null, null, null);
  }

  /** A stored tensor whose axes may move. */
  static Value stored(String name, long[] dims, Constant constant, Coordinates coordinates) {
    return new Value(dims, new Track[dims.length], constant, name, coordinates);
  }

  /** The same with its numbers known. */
  Value with(Constant numbers) {
    return new Value(dims, tracks, numbers, stored, coordinates);
  }

  boolean hasRank() {
    return dims != null;
  }

  /**
   * Axis lengths.
   *
   * @throws Untraceable if the rank is not known
   */
  long[] dims() {
    if (dims == null) {
      throw new Untraceable("the rank of an input is not known");
    }
    return dims;
  }

  int rank() {
    return dims().length;
  }

  long length(int axis) {
    return dims()[axis];
  }

  /** Number of elements, or -1. */
  long elements() {
    return Arrays.stream(dims()).anyMatch(d -> d < 0) ? -1 : Constant.elements(dims());
  }

  /** The track of an axis; neutral for an axis of length 1. */
  Track track(int axis) {
    if (dims()[axis] == 1) {
      return Track.NEUTRAL;
    }
    if (tracks[axis] == null) {
      tracks[axis] =
          Arrays.stream(dims).anyMatch(length -> length == 0)
              ? Track.STILL
              : Track.of(coordinates.of(stored, axis, Math.toIntExact(dims[axis])));
    }
    return tracks[axis];
  }

  boolean isStored() {
    return stored != null;
  }

  /** Freezes one axis; cheap for the axis of a stored tensor. */
  void freeze(int axis, String why, Tracks algebra) {
    if (stored != null && tracks[axis] == null) {
      coordinates.freeze(stored, axis, why);
    } else if (dims()[axis] != 1 && tracks[axis].moves()) {
      algebra.freeze(tracks, axis, why);
    }
  }

  Track[] tracks() {
    Track[] all = new Track[rank()];
    for (int axis = 0; axis < all.length; axis++) {
      all[axis] = track(axis);
    }
    return all;
  }

  /**
   * Tracks laid out for a larger set of axes.
   *
   * @param places for each axis its place in the result, or -1 to leave it out
   */
  Track[] aligned(int count, int... places) {
    Track[] wide = new Track[count];
    Arrays.fill(wide, Track.NEUTRAL);
    for (int axis = 0; axis < places.length; axis++) {
      if (places[axis] >= 0) {
        wide[places[axis]] = track(axis);
      }
    }
    return wide;
  }

  /** The numbers, or null. */
  Constant constant() {
    return constant;
  }

  boolean isKnown() {
    return constant != null && constant.known();
  }
}
