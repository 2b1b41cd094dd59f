package org.findthelady.match;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.findthelady.match.rows.AnchoredAxis;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * What matching a pair comes to, foreseen from shapes alone with the code that splits it: every
 * group compared once by all its members, sketches deciding where they are tried, nothing refined.
 *
 * @param tasks measuring, comparing groups, comparing tensors
 * @param elements of both sides that are read, some more than once
 * @param flops multiplications and additions
 */
public record Workload(int tasks, long elements, double flops) implements Serializable {
  private static final double SUMS_PER_ELEMENT = 12;
  private static final int SKETCH = 256;

  /** Share of a group's rows that is read where sketches decide: they stop once they prove. */
  private static final double SKETCHED = 0.25;

  /** Looks at shapes only; nothing is read. */
  public static Workload of(Structure structure, Weights shapes, MatchOptions options) {
    Map<String, List<AnchoredAxis>> members = AnchoredAxis.of(structure, shapes, shapes);
    List<String> tensors = AnchoredAxis.tensors(members);
    long all = tensors.stream().mapToLong(t -> shapes.shape(t).elements()).sum();
    int tasks =
        TensorScans.scaleTasks(tensors.size()) + TensorScans.batches(tensors, shapes).size();
    long elements = 2 * all;
    double flops = SUMS_PER_ELEMENT * all;
    for (Group group : structure.groups()) {
      long width = members.get(group.name()).stream().mapToLong(c -> c.member().width()).sum();
      if (width == 0) {
        continue;
      }
      double units = group.units();
      if (options.sketch() && ScorePlanner.isLarge(group, width)) {
        elements += (long) (SKETCHED * 2 * group.units() * width);
        tasks++;
        flops += 2 * units * width + 2 * units * units * SKETCH;
      } else {
        elements += 2L * group.units() * width;
        int step = ScorePlanner.unitsPerTask(group, width, options);
        tasks += (int) Math.ceil(units / step);
        flops += 2 * units * ScorePlanner.candidates(group) * width;
      }
    }
    return new Workload(tasks, elements, flops);
  }
}
