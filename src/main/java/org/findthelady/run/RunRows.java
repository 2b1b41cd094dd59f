package org.findthelady.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.findthelady.core.Location;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.result.MatchState;
import org.findthelady.match.verdict.Difference;
import org.findthelady.match.verdict.Judge;
import org.findthelady.match.verdict.NeuronChanges;
import org.findthelady.pair.Comparison;
import org.findthelady.pair.PairOutcome;
import org.findthelady.perturb.Psi;
import org.findthelady.report.FindingRow;
import org.findthelady.report.GroupDrawing;
import org.findthelady.report.GroupRow;
import org.findthelady.report.LayerRow;
import org.findthelady.report.Margins;
import org.findthelady.report.ModelFindings;
import org.findthelady.report.ModelNames;
import org.findthelady.report.ModelRow;
import org.findthelady.report.NeuronCounts;
import org.findthelady.report.NeuronRow;
import org.findthelady.report.PairRow;

/** The rows that an outcome adds to a run's tables. */
public final class RunRows {
  /** Tensors that a group is named by, at most. */
  private static final int TENSORS = 8;

  private static final String NONE_FITS = "none fits";
  private static final String UNDECIDED = "undecided";

  private final String runId;
  private final PairOutcome outcome;

  private RunRows(String runId, PairOutcome outcome) {
    this.runId = runId;
    this.outcome = outcome;
  }

  public static ModelFindings of(String runId, PairOutcome outcome) {
    RunRows rows = new RunRows(runId, outcome);
    return new ModelFindings(
        rows.model(), rows.groups(), rows.layers(), rows.neurons(), rows.findings(), rows.pairs());
  }

  /** The row of the model alone. */
  public static ModelRow model(String runId, PairOutcome outcome) {
    return new RunRows(runId, outcome).model();
  }

  /** The rows of the tensors alone. */
  public static List<LayerRow> layers(String runId, PairOutcome outcome) {
    return new RunRows(runId, outcome).layers();
  }

  private String modelId() {
    return outcome.pair().id();
  }

  private List<GroupMatch> matches() {
    return outcome.match() == null ? List.of() : outcome.match().groups();
  }

  private ModelRow model() {
    List<GroupMatch> matches = matches();
    return new ModelRow(
        new ModelNames(
            runId,
            modelId(),
            referenceId(),
            outcome.pair().reference(),
            outcome.pair().suspect(),
            outcome.format(),
            outcome.structure(),
            ModelNames.Contents.UNKNOWN),
        outcome.verdict(),
        outcome.judgement().reason(),
        outcome.groups(),
        new NeuronCounts(
            outcome.neurons(),
            matches.stream().mapToLong(Judge::moved).sum(),
            count(MatchState.AMBIGUOUS),
            count(MatchState.INTERCHANGEABLE),
            outcome.changes().stream().mapToLong(NeuronChanges::rescaledCount).sum(),
            outcome.changes().stream().mapToLong(NeuronChanges::flippedCount).sum()),
        margins(matches),
        closeness(),
        new ModelRow.Size(outcome.parameters(), outcome.bytesRead(), compared()));
  }

  /** The reference that fits. */
  private String referenceId() {
    if (!outcome.verdict().isCopy()) {
      return outcome.verdict().isUnknown() ? UNDECIDED : NONE_FITS;
    }
    return outcome.comparisons().stream()
        .filter(comparison -> comparison.reference().equals(outcome.pair().reference()))
        .findFirst()
        .map(Comparison::referenceId)
        .orElseGet(() -> Location.of(outcome.pair().reference()).name());
  }

  private long compared() {
    return Math.max(
        1, outcome.comparisons().stream().filter(pair -> pair.verdict() != null).count());
  }

  private List<PairRow> pairs() {
    return outcome.comparisons().stream()
        .map(
            pair ->
                new PairRow(
                    runId,
                    modelId(),
                    pair.referenceId(),
                    pair.reference(),
                    pair.verdict() == null ? "" : pair.verdict().name(),
                    pair.reason(),
                    new PairRow.Measured(pair.distance(), pair.difference(), pair.share())))
        .toList();
  }

  private ModelRow.Closeness closeness() {
    List<TensorComparison> tensors =
        outcome.tensors().stream().map(PairOutcome.Compared::comparison).toList();
    Difference difference = tensors.isEmpty() ? null : Difference.of(tensors);
    return new ModelRow.Closeness(
        outcome.psi() == null ? null : outcome.psi().percent(),
        log10P(),
        difference == null ? null : difference.cosine(),
        difference == null ? null : difference.relative());
  }

  private Double log10P() {
    boolean tested = outcome.match() != null && outcome.match().origin().tests() > 0;
    return tested ? finite(outcome.match().origin().logP() / Math.log(10)) : null;
  }

  private long count(MatchState state) {
    return outcome.match() == null ? 0 : outcome.match().count(state);
  }

