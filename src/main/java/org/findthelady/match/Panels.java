package org.findthelady.match;

import java.io.IOException;
import java.util.List;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/** The evidence of a whole root group, both sides, panel by panel. */
final class Panels {
  private final Structure structure;
  private final Group group;
  private final Weights reference;
  private final Weights suspect;
  private final List<Evidence> evidence;
  private final Assignment resync;

  Panels(
      Structure structure,
      Group group,
      Weights reference,
      Weights suspect,
      List<Evidence> evidence,
      Assignment resync) {
    this.structure = structure;
    this.group = group;
    this.reference = reference;
    this.suspect = suspect;
    this.evidence = evidence;
    this.resync = resync;
  }

  /** Receives panels; the arrays are used again. */
  interface Sink {
    /**
     * One panel of each side.
     *
     * @param a the reference's, [leaf x column] or, if {@code byColumn}, [column x leaf]
     * @param b the suspect's, columns in reference order
     * @param number of the panel, the same in every pass with the same memory
     */
    void accept(Evidence member, int columns, boolean byColumn, float[] a, float[] b, long number);
  }

  void forEach(long bytes, Sink sink) throws IOException {
    int leaves = group.leaves();
    int limit = (int) Math.max(1, Math.min(1 << 24, bytes / 8 / leaves));
    long number = 0;
    float[] a = new float[0];
    float[] b = new float[0];
    for (Evidence member : evidence) {
      EvidenceReader here =
          new EvidenceReader(
              structure, reference, group, member.tensor(), member.axis(), Assignment.identity());
      EvidenceReader there =
          new EvidenceReader(structure, suspect, group, member.tensor(), member.axis(), resync);
      for (int part = 0; part < here.parts(limit); part++) {
        int columns = here.columns(limit, part);
        if (a.length < (long) leaves * columns) {
          a = new float[Math.multiplyExact(leaves, columns)];
          b = new float[a.length];
        }
        here.read(limit, part, 0, leaves, a);
        there.read(limit, part, 0, leaves, b);
        if (member.centred()) {
          ScoreBlock.centre(a, b, leaves, columns, here.byColumn());
        }
        sink.accept(member, columns, here.byColumn(), a, b, number++);
      }
    }
  }
}
