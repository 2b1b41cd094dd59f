package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.FloatRange;
import org.findthelady.core.Shape;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.basis.MemoryWeights;
import org.findthelady.match.compare.CompareTask;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.compare.TensorPairResult;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.rows.EqualTensor;
import org.findthelady.match.verdict.Difference;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.Findings;
import org.findthelady.match.verdict.Judge;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.match.verdict.NeuronChanges;
import org.findthelady.match.verdict.PairFacts;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;
import org.findthelady.structure.Widened;

/**
 * Judges a suspect with more or fewer units than its reference. Both are laid out with room for the
 * units of either; empty places are zero, which is no evidence, so the usual match becomes a
 * rectangular one. What has no counterpart is told, and the rest is compared.
 */
final class OtherWidths {
  /** Numbers of both sides that are held in memory at most: 256 MiB. */
  private static final long MOST_ELEMENTS = 1 << 26;

  private final Widened widened;
  private final MemoryWeights ours;
  private final MemoryWeights theirs;
  private final double roundoff;
  private final List<Finding> findings = new ArrayList<>();
  private double cosine = Double.NaN;

  /**
   * @param ours the reference, padded
   * @param theirs the suspect, padded; it is put in the reference's order
   * @param roundoff largest relative error of the types that store the weights
   */
  OtherWidths(Widened widened, MemoryWeights ours, MemoryWeights theirs, double roundoff) {
    this.widened = widened;
    this.ours = ours;
    this.theirs = theirs;
    this.roundoff = roundoff;
  }

  /**
   * Reads both sides, if numbers of units are all in which they differ.
   *
   * @param structure of the reference
   */
  static Optional<OtherWidths> of(
      Store store, Structure structure, Checkpoint reference, Checkpoint suspect)
      throws IOException {
    WholeTensors ours = new WholeTensors(reference, structure.stacks());
    WholeTensors theirs = new WholeTensors(suspect, structure.stacks());
    long elements = 0;
    Map<String, Shape> shapes = new HashMap<>();
    Map<String, List<Axis>> axes = new LinkedHashMap<>(structure.axes());
    axes.keySet()
        .removeIf(name -> ours.isAside(name, structure) && theirs.isAside(name, structure));
    for (String name : axes.keySet()) {
      Shape our = ours.shape(name);
      Shape their = theirs.shape(name);
      if (our == null || their == null) {
        return Optional.empty();
      }
      shapes.put(name, their);
      elements += our.elements() + their.elements();
    }
    Optional<Widened> widened =
        ours.names().equals(theirs.names()) && elements <= MOST_ELEMENTS
            ? Widened.of(new Structure(structure.name(), structure.groups(), axes), shapes)
            : Optional.empty();
    if (widened.isEmpty()) {
      return Optional.empty();
    }
    MemoryWeights left = new MemoryWeights();
    MemoryWeights right = new MemoryWeights();
    read(store, ours, widened.get(), left, false);
    read(store, theirs, widened.get(), right, true);
    double roundoff = Math.max(roundoff(reference), roundoff(suspect));
    return Optional.of(new OtherWidths(widened.get(), left, right, roundoff));
  }

  private static double roundoff(Checkpoint checkpoint) {
    return checkpoint.tensors().stream()
        .filter(tensor -> tensor.dtype().floating())
        .mapToDouble(tensor -> FloatRange.roundoff(tensor.dtype()))
        .max()
        .orElse(0);
  }

  private static void read(
      Store store, WholeTensors tensors, Widened widened, MemoryWeights into, boolean suspect)
      throws IOException {
    Structure wide = widened.structure();
    Checkpoint checkpoint = tensors.checkpoint();
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      for (String name : wide.axes().keySet()) {
        float[] values = tensors.read(name, reader);
        long[] lengths = wide.axes(name).stream().mapToLong(Axis::length).toArray();
        float[] padded =
            suspect ? widened.paddedSuspect(name, values) : widened.padded(name, values);
        into.put(name, Shape.of(lengths), padded);
      }
    }
  }

  /** The verdict. A common origin is told from all units, the changes from those of both. */
  Judgement judge(MatchOptions options) throws IOException {
    Structure wide = widened.structure();
    MatchResult first = Matcher.match(wide, ours, theirs, options);
    theirs.gather(wide, first.resync());
    UnitFates fates = new UnitFates(widened, first, ours, theirs);
    fates.settle();
    MatchResult second = Matcher.match(wide, ours, theirs, options);
    List<String> names = List.copyOf(wide.axes().keySet());
    List<TensorComparison> tensors =
        new CompareTask(names, second.resync(), 0, options.blockBytes(), false)
            .run(wide, ours, theirs).stream().map(TensorPairResult::comparison).toList();
    MatchResult match =
        new MatchResult(second.resync(), second.groups(), tensors, first.origin(), second.notes());
    List<NeuronChanges> changes =
        match.groups().stream().map(group -> NeuronChanges.of(group, roundoff)).toList();
    PairFacts facts = new PairFacts(name -> false, List.of(), equal(first, tensors), roundoff);
    Judgement rest = Judge.judge(match, changes, tensors, facts);
    cosine = Difference.of(tensors).cosine();
    if (!rest.verdict().isCopy()) {
      return new Judgement(rest.verdict(), widths() + "; " + rest.reason());
    }
    if (cosine < Thresholds.OTHER_WIDTH_COSINE) {
      double p = Math.exp(first.origin().logP());
      return new Judgement(
          Verdict.UNDECIDED,
          widths()
              + String.format(
                  Locale.ROOT,
                  "; the units that both have fit better than chance, p = %.2g, but their cosine of"
                      + " %.2f is too low to tell a common origin from one task",
                  p,
                  cosine));
    }
    findings.addAll(fates.findings());
    findings.addAll(Findings.of(match, changes, tensors, facts));
    boolean equal = rest.verdict().isUnchanged();
    return new Judgement(
        Verdict.DERIVED,
        fates.words()
            + (equal ? "; all other weights are the reference's own" : "; of the rest: ")
            + (equal ? "" : rest.reason()));
  }

  private Map<String, EqualTensor> equal(MatchResult first, List<TensorComparison> tensors)
      throws IOException {
    Map<String, EqualTensor> equal = new HashMap<>();
    for (TensorComparison tensor :
        first.origin().common() ? List.<TensorComparison>of() : tensors) {
      boolean much =
          tensor.bytesEqual()
              || tensor.keptEqual() > Thresholds.EQUAL_SHARE * Math.max(1, tensor.kept());
      if (tensor.weight() && much) {
        equal.put(tensor.tensor(), EqualTensor.of(ours, tensor.tensor()));
      }
    }
    return equal;
  }

  /** Of all weights that both have, once judged. */
  double cosine() {
    return cosine;
  }

  private String widths() {
    return String.join(
        ", ",
        widened.groups().stream()
            .map(
                group ->
                    "group %s has %d units in the reference, %d in the suspect"
                        .formatted(
                            group.name(), widened.ours(group.name()), widened.theirs(group.name())))
            .toList());
  }

  /** What was done, if the suspect is a copy. */
  List<Finding> findings() {
    return List.copyOf(findings);
  }
}
