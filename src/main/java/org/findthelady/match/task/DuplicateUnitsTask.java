package org.findthelady.match.task;

import java.io.IOException;
import java.util.List;
import org.findthelady.match.kernel.PositionHash;
import org.findthelady.match.rows.EvidenceReader;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Finds units of a group that are equal in every member, incoming and outgoing. Two keyed sums of
 * 64 bits stand for a unit's weights: unequal units have equal sums with probability below 2^-64.
 *
 * @param members all of the group's
 */
public record DuplicateUnitsTask(
    String group, List<GroupAxis> members, GroupPermutations resync, long seed, long panelBytes)
    implements MatchTask<DuplicateUnitsTask.UnitHashes> {
  public DuplicateUnitsTask {
    members = List.copyOf(members);
  }

  /**
   * Equal units have equal sums.
   *
   * @param reference by reference unit, two of each
   * @param suspect by suspect unit in the order of the parent's, two of each
   */
  public record UnitHashes(long[] reference, long[] suspect) implements java.io.Serializable {
    public boolean inReference(int unit, int other) {
      return equal(reference, unit, other);
    }

    public boolean inSuspect(int unit, int other) {
      return equal(suspect, unit, other);
    }

    /** Whether a suspect unit equals a reference unit. */
    public boolean equalAcross(int unit, int suspectUnit) {
      return reference[2 * unit] == suspect[2 * suspectUnit]
          && reference[2 * unit + 1] == suspect[2 * suspectUnit + 1];
    }

    /** Whether another reference unit equals this one. */
    public boolean severalLike(int unit) {
      for (int other = 0; other < reference.length / 2; other++) {
        if (other != unit && inReference(unit, other)) {
          return true;
        }
      }
      return false;
    }

    private static boolean equal(long[] sums, int unit, int other) {
      return sums[2 * unit] == sums[2 * other] && sums[2 * unit + 1] == sums[2 * other + 1];
    }
  }

  @Override
  public List<String> reads() {
    return members.stream().map(GroupAxis::tensor).toList();
  }

  @Override
  public UnitHashes run(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    Group carried = structure.group(group);
    return new UnitHashes(
        sums(structure, reference, carried, GroupPermutations.identity()),
        sums(structure, suspect, carried, resync));
  }

  private long[] sums(Structure structure, Weights weights, Group carried, GroupPermutations order)
      throws IOException {
    int units = carried.units();
    long[] sums = new long[2 * units];
    long position = 0;
    float[] panel = new float[0];
    for (GroupAxis member : members) {
      EvidenceReader reader =
          new EvidenceReader(structure, weights, carried, member.tensor(), member.axis(), order);
      int limit =
          (int) Math.min(Math.max(1, panelBytes / (4L * units)), Math.min(reader.width(), 1 << 24));
      for (int part = 0; part < reader.parts(limit); part++) {
        int depth = reader.columns(limit, part);
        if (panel.length < (long) units * depth) {
          panel = new float[Math.multiplyExact(units, depth)];
        }
        reader.read(limit, part, 0, units, panel);
        long[] one = keys(1, position, depth);
        long[] two = keys(2, position, depth);
        if (reader.byColumn()) {
          addByColumn(panel, units, one, two, sums);
        } else {
          addByRow(panel, units, one, two, sums);
        }
        position += depth;
      }
    }
    return sums;
  }

  private long[] keys(int stream, long position, int count) {
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      keys[i] = PositionHash.key(seed, stream, position + i);
    }
    return keys;
  }

  private static void addByRow(float[] panel, int units, long[] one, long[] two, long[] sums) {
    int depth = one.length;
    for (int unit = 0; unit < units; unit++) {
      long first = 0;
      long second = 0;
      int at = unit * depth;
      for (int d = 0; d < depth; d++) {
        long bits = PositionHash.bits(panel[at + d]) & 0xffffffffL;
        first += one[d] * bits;
        second += two[d] * bits;
      }
      sums[2 * unit] += first;
      sums[2 * unit + 1] += second;
    }
  }

  private static void addByColumn(float[] panel, int units, long[] one, long[] two, long[] sums) {
    for (int d = 0; d < one.length; d++) {
      int at = d * units;
      for (int unit = 0; unit < units; unit++) {
        long bits = PositionHash.bits(panel[at + unit]) & 0xffffffffL;
        sums[2 * unit] += one[d] * bits;
        sums[2 * unit + 1] += two[d] * bits;
      }
    }
  }
}
