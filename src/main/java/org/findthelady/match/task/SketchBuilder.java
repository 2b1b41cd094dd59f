package org.findthelady.match.task;

import java.io.IOException;
import java.util.List;
import org.findthelady.match.kernel.Sketch;
import org.findthelady.match.rows.Evidence;
import org.findthelady.match.rows.EvidenceReader;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Folds the evidence of a whole root group into sketches of both sides, each tensor read once in
 * file order, and keeps the members that are centred, which are narrow, as they are.
 */
final class SketchBuilder {
  private static final int PANEL_ELEMENTS = 1 << 18;

  private final Structure structure;
  private final Group group;
  private final Sketch here;
  private final Sketch there;
  private float[] panel = new float[0];

  SketchBuilder(Structure structure, Group group, int length, long seed) {
    this.structure = structure;
    this.group = group;
    this.here = new Sketch(group.units(), length, seed);
    this.there = new Sketch(group.units(), length, seed);
  }

  Sketch here() {
    return here;
  }

  Sketch there() {
    return there;
  }

  /** Folds the members that are not centred. */
  void add(Weights reference, Weights suspect, List<Evidence> evidence, GroupPermutations resync)
      throws IOException {
    long stream = 0;
    for (Evidence member : evidence) {
      if (!member.centred()) {
        fold(here, stream, member, reader(reference, member, GroupPermutations.identity()));
        stream = fold(there, stream, member, reader(suspect, member, resync));
      }
    }
  }

  /** Folds centred members; their streams come after those of {@link #add}. */
  void add(List<Scalars> scalars) {
    long stream = 1L << 40;
    for (Scalars scalar : scalars) {
      for (int column = 0; column < scalar.columns(); column++) {
        here.addColumn(stream, column, scalar.here(), column * group.units(), scalar.weight());
        there.addColumn(stream, column, scalar.there(), column * group.units(), scalar.weight());
      }
      stream++;
    }
  }

  void finish() {
    here.finish();
    there.finish();
  }

  private EvidenceReader reader(Weights weights, Evidence member, GroupPermutations resync) {
    return new EvidenceReader(structure, weights, group, member.tensor(), member.axis(), resync);
  }

  /** Returns the number of the next stream. */
  private long fold(Sketch sketch, long stream, Evidence member, EvidenceReader reader)
      throws IOException {
    int units = group.units();
    if (reader.isWholeSlices()) {
      int[] order = reader.sliceOrder();
      int batch = Math.max(1, PANEL_ELEMENTS / units);
      for (int first = 0; first < reader.slices(); first += batch) {
        int count = Math.min(batch, reader.slices() - first);
        reader.readSlices(first, count, panel(count, units));
        for (int k = 0; k < count; k++) {
          sketch.addColumn(stream, order[first + k], panel, k * units, member.weight());
        }
      }
      return stream + 1;
    }
    if (reader.byColumn()) {
      int limit = Math.max(1, PANEL_ELEMENTS / units);
      long column = 0;
      for (int part = 0; part < reader.parts(limit); part++) {
        int columns = reader.columns(limit, part);
        reader.read(limit, part, 0, units, panel(columns, units));
        for (int k = 0; k < columns; k++) {
          sketch.addColumn(stream, column++, panel, k * units, member.weight());
        }
      }
      return stream + 1;
    }
    int parts = reader.parts(Integer.MAX_VALUE);
    for (int part = 0; part < parts; part++) {
      int columns = reader.columns(Integer.MAX_VALUE, part);
      int batch = Math.max(1, PANEL_ELEMENTS / columns);
      for (int from = 0; from < units; from += batch) {
        int to = Math.min(units, from + batch);
        reader.read(Integer.MAX_VALUE, part, from, to, panel(to - from, columns));
        sketch.addRows(stream + part, from, to, panel, columns, member.weight());
      }
    }
    return stream + parts;
  }

  private float[] panel(int rows, int columns) {
    if (panel.length < (long) rows * columns) {
      panel = new float[Math.multiplyExact(rows, columns)];
    }
    return panel;
  }

  /**
   * A centred member of both sides.
   *
   * @param here the reference's, [column x unit]
   * @param there the suspect's
   */
  record Scalars(float[] here, float[] there, int columns, float weight) {
    /** Reads one; the reference's mean is taken off both. */
    static Scalars read(
        Structure structure,
        Group group,
        Weights reference,
        Weights suspect,
        Evidence member,
        GroupPermutations resync)
        throws IOException {
      EvidenceReader ours =
          new EvidenceReader(
              structure,
              reference,
              group,
              member.tensor(),
              member.axis(),
              GroupPermutations.identity());
      EvidenceReader theirs =
          new EvidenceReader(structure, suspect, group, member.tensor(), member.axis(), resync);
      int columns = Math.toIntExact(ours.width());
      float[] here = columns(ours, group.units(), columns);
      float[] there = columns(theirs, group.units(), columns);
      ScoreBlock.centre(here, there, group.units(), columns, true);
      return new Scalars(here, there, columns, member.weight());
    }

    private static float[] columns(EvidenceReader reader, int units, int width) throws IOException {
      float[] all = new float[Math.multiplyExact(units, width)];
      float[] part = new float[all.length];
      int column = 0;
      for (int p = 0; p < reader.parts(width); p++) {
        int columns = reader.columns(width, p);
        reader.read(width, p, 0, units, part);
        for (int k = 0; k < columns; k++, column++) {
          for (int unit = 0; unit < units; unit++) {
            all[column * units + unit] =
                part[reader.byColumn() ? k * units + unit : unit * columns + k];
          }
        }
      }
      return all;
    }
  }
}
