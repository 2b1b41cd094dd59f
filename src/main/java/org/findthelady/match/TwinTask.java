package org.findthelady.match;

import java.io.IOException;
import java.util.List;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * Finds leaves of a group that are equal in every member, incoming and outgoing. Two keyed sums of
 * 64 bits stand for a leaf's weights: unequal leaves have equal sums with probability below 2^-64.
 *
 * @param members all of the group's
 */
record TwinTask(String group, List<Member> members, Assignment resync, long seed, long panelBytes)
    implements MatchTask<TwinTask.Twins> {
  TwinTask {
    members = List.copyOf(members);
  }

  /**
   * Equal leaves have equal sums.
   *
   * @param reference by reference leaf, two of each
   * @param suspect by suspect leaf in the order of the parent's, two of each
   */
  record Twins(long[] reference, long[] suspect) implements java.io.Serializable {
    boolean inReference(int leaf, int other) {
      return equal(reference, leaf, other);
    }

    boolean inSuspect(int leaf, int other) {
      return equal(suspect, leaf, other);
    }

    private static boolean equal(long[] sums, int leaf, int other) {
      return sums[2 * leaf] == sums[2 * other] && sums[2 * leaf + 1] == sums[2 * other + 1];
    }
  }

  @Override
  public Twins run(Structure structure, Weights reference, Weights suspect) throws IOException {
    Group carried = structure.group(group);
    return new Twins(
        sums(structure, reference, carried, Assignment.identity()),
        sums(structure, suspect, carried, resync));
  }

  private long[] sums(Structure structure, Weights weights, Group carried, Assignment order)
      throws IOException {
    int leaves = carried.leaves();
    long[] sums = new long[2 * leaves];
    long position = 0;
    for (Member member : members) {
      EvidenceReader reader =
          new EvidenceReader(structure, weights, carried, member.tensor(), member.axis(), order);
      int limit =
          (int)
              Math.min(Math.max(1, panelBytes / (4L * leaves)), Math.min(reader.width(), 1 << 24));
      for (int part = 0; part < reader.parts(limit); part++) {
        int depth = reader.columns(limit, part);
        float[] panel = new float[Math.multiplyExact(leaves, depth)];
        reader.read(limit, part, 0, leaves, panel);
        int perLeaf = reader.byColumn() ? 1 : depth;
        int perColumn = reader.byColumn() ? leaves : 1;
        for (int d = 0; d < depth; d++, position++) {
          long one = Keys.key(seed, 1, position);
          long two = Keys.key(seed, 2, position);
          for (int leaf = 0; leaf < leaves; leaf++) {
            long bits = Keys.bits(panel[leaf * perLeaf + d * perColumn]) & 0xffffffffL;
            sums[2 * leaf] += one * bits;
            sums[2 * leaf + 1] += two * bits;
          }
        }
      }
    }
    return sums;
  }

  @Override
  public String description() {
    return "Looking for equal units of " + group;
  }

  @Override
  public long bytes() {
    return members.stream().mapToLong(Member::width).sum() * 8;
  }

  @Override
  public double flops() {
    return 0;
  }
}
