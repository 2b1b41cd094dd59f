package org.findthelady.experiment;

import java.io.IOException;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.findthelady.match.kernel.LinearAssignment;
import org.findthelady.perturb.Moments;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * The information limit of a perturbed network: how many neurons are placed right by somebody who
 * knows the attack, its true strength in every tensor, and the true order of every other group.
 *
 * <p>Under normal noise that is the assignment of greatest likelihood: minus half the squared
 * distance in units of each tensor's noise, a tensor that was left alone being decisive. An attack
 * without chance in it (pruning, quantising) is simply repeated on the reference: only neurons that
 * it leaves equal are lost, of which one in each set of equals is right on average.
 */
final class TrueLikelihood {
  /** A squared distance that rules a pair out. */
  private static final double DECISIVE = 1e6;

  private final LabModel reference;
  private final LabModel changed;
  private final double omega;

  /**
   * @param changed the perturbed network in the reference's order
   * @param omega power of the noise in units of each hit tensor's sigma; 0 for an attack without
   *     chance
   */
  TrueLikelihood(LabModel reference, LabModel changed, double omega) {
    this.reference = reference;
    this.changed = changed;
    this.omega = omega;
  }

  /** One member's rows of a group: [units x width]. */
  private record Rows(float[] reference, float[] changed, int width, double variance) {}

  /** Right placements over all groups. */
  Placement placement() throws IOException {
    Structure structure = reference.structure();
    List<Placement> all = new ArrayList<>();
    for (Group group : structure.groups()) {
      List<Rows> members = members(group);
      long right = 0;
      for (int instance = 0; instance < group.instances(); instance++) {
        right += right(members, instance * group.size(), group.size());
      }
      all.add(new Placement(1, group.units(), right, 0, 0, 0));
    }
    return Placement.sum(all);
  }

  /**
   * How much likelier an order of the changed network is than the true one, as a natural logarithm.
   *
   * @param found the changed network in that order
   */
  double likelier(LabModel found) {
    double gain = 0;
    for (String tensor : reference.structure().axes().keySet()) {
      if (!reference.has(tensor)) {
        continue;
      }
      float[] before = reference.tensor(tensor).values();
      float[] after = changed.tensor(tensor).values();
      float[] ordered = found.tensor(tensor).values();
      if (Arrays.equals(before, after)) {
        gain -= Arrays.equals(before, ordered) ? 0 : DECISIVE;
        continue;
      }
      double deviation = omega * Moments.of(before).sigma();
      double sum = 0;
      for (int i = 0; i < before.length; i++) {
        double inOrder = (double) before[i] - after[i];
        double asFound = (double) before[i] - ordered[i];
        sum += inOrder * inOrder - asFound * asFound;
      }
      gain += sum / (deviation * deviation) / 2;
    }
    return gain;
  }

  private List<Rows> members(Group group) {
    List<Rows> members = new ArrayList<>();
    for (String tensor : reference.structure().membersOf(group.name())) {
      if (!reference.has(tensor)) {
        continue;
      }
      List<Axis> axes = reference.structure().axes(tensor);
      FloatTensor before = reference.tensor(tensor);
      FloatTensor after = changed.tensor(tensor);
      boolean hit = !Arrays.equals(before.values(), after.values());
      double deviation = omega * Moments.of(before.values()).sigma();
      for (int axis = 0; axis < axes.size(); axis++) {
        if (axes.get(axis).groups().contains(group.name())) {
          int[] units = reference.structure().units(axes.get(axis), group.name());
          float[] here = rows(before, axis, units, group.units());
          float[] there = rows(after, axis, units, group.units());
          int width = here.length / group.units();
          members.add(new Rows(here, there, width, hit ? deviation * deviation : 0));
        }
      }
    }
    return members;
  }

  private static float[] rows(FloatTensor tensor, int axis, int[] unitAt, int units) {
    int length = unitAt.length;
    int inner = Math.toIntExact(tensor.shape().elements(axis + 1, tensor.shape().rank()));
    int outer = tensor.values().length / Math.max(1, length * inner);
    int copies = (int) Arrays.stream(unitAt).filter(unit -> unit >= 0).count() / units;
    int width = outer * copies * inner;
    float[] rows = new float[Math.multiplyExact(units, width)];
    int[] filled = new int[units];
    for (int o = 0; o < outer; o++) {
      for (int at = 0; at < length; at++) {
        int unit = unitAt[at];
        if (unit >= 0) {
          int target = unit * width + filled[unit];
          System.arraycopy(tensor.values(), (o * length + at) * inner, rows, target, inner);
          filled[unit] += inner;
        }
      }
    }
    return rows;
  }

  private long right(List<Rows> members, int first, int size) throws IOException {
    if (omega == 0) {
      return distinct(members, first, size);
    }
    float[] scores = new float[Math.multiplyExact(size, size)];
    for (int i = 0; i < size; i++) {
      double[] row = new double[size];
      for (int j = 0; j < size; j++) {
        for (Rows member : members) {
          row[j] -= distance(member, first + i, first + j);
        }
      }
      double best = Arrays.stream(row).max().orElse(0);
      for (int j = 0; j < size; j++) {
        scores[i * size + j] = (float) Math.max(-DECISIVE, row[j] - best);
      }
    }
    int[] columnOf = LinearAssignment.greatest(scores, size);
    long right = 0;
    for (int i = 0; i < size; i++) {
      right += columnOf[i] == i ? 1 : 0;
    }
    return right;
  }

  private static double distance(Rows member, int i, int j) {
    int width = member.width();
    float[] a = member.reference();
    float[] b = member.changed();
    if (member.variance() == 0) {
      boolean equal = Arrays.equals(a, i * width, (i + 1) * width, b, j * width, (j + 1) * width);
      return equal ? 0 : DECISIVE;
    }
    double sum = 0;
    for (int k = 0; k < width; k++) {
      double gap = (double) a[i * width + k] - b[j * width + k];
      sum += gap * gap;
    }
    return sum / member.variance() / 2;
  }

  private static long distinct(List<Rows> members, int first, int size) {
    int width = members.stream().mapToInt(Rows::width).sum();
    Set<IntBuffer> kinds = new HashSet<>();
    for (int unit = first; unit < first + size; unit++) {
      IntBuffer kind = IntBuffer.allocate(width);
      for (Rows member : members) {
        for (int k = unit * member.width(); k < (unit + 1) * member.width(); k++) {
          kind.put(Float.floatToIntBits(member.changed()[k] + 0f));
        }
      }
      kinds.add(kind.flip());
    }
    return kinds.size();
  }
}
