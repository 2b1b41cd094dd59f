package org.findthelady.structure.trace;

import java.util.Arrays;

/**
 * A tensor in the traced graph: its axis lengths (-1 where not known), a track for every axis and,
 * for small tensors that shapes depend on, its numbers. The axes of a stored tensor get coordinates
 * when they are first asked for.
 */
public final class TracedValue {
  private final long[] dims;
  private final AxisSymbol[] tracks;
  private final Constant constant;
  private final String stored;
  private final Coordinates coordinates;

  private TracedValue(
      long[] dims, AxisSymbol[] tracks, Constant constant, String stored, Coordinates coordinates) {
    this.dims = dims;
    this.tracks = tracks;
    this.constant = constant;
    this.stored = stored;
    this.coordinates = coordinates;
  }

  /** A computed value. */
  public static TracedValue of(long[] dims, AxisSymbol[] tracks) {
    if (dims.length != tracks.length) {
      throw new IllegalStateException(dims.length + " axes, " + tracks.length + " tracks");
    }
    return new TracedValue(dims, tracks, null, null, null);
  }

  /** A value that nothing moves in. */
  public static TracedValue still(long... dims) {
    AxisSymbol[] tracks = new AxisSymbol[dims.length];
    Arrays.fill(tracks, AxisSymbol.STILL);
    return of(dims, tracks);
  }

  /** A value that is the same everywhere. */
  static TracedValue neutral(long... dims) {
    AxisSymbol[] tracks = new AxisSymbol[dims.length];
    Arrays.fill(tracks, AxisSymbol.NEUTRAL);
    return of(dims, tracks);
  }

  /** A value of which not even the rank is known. */
  static TracedValue unknown() {
    return new TracedValue(null, new AxisSymbol[0], null, null, null);
  }

  /** A stored tensor whose axes may move. */
  static TracedValue stored(String name, long[] dims, Constant constant, Coordinates coordinates) {
    return new TracedValue(dims, new AxisSymbol[dims.length], constant, name, coordinates);
  }

  /** The same with its numbers known. */
  public TracedValue with(Constant numbers) {
    return new TracedValue(dims, tracks, numbers, stored, coordinates);
  }

  boolean hasRank() {
    return dims != null;
  }

  /**
   * Axis lengths.
   *
   * @throws Untraceable if the rank is not known
   */
  public long[] dims() {
    if (dims == null) {
      throw new Untraceable("the rank of an input is not known");
    }
    return dims;
  }

  public int rank() {
    return dims().length;
  }

  public long length(int axis) {
    return dims()[axis];
  }

  /** Number of elements, or -1. */
  long elements() {
    return Arrays.stream(dims()).anyMatch(d -> d < 0) ? -1 : Constant.elements(dims());
  }

  /** The track of an axis; neutral for an axis of length 1. */
  AxisSymbol track(int axis) {
    if (dims()[axis] == 1) {
      return AxisSymbol.NEUTRAL;
    }
    if (tracks[axis] == null) {
      tracks[axis] =
          Arrays.stream(dims).anyMatch(length -> length == 0)
              ? AxisSymbol.STILL
              : AxisSymbol.of(coordinates.of(stored, axis, Math.toIntExact(dims[axis])));
    }
    return tracks[axis];
  }

  boolean isStored() {
    return stored != null;
  }

  /** Freezes one axis; cheap for the axis of a stored tensor. */
  void freeze(int axis, String why, AxisAlgebra algebra) {
    if (stored != null && tracks[axis] == null) {
      coordinates.freeze(stored, axis, why);
    } else if (dims()[axis] != 1 && tracks[axis].moves()) {
      algebra.freeze(tracks, axis, why);
    }
  }

  public AxisSymbol[] tracks() {
    AxisSymbol[] all = new AxisSymbol[rank()];
    for (int axis = 0; axis < all.length; axis++) {
      all[axis] = track(axis);
    }
    return all;
  }

  /**
   * AxisAlgebra laid out for a larger set of axes.
   *
   * @param places for each axis its place in the result, or -1 to leave it out
   */
  AxisSymbol[] aligned(int count, int... places) {
    AxisSymbol[] wide = new AxisSymbol[count];
    Arrays.fill(wide, AxisSymbol.NEUTRAL);
    for (int axis = 0; axis < places.length; axis++) {
      if (places[axis] >= 0) {
        wide[places[axis]] = track(axis);
      }
    }
    return wide;
  }

  /** The numbers, or null. */
  public Constant constant() {
    return constant;
  }

  boolean isKnown() {
    return constant != null && constant.known();
  }
}
