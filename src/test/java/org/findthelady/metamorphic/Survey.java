package org.findthelady.metamorphic;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.findthelady.core.Verdict;
import org.findthelady.job.LocalPair;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.findthelady.structure.GroupPermutations;

/** Audits mutations and says how right the audit was. */
final class Survey {
  enum Score {
    HIT,
    PARTIAL,
    HIDDEN,
    WRONG
  }

  record Line(String network, String mutation, boolean shuffled, Score score, String said) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-8s %-12s %-22s %-8s %s",
          score,
          network,
          mutation,
          shuffled ? "shuffled" : "in place",
          said);
    }
  }

  private final Path folder;
  final List<Line> lines = new ArrayList<>();
  private final boolean nameless;
  private int count;
  private int asked;

  /**
   * @param nameless whether names, configuration and graph are taken away from both sides
   */
  Survey(Path folder, boolean nameless) {
    this.folder = folder;
    this.nameless = nameless;
  }

  /** Audits every mutation, in place and shuffled; or one audit of so many. */
  void add(String name, Network network, List<Mutation> mutations, int oneOf) throws IOException {
    GroupPermutations order = GroupPermutations.random(network.structure, 11);
    for (Mutation mutation : mutations) {
      for (GroupPermutations moved : Arrays.asList(null, order)) {
        if (asked++ % oneOf == 0) {
          lines.add(audit(name, network, mutation, moved));
        }
      }
    }
  }

  private Line audit(String name, Network network, Mutation mutation, GroupPermutations order)
      throws IOException {
    Network moved = order == null ? mutation.suspect().copy() : mutation.suspect().shuffled(order);
    Network suspect = mutation.late().apply(moved);
    PairOutcome outcome = audited(network, suspect);
    Set<String> touched = touched(network, mutation.whole());
    List<Finding> findings = findings(outcome, network);
    String said =
        outcome.audited()
            ? outcome.verdict()
                + ": "
                + outcome.judgement().reason()
                + findings.stream()
                    .limit(4)
                    .map(Finding::text)
                    .collect(Collectors.joining(" | ", " [", "] " + findings.size()))
            : outcome.notAudited().inWords();
    return new Line(
        name,
        mutation.name(),
        order != null,
        score(outcome, findings, mutation.expected(), network, touched),
        said);
  }

  private PairOutcome audited(Network network, Network suspect) throws IOException {
    Path file = folder.resolve("s" + count++);
    if (!nameless) {
      return LocalPair.resync(network.file, suspect.write(file), null, null, network.choice);
    }
    Path reference = network.nameless().write(folder.resolve("r" + count));
    Path numbered = suspect.nameless().write(file);
    return LocalPair.resync(reference, numbered, null, null, StructureChoice.AUTOMATIC);
  }

  /** The findings by the names that the network has. */
  private List<Finding> findings(PairOutcome outcome, Network network) {
    List<String> names = List.copyOf(network.tensors.keySet());
    return outcome.findings().stream()
        .map(
            f ->
                nameless && f.tensor().matches("t\\d+")
                    ? new Finding(
                        f.kind(),
                        names.get(Integer.parseInt(f.tensor().substring(1))),
                        f.group(),
                        f.unit(),
                        f.source(),
                        f.size(),
                        f.explains(),
                        f.confidence())
                    : f)
        .toList();
  }

  private static Set<String> touched(Network network, Network suspect) {
    return network.tensors.keySet().stream()
        .filter(
            name ->
                suspect.get(name) == null
                    || suspect.get(name).type() != network.get(name).type()
                    || !Arrays.equals(suspect.values(name), network.values(name)))
        .collect(Collectors.toSet());
  }

  private static Score score(
      PairOutcome outcome,
      List<Finding> findings,
      Expected expected,
      Network network,
      Set<String> touched) {
    if (!outcome.audited() || !outcome.verdict().isCopy()) {
      return Score.WRONG;
    }
    boolean otherTensor =
        findings.stream()
            .anyMatch(f -> network.get(f.tensor()) != null && !touched.contains(f.tensor()));
    boolean otherUnit =
        expected.unit() >= 0
            && findings.stream()
                .filter(f -> !f.group().isEmpty())
                .anyMatch(f -> f.unit() >= 0 && f.unit() != expected.unit());
    boolean otherSign =
        !expected.kinds().isEmpty()
            && !expected.kinds().contains(FindingKind.UNIT_SIGN_TURNED)
            && findings.stream().anyMatch(f -> f.kind() == FindingKind.UNIT_SIGN_TURNED);
    if (otherTensor || otherUnit || otherSign) {
      return Score.WRONG;
    }
    boolean silent =
        outcome.verdict() == Verdict.IDENTICAL || outcome.verdict() == Verdict.PERMUTED;
    if (silent && !expected.verdicts().contains(outcome.verdict())) {
      return Score.HIDDEN;
    }
    if (!expected.verdicts().contains(outcome.verdict())) {
      return Score.WRONG;
    }
    if (expected.kinds().isEmpty()) {
      return outcome.judgement().reason().contains(expected.reason()) ? Score.HIT : Score.PARTIAL;
    }
    if (!outcome.judgement().reason().contains(expected.reason())) {
      return Score.PARTIAL;
    }
    List<String> wanted =
        expected.tensor() == null ? List.copyOf(touched) : List.of(expected.tensor());
    boolean all =
        wanted.stream()
            .allMatch(tensor -> findings.stream().anyMatch(f -> fits(f, expected, tensor)));
    if (all) {
      return Score.HIT;
    }
    boolean some = findings.stream().anyMatch(f -> Objects.equals(f.tensor(), wanted.get(0)));
    return some || !findings.isEmpty() ? Score.PARTIAL : Score.HIDDEN;
  }

  private static boolean fits(Finding finding, Expected expected, String tensor) {
    boolean size =
        Double.isNaN(expected.size())
            || Math.abs(finding.size() - expected.size()) <= 0.12 * expected.size();
    return finding.tensor().equals(tensor)
        && expected.kinds().contains(finding.kind())
        && (finding.unit() == expected.unit() || expected.unit() == Expected.ANY_UNIT)
        && size;
  }

  /** Audits of that score. */
  long count(Score score) {
    return lines.stream().filter(line -> line.score() == score).count();
  }

  /** Hits, partial, hidden and wrong, by network. */
  String table() {
    TreeMap<String, List<Line>> table = new TreeMap<>();
    for (Line line : lines) {
      table.computeIfAbsent(line.network(), k -> new ArrayList<>()).add(line);
      table.computeIfAbsent("~ all", k -> new ArrayList<>()).add(line);
    }
    StringBuilder text = new StringBuilder();
    table.forEach(
        (network, audits) -> {
          text.append("%-14s".formatted(network));
          for (Score score : Score.values()) {
            long count = audits.stream().filter(line -> line.score() == score).count();
            text.append(" %s %3d".formatted(score.name().toLowerCase(Locale.ROOT), count));
          }
          text.append('\n');
        });
    return text.toString();
  }
}