  private List<GroupRow> groups() {
    List<GroupRow> rows = new ArrayList<>();
    for (int g = 0; g < matches().size(); g++) {
      GroupMatch match = matches().get(g);
      NeuronChanges changes = outcome.changes().get(g);
      long certified = 0;
      for (boolean proven : match.certified()) {
        certified += proven ? 1 : 0;
      }
      rows.add(
          new GroupRow(
              runId,
              modelId(),
              match.group(),
              new NeuronCounts(
                  match.units(),
                  Judge.moved(match),
                  match.count(MatchState.AMBIGUOUS),
                  match.count(MatchState.INTERCHANGEABLE),
                  changes.rescaledCount(),
                  changes.flippedCount()),
              certified,
              margins(List.of(match)),
              psi(match.group()),
              drawing(match)));
    }
    return rows;
  }

  private static GroupDrawing drawing(GroupMatch match) {
    List<String> axes =
        match.members().stream().map(m -> m.tensor() + "[" + m.axis() + "]").distinct().toList();
    String tensors = String.join(", ", axes.subList(0, Math.min(TENSORS, axes.size())));
    if (axes.size() > TENSORS) {
      tensors += " and " + (axes.size() - TENSORS) + " more";
    }
    int[] sources = match.sources().clone();
    for (int leaf = 0; leaf < sources.length; leaf++) {
      if (match.state(leaf) == MatchState.INTERCHANGEABLE) {
        sources[leaf] = -1;
      }
    }
    return GroupDrawing.of(tensors, sources, match.cosines(), match.margins());
  }

  private Double psi(String group) {
    return outcome.psi() == null
        ? null
        : outcome.psi().groups().stream()
            .filter(p -> p.group().equals(group))
            .findFirst()
            .map(Psi.GroupPsi::percent)
            .orElse(null);
  }

  private List<LayerRow> layers() {
    List<LayerRow> rows = new ArrayList<>();
    for (PairOutcome.Compared compared : outcome.tensors()) {
      TensorComparison tensor = compared.comparison();
      rows.add(
          new LayerRow(
              runId,
              modelId(),
              new LayerRow.StoredTensor(
                  tensor.tensor(), compared.dtype().name(), compared.shape().toString()),
              new LayerRow.Likeness(
                  finite(tensor.cosine()),
                  finite(tensor.normRatio()),
                  tensor.relativeDifference() == 0 && !tensor.sameValues()
                      ? null
                      : finite(tensor.relativeDifference())),
              new LayerRow.Values(
                  tensor.referenceZeroShare(),
                  tensor.suspectZeroShare(),
                  tensor.suspectDistinct() <= 0 ? null : (long) tensor.suspectDistinct()),
              tensor.bytesEqual()));
    }
    return rows;
  }

  private List<FindingRow> findings() {
    return outcome.findings().stream()
        .map(
            finding ->
                new FindingRow(
                    runId,
                    modelId(),
                    finding.kind().name(),
                    finding.tensor(),
                    new FindingRow.Place(
                        finding.group(),
                        finding.unit() < 0 ? null : finding.unit(),
                        finding.source() < 0 ? null : finding.source()),
                    finite(finding.size()),
                    finding.explains(),
                    finding.confidence()))
        .toList();
  }

  private List<NeuronRow> neurons() {
    List<NeuronRow> rows = new ArrayList<>();
    for (int g = 0; g < matches().size(); g++) {
      GroupMatch match = matches().get(g);
      NeuronChanges changes = outcome.changes().get(g);
      for (int leaf = 0; leaf < match.units(); leaf++) {
        String finding = finding(match, changes, leaf);
        if (finding != null) {
          rows.add(
              new NeuronRow(
                  runId,
                  modelId(),
                  new NeuronRow.Place(match.group(), leaf, match.sources()[leaf]),
                  new NeuronRow.Match(
                      finite(match.cosines()[leaf]),
                      finite(match.margins()[leaf]),
                      finite(changes.factor(leaf))),
                  finding,
                  match.certified()[leaf]));
        }
      }
    }
    return rows;
  }

  private static String finding(GroupMatch match, NeuronChanges changes, int leaf) {
    if (match.state(leaf) != MatchState.MATCHED) {
      return match.state(leaf).name();
    }
    if (changes.flipped(leaf)) {
      return "SIGN_FLIPPED";
    }
    return changes.rescaled(leaf) ? "RESCALED" : null;
  }

  /** Of the neurons whose place matters. */
  private static Margins margins(List<GroupMatch> matches) {
    int count = 0;
    float[] margins = new float[matches.stream().mapToInt(GroupMatch::units).sum()];
    for (GroupMatch match : matches) {
      for (int leaf = 0; leaf < match.units(); leaf++) {
        if (match.state(leaf) != MatchState.INTERCHANGEABLE
            && Float.isFinite(match.margins()[leaf])) {
          margins[count++] = match.margins()[leaf];
        }
      }
    }
    float[] kept = Arrays.copyOf(margins, count);
    Arrays.sort(kept);
    return count == 0
        ? new Margins(null, null)
        : new Margins((double) kept[0], (double) kept[count / 2]);
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
