package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.match.basis.MemoryWeights;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * How much of each of two parents is in a suspect that was merged from them, tensor by tensor, by
 * least squares.
 */
public final class Mixture {
  /** Numbers of one checkpoint that are held in memory at most: 128 MiB. */
  private static final long MOST_ELEMENTS = 1 << 25;

  /** Difference of two weights that are called the same. */
  private static final double SAME = 5e-3;

  /** Share of a tensor's norm that may be left where two parents are called all of it. */
  private static final double ALL = 0.05;

  /** Sine of the angle between two parents from which on their parts can be told apart. */
  private static final double APART = 1e-4;

  /**
   * The parts of one tensor.
   *
   * @param angle between the parents
   * @param left share of the suspect's norm that neither explains
   */
  private record Part(
      String tensor, double ofReference, double ofParent, double angle, double left) {
    /** Place on the arc from the reference to the parent, 0 to 1. */
    double arc() {
      return Math.atan2(ofParent * Math.sin(angle), ofReference + ofParent * Math.cos(angle))
          / angle;
    }

    boolean liesOnArc() {
      return Math.abs(ofReference - Math.sin((1 - arc()) * angle) / Math.sin(angle)) < SAME
          && Math.abs(ofParent - Math.sin(arc() * angle) / Math.sin(angle)) < SAME;
    }

    boolean isAverage() {
      return Math.abs(ofReference + ofParent - 1) < SAME;
    }
  }

  private static final String NOT_LOOKED =
      "whether the suspect was merged with the other parent was not looked at";

  private final List<Part> parts = new ArrayList<>();

  private Mixture() {}

  /**
   * Says what a suspect has of its reference and of another parent.
   *
   * @param parent judged against the same reference
   * @param suspect likewise
   */
  public static String words(Store store, PairOutcome parent, PairOutcome suspect)
      throws IOException {
    Checkpoint ours = Checkpoints.open(store, suspect.pair().reference());
    if (!parent.audited() || !suspect.audited() || elements(ours) > MOST_ELEMENTS) {
      return NOT_LOOKED;
    }
    if (!isInOrderOf(store, ours, parent) || !isInOrderOf(store, ours, suspect)) {
      return NOT_LOOKED + ": their order belongs to no known structure of the reference";
    }
    MemoryWeights reference = weights(store, ours, null);
    MemoryWeights other = weights(store, Checkpoints.open(store, parent.pair().suspect()), parent);
    MemoryWeights merged =
        weights(store, Checkpoints.open(store, suspect.pair().suspect()), suspect);
    Mixture mixture = new Mixture();
    int compared = 0;
    for (TensorInfo tensor : ours.tensors()) {
      String name = tensor.name();
      boolean all = reference.has(name) && other.has(name) && merged.has(name);
      if (all
          && reference.shape(name).equals(other.shape(name))
          && reference.shape(name).equals(merged.shape(name))) {
        mixture.add(name, reference.values(name), other.values(name), merged.values(name));
        compared++;
      }
    }
    return compared == 0
        ? NOT_LOOKED + ": no tensor has the same name and shape in all three"
        : mixture.words();
  }

  /** Whether the order that was found can be told in the reference's own structure. */
  private static boolean isInOrderOf(Store store, Checkpoint reference, PairOutcome outcome)
      throws IOException {
    PermutationFile found = outcome.found();
    if (found == null) {
      return true;
    }
    try {
      return found.rotary() == null
          && Structures.of(store, reference, outcome.pair().structure())
              .structure()
              .name()
              .equals(found.structure());
    } catch (UserException noneFits) {
      return false;
    }
  }

  private static long elements(Checkpoint checkpoint) {
    return checkpoint.tensors().stream().mapToLong(t -> t.shape().elements()).sum();
  }

  /** A checkpoint's real numbers, in the reference's order if one was found. */
  private static MemoryWeights weights(Store store, Checkpoint checkpoint, PairOutcome outcome)
      throws IOException {
    MemoryWeights weights = new MemoryWeights();
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        if (tensor.dtype().floating() && tensor.shape().rank() > 0) {
          weights.put(tensor.name(), tensor.shape(), reader.readFloats(tensor));
        }
      }
    }
    if (outcome != null && outcome.found() != null) {
      GroupPermutations order = outcome.found().assignment();
      Checkpoint reference = Checkpoints.open(store, outcome.pair().reference());
      Structure structure = Structures.of(store, reference, outcome.pair().structure()).structure();
      weights.gather(structure, order);
    }
    return weights;
  }

  private void add(String tensor, float[] a, float[] b, float[] s) {
    double aa = 0;
    double bb = 0;
    double ab = 0;
    double as = 0;
    double bs = 0;
    for (int i = 0; i < s.length; i++) {
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
      ab += (double) a[i] * b[i];
      as += (double) a[i] * s[i];
      bs += (double) b[i] * s[i];
    }
    double determinant = aa * bb - ab * ab;
    if (!(determinant > APART * APART * aa * bb)) {
      return; // the parents are the same here, or no numbers
    }
    double ofReference = (bb * as - ab * bs) / determinant;
    double ofParent = (aa * bs - ab * as) / determinant;
    double gap = 0;
    double squares = 0;
    for (int i = 0; i < s.length; i++) {
      double left = s[i] - ofReference * a[i] - ofParent * b[i];
      gap += left * left;
      squares += (double) s[i] * s[i];
    }
    double angle = Math.acos(Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))));
    double share = squares == 0 ? 0 : Math.sqrt(gap / squares);
    parts.add(new Part(tensor, ofReference, ofParent, angle, share));
  }

  private String words() {
    if (parts.isEmpty()) {
      return "the reference and the other parent do not differ: nothing tells their parts";
    }
    double left = parts.stream().mapToDouble(Part::left).max().orElse(0);
    String end =
        left > ALL
            ? format("; up to %.0f %% of a tensor's norm comes from neither", 100 * left)
            : format("; what neither explains is at most %.1e of a tensor's norm", left);
    Part first = parts.get(0);
    if (parts.stream().allMatch(Part::isAverage) && spread() < SAME) {
      return format(
              "merged: %.3f of the reference and %.3f of the other parent in all %d tensors that"
                  + " differ between the two",
              first.ofReference(), first.ofParent(), parts.size())
          + end;
    }
    double arc = first.arc();
    if (parts.stream().allMatch(p -> p.liesOnArc() && Math.abs(p.arc() - arc) < SAME)) {
      return format(
              "merged on the arc between the two (slerp), %.3f of the way from the reference to the"
                  + " other parent, in all %d tensors that differ between them",
              arc, parts.size())
          + end;
    }
    return "parts of the reference and of the other parent by tensor: " + listed() + end;
  }

  /** Difference of the greatest and the least part of the reference. */
  private double spread() {
    DoubleSummaryStatistics shares =
        parts.stream().mapToDouble(Part::ofReference).summaryStatistics();
    return shares.getMax() - shares.getMin();
  }

  /** Every tensor, those of the same parts together. */
  private String listed() {
    Map<String, List<String>> tensors = new LinkedHashMap<>();
    for (Part part : parts) {
      tensors
          .computeIfAbsent(
              format("%.3f and %.3f", part.ofReference(), part.ofParent()),
              key -> new ArrayList<>())
          .add(part.tensor());
    }
    List<String> listed = new ArrayList<>();
    tensors.forEach((share, names) -> listed.add(share + " in " + String.join(", ", names)));
    return String.join("; ", listed);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
