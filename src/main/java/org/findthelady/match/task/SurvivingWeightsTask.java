package org.findthelady.match.task;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.match.kernel.PositionHash;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.kernel.ValueTable;
import org.findthelady.match.rows.EvidenceReader;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Pairs a group's units by single weights that an attack left alone. Pruning keeps the numbers that
 * it does not zero; where nearly all numbers of a suspect's tensor other than zero are the
 * reference's, and these nearly all different, a number that one unit alone holds on either side
 * names a pair, whatever the order of all other groups.
 *
 * @param members all of the group's
 * @param resync of the group's parent
 */
public record SurvivingWeightsTask(
    String group, List<GroupAxis> members, GroupPermutations resync, long panelBytes)
    implements MatchTask<SurvivingWeights> {

  private static final int SAMPLE = 256;
  private static final long MOST_ELEMENTS = 1 << 23;

  public SurvivingWeightsTask {
    members = List.copyOf(members);
  }

  /** What each member's numbers name; members whose numbers name nothing are left out. */
  @Override
  public List<String> reads() {
    return members.stream().map(GroupAxis::tensor).toList();
  }

  @Override
  public SurvivingWeights run(Structure structure, Weights reference, Weights suspect)
      throws IOException {
    Group carried = structure.group(group);
    List<int[]> named = new ArrayList<>();
    for (GroupAxis member : members) {
      if (member.width() * carried.units() > MOST_ELEMENTS) {
        continue;
      }
      Side there = new Side(reader(structure, suspect, carried, member, resync), carried.units());
      Side here =
          new Side(
              reader(structure, reference, carried, member, GroupPermutations.identity()),
              carried.units());
      ValueTable sample = there.table(panelBytes, SAMPLE);
      if (sample.distinct() > 0
          && here.holds(sample, panelBytes) >= Thresholds.SURVIVING_SHARE * sample.distinct()) {
        ValueTable all = here.table(panelBytes, Integer.MAX_VALUE);
        named.add(named(all, there.table(panelBytes, Integer.MAX_VALUE), carried));
      }
    }
    return new SurvivingWeights(named);
  }

  private static EvidenceReader reader(
      Structure structure,
      Weights weights,
      Group carried,
      GroupAxis member,
      GroupPermutations order) {
    return new EvidenceReader(structure, weights, carried, member.tensor(), member.axis(), order);
  }

  /** For every reference unit the suspect unit, or -1. */
  private static int[] named(ValueTable here, ValueTable there, Group carried) {
    int[] found = {0};
    there.forEach((bits, unit) -> found[0] += here.unitOf(bits) == ValueTable.ABSENT ? 0 : 1);
    Votes votes = new Votes(carried.units());
    if (found[0] >= Thresholds.SURVIVING_SHARE * there.distinct()
        && here.distinct() >= Thresholds.DISTINCT_SHARE * here.added()) {
      there.forEach(
          (bits, column) -> {
            int row = here.unitOf(bits);
            if (row >= 0 && column >= 0 && comparable(carried, row, column)) {
              votes.add(row, column);
            }
          });
    }
    return votes.pairs();
  }

  private static boolean comparable(Group carried, int row, int column) {
    return carried.parent().isEmpty() || row / carried.size() == column / carried.size();
  }

  /** One side's rows of a member. */
  private record Side(EvidenceReader reader, int units) {
    /** The first numbers, at least so many different ones if there are. */
    ValueTable table(long panelBytes, int enough) throws IOException {
      ValueTable table = new ValueTable();
      int limit = limit(panelBytes);
      float[] panel = new float[0];
      for (int part = 0; part < reader.parts(limit) && table.distinct() < enough; part++) {
        panel = read(limit, part, panel);
        int depth = reader.columns(limit, part);
        for (int i = 0; i < units * depth && table.distinct() < enough; i++) {
          table.add(PositionHash.bits(panel[i]), reader.byColumn() ? i % units : i / depth);
        }
      }
      return table;
    }

    /** How many of a table's numbers are among these. */
    int holds(ValueTable some, long panelBytes) throws IOException {
      ValueTable found = new ValueTable();
      int limit = limit(panelBytes);
      float[] panel = new float[0];
      for (int part = 0; part < reader.parts(limit); part++) {
        panel = read(limit, part, panel);
        int count = units * reader.columns(limit, part);
        for (int i = 0; i < count; i++) {
          int bits = PositionHash.bits(panel[i]);
          if (some.unitOf(bits) != ValueTable.ABSENT) {
            found.add(bits, 0);
          }
        }
      }
      return found.distinct();
    }

    private int limit(long panelBytes) {
      return (int)
          Math.min(Math.max(1, panelBytes / (4L * units)), Math.min(reader.width(), 1 << 24));
    }

    private float[] read(int limit, int part, float[] panel) throws IOException {
      int size = Math.multiplyExact(units, reader.columns(limit, part));
      float[] room = panel.length < size ? new float[size] : panel;
      reader.read(limit, part, 0, units, room);
      return room;
    }
  }

  /** Counts of how many numbers name each pair. */
  private static final class Votes {
    private final int units;
    private final Map<Long, Integer> counts = new HashMap<>();

    Votes(int units) {
      this.units = units;
    }

    void add(int row, int column) {
      counts.merge((long) row * units + column, 1, Integer::sum);
    }

    /** The pairs that have more than three in four of the votes for either of both. */
    int[] pairs() {
      long[] ofRow = new long[units];
      long[] ofColumn = new long[units];
      counts.forEach(
          (pair, count) -> {
            ofRow[(int) (pair / units)] += count;
            ofColumn[(int) (pair % units)] += count;
          });
      int[] columnOf = new int[units];
      Arrays.fill(columnOf, -1);
      counts.forEach(
          (pair, count) -> {
            int row = (int) (pair / units);
            int column = (int) (pair % units);
            if (4L * count > 3 * Math.max(ofRow[row], ofColumn[column])) {
              columnOf[row] = column;
            }
          });
      return columnOf;
    }
  }
}
