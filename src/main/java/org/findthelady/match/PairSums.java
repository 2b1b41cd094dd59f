package org.findthelady.match;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;

/** Running sums of one tensor pair: per index of every axis that moves, and over all elements. */
final class PairSums {
  private final Shape shape;
  private final List<Axis> axes;
  private final int rest;
  private final double[][] squaresHere;
  private final double[][] squaresThere;
  private final double[][] dots;
  private final int[][] indexOf;
  private long differing;
  private double referenceSquares;
  private double differenceSquares;

  PairSums(Shape shape, List<Axis> axes) {
    this.shape = shape;
    this.axes = axes;
    int rank = shape.rank();
    this.rest = rank == 0 ? 1 : Math.toIntExact(shape.elements(1, rank));
    this.squaresHere = new double[rank][];
    this.squaresThere = new double[rank][];
    this.dots = new double[rank][];
    this.indexOf = new int[rank][];
    for (int axis = 0; axis < axes.size(); axis++) {
      if (axes.get(axis).isFrozen()) {
        continue;
      }
      int length = shape.intLength(axis);
      squaresHere[axis] = new double[length];
      squaresThere[axis] = new double[length];
      dots[axis] = new double[length];
      if (axis > 0 && length != rest) {
        indexOf[axis] = new int[rest];
        int inner = Math.toIntExact(shape.elements(axis + 1, rank));
        for (int x = 0; x < rest; x++) {
          indexOf[axis][x] = x / inner % length;
        }
      }
    }
  }

  /** What is said of a tensor whose every bit is equal. */
  static TensorPairs equal(Shape shape, List<Axis> axes, String tensor) {
    List<AxisPairs> pairs = new ArrayList<>();
    for (int axis = 0; axis < axes.size(); axis++) {
      for (String group : axes.get(axis).groups()) {
        pairs.add(AxisPairs.equal(axis, group));
      }
    }
    return new TensorPairs(new TensorDifference(tensor, shape.elements(), 0, Double.NaN, 0), pairs);
  }

  /** Adds one slice of the first axis. */
  void add(int index, float[] here, float[] there) {
    double sumHere = 0;
    double sumThere = 0;
    double sumDots = 0;
    int different = 0;
    for (int x = 0; x < rest; x++) {
      double a = here[x];
      double b = there[x];
      sumHere += a * a;
      sumThere += b * b;
      sumDots += a * b;
      different += Float.floatToRawIntBits(here[x]) == Float.floatToRawIntBits(there[x]) ? 0 : 1;
    }
    differing += different;
    referenceSquares += sumHere;
    if (different > 0) {
      addDifference(here, there);
    }
    for (int axis = 0; axis < axes.size(); axis++) {
      if (dots[axis] == null) {
        continue;
      }
      if (axis == 0) {
        squaresHere[0][index] += sumHere;
        squaresThere[0][index] += sumThere;
        dots[0][index] += sumDots;
      } else {
        addAlong(axis, here, there);
      }
    }
  }

  private void addDifference(float[] here, float[] there) {
    double sum = 0;
    for (int x = 0; x < rest; x++) {
      double gap = (double) here[x] - there[x];
      sum += gap * gap;
    }
    differenceSquares += sum;
  }

  private void addAlong(int axis, float[] here, float[] there) {
    double[] ofHere = squaresHere[axis];
    double[] ofThere = squaresThere[axis];
    double[] ofBoth = dots[axis];
    int[] at = indexOf[axis];
    for (int x = 0; x < rest; x++) {
      int i = at == null ? x : at[x];
      double a = here[x];
      double b = there[x];
      ofHere[i] += a * a;
      ofThere[i] += b * b;
      ofBoth[i] += a * b;
    }
  }

  TensorPairs result(Structure structure, String tensor) {
    List<AxisPairs> pairs = new ArrayList<>();
    for (int axis = 0; axis < axes.size(); axis++) {
      for (String group : axes.get(axis).groups()) {
        int[] leaves = structure.leaves(axes.get(axis), group);
        int count = structure.group(group).leaves();
        pairs.add(
            new AxisPairs(
                axis,
                group,
                byLeaf(squaresHere[axis], leaves, count),
                byLeaf(squaresThere[axis], leaves, count),
                byLeaf(dots[axis], leaves, count)));
      }
    }
    TensorDifference difference =
        new TensorDifference(
            tensor, shape.elements(), differing, referenceSquares, differenceSquares);
    return new TensorPairs(difference, pairs);
  }

  private static float[] byLeaf(double[] byIndex, int[] leaves, int count) {
    double[] sums = new double[count];
    for (int i = 0; i < leaves.length; i++) {
      if (leaves[i] >= 0) {
        sums[leaves[i]] += byIndex[i];
      }
    }
    float[] narrow = new float[count];
    for (int leaf = 0; leaf < count; leaf++) {
      narrow[leaf] = (float) sums[leaf];
    }
    return narrow;
  }
}
