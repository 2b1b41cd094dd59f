package org.findthelady.match.basis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Structure;

/**
 * Looks for changes of basis that keep the function and are no permutation (method 3.14), and
 * undoes them on a copy: the residual stream first, then heads, then the order and the factors of
 * units.
 */
public final class BasisSearch {
  /** Numbers of a side that are held in memory: 128 MiB. */
  private static final long MOST_ELEMENTS = 1 << 25;

  private BasisSearch() {}

  /**
   * Undoes what can be undone.
   *
   * @param suspect shows the same tensors and shapes as {@code reference}
   * @return nothing if the model is too large, or no basis fits, or no common origin shows after it
   */
  public static Optional<BasisChange> find(
      Structure structure, Weights reference, Weights suspect, MatchOptions options)
      throws IOException {
    List<String> tensors = new ArrayList<>();
    long elements = 0;
    for (String tensor : structure.axes().keySet()) {
      if (reference.has(tensor) && suspect.has(tensor)) {
        tensors.add(tensor);
        elements += reference.shape(tensor).elements();
      }
    }
    if (elements > MOST_ELEMENTS || structure.rotary().isEmpty()) {
      return Optional.empty();
    }
    MemoryWeights ours = MemoryWeights.of(reference, tensors);
    MemoryWeights theirs = MemoryWeights.of(suspect, tensors);
    try {
      StreamBasis stream = StreamBasis.find(structure, ours, theirs);
      return stream == null
          ? Optional.empty()
          : Optional.of(undo(structure, ours, theirs, stream, options))
              .filter(change -> change.origin().common());
    } catch (MathIllegalStateException e) {
      // A decomposition that does not converge gives no basis.
      return Optional.empty();
    }
  }

  private static BasisChange undo(
      Structure structure,
      MemoryWeights ours,
      MemoryWeights theirs,
      StreamBasis stream,
      MatchOptions options)
      throws IOException {
    List<BasisChange.Undone> undone = new ArrayList<>();
    Set<String> settled = new LinkedHashSet<>(List.of(stream.group().name()));
    if (stream.undo()) {
      String words = "normalisation gains were folded into what reads them";
      undone.add(new BasisChange.Undone("normalisation", words));
    }
    if (stream.isTurned()) {
      String name = stream.group().name();
      undone.add(new BasisChange.Undone(name, "the residual stream '" + name + "' was rotated"));
    }
    int mixed = 0;
    int turned = 0;
    for (HeadBasis heads : HeadBasis.of(structure, ours, theirs)) {
      heads.undo();
      mixed += heads.mixed();
      turned += heads.turned();
      settled.addAll(heads.groups());
    }
    if (mixed > 0) {
      String words = "the values of " + mixed + " heads have another basis";
      undone.add(new BasisChange.Undone("heads", words));
    }
    if (turned > 0) {
      String words = "queries and keys of " + turned + " heads were turned or scaled";
      undone.add(new BasisChange.Undone("heads", words));
    }
    Structure rest = structure.without(settled, "its basis was undone");
    MatchResult match = Matcher.match(rest, ours, theirs, options);
    theirs.gather(rest, match.resync());
    int scaled = new UnitFactors(rest, ours, theirs).undo();
    if (scaled > 0) {
      String words = scaled + " units were scaled, and what reads them was scaled back";
      undone.add(new BasisChange.Undone("units", words));
    }
    return new BasisChange(undone, relative(ours, theirs), match.origin(), theirs);
  }

  private static double relative(MemoryWeights ours, MemoryWeights theirs) {
    double gap = 0;
    double squares = 0;
    for (String tensor : ours.names()) {
      float[] a = ours.values(tensor);
      float[] b = theirs.values(tensor);
      for (int i = 0; i < a.length; i++) {
        gap += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        squares += (double) a[i] * a[i];
      }
    }
    return squares == 0 ? Thresholds.BASIS_EXPLAINS : Math.sqrt(gap / squares);
  }
}
