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
 * Finds leaves of a group that are equal in every member, incoming and outgoing. Two keyed sums of
 * 64 bits stand for a leaf's weights: unequal leaves have equal sums with probability below 2^-64.
 *
 * @param members all of the group's
 */
public record DuplicateUnitsTask(
    String group, List<GroupAxis> members, GroupPermutations resync, long seed, long panelBytes)
    implements MatchTask<DuplicateUnitsTask.Twins> {
  public DuplicateUnitsTask {
    members = List.copyOf(members);
  }

  /**
   * Equal leaves have equal sums.
   *
   * @param reference by reference leaf, two of each
   * @param suspect by suspect leaf in the order of the parent's, two of each
   */
  public record Twins(long[] reference, long[] suspect) implements java.io.Serializable {
    public boolean inReference(int leaf, int other) {
      return equal(reference, leaf, other);
    }

    public boolean inSuspect(int leaf, int other) {
      return equal(suspect, leaf, other);
    }

    /** Whether a suspect leaf equals a reference leaf. */
    public boolean equalAcross(int leaf, int suspectLeaf) {
      return reference[2 * leaf] == suspect[2 * suspectLeaf]
          && reference[2 * leaf + 1] == suspect[2 * suspectLeaf + 1];
    }

    /** Whether another reference leaf equals this one. */
    public boolean severalLike(int leaf) {
      for (int other = 0; other < reference.length / 2; other++) {
        if (other != leaf && inReference(leaf, other)) {
          return true;
        }
      }
      return false;
    }

    private static boolean equal(long[] sums, int leaf, int other) {
      return sums[2 * leaf] == sums[2 * other] && sums[2 * leaf + 1] == sums[2 * other + 1];
    }
  }

  @Override
  public Twins run(Structure structure, Weights reference, Weights suspect) throws IOException {
    Group carried = structure.group(group);
    return new Twins(
        sums(structure, reference, carried, GroupPermutations.identity()),
        sums(structure, suspect, carried, resync));
  }

  private long[] sums(Structure structure, Weights weights, Group carried, GroupPermutations order)
      throws IOException {
    int leaves = carried.leaves();
    long[] sums = new long[2 * leaves];
    long position = 0;
    float[] panel = new float[0];
    for (GroupAxis member : members) {
      EvidenceReader reader =
          new EvidenceReader(structure, weights, carried, member.tensor(), member.axis(), order);
      int limit =
          (int)
              Math.min(Math.max(1, panelBytes / (4L * leaves)), Math.min(reader.width(), 1 << 24));
      for (int part = 0; part < reader.parts(limit); part++) {
        int depth = reader.columns(limit, part);
        if (panel.length < (long) leaves * depth) {
          panel = new float[Math.multiplyExact(leaves, depth)];
        }
        reader.read(limit, part, 0, leaves, panel);
        long[] one = keys(1, position, depth);
        long[] two = keys(2, position, depth);
        if (reader.byColumn()) {
          addByColumn(panel, leaves, one, two, sums);
        } else {
          addByRow(panel, leaves, one, two, sums);
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

  private static void addByRow(float[] panel, int leaves, long[] one, long[] two, long[] sums) {
    int depth = one.length;
    for (int leaf = 0; leaf < leaves; leaf++) {
      long first = 0;
      long second = 0;
      int at = leaf * depth;
      for (int d = 0; d < depth; d++) {
        long bits = PositionHash.bits(panel[at + d]) & 0xffffffffL;
        first += one[d] * bits;
        second += two[d] * bits;
      }
      sums[2 * leaf] += first;
      sums[2 * leaf + 1] += second;
    }
  }

  private static void addByColumn(float[] panel, int leaves, long[] one, long[] two, long[] sums) {
    for (int d = 0; d < one.length; d++) {
      int at = d * leaves;
      for (int leaf = 0; leaf < leaves; leaf++) {
        long bits = PositionHash.bits(panel[at + leaf]) & 0xffffffffL;
        sums[2 * leaf] += one[d] * bits;
        sums[2 * leaf + 1] += two[d] * bits;
      }
    }
  }

  @Override
  public String description() {
    return "Looking for equal units of " + group;
  }

  @Override
  public long bytes() {
    return members.stream().mapToLong(GroupAxis::width).sum() * 8;
  }

  @Override
  public double flops() {
    return 0;
  }
}
