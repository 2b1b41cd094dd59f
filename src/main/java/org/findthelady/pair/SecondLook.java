package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.structure.Structure;

/**
 * Reads tensors of which all is changed a second time, in order, to tell what explains the whole
 * difference: a cast, rounding to equal steps, or a matrix of low rank.
 */
final class SecondLook {
  /** Numbers of a tensor, and of all of them, that are read again at most. */
  private static final long MOST_ELEMENTS = 1 << 22;

  private static final long MOST_TOGETHER = 1 << 25;

  private static final Set<FindingKind> WHOLE =
      EnumSet.of(
          FindingKind.QUANTISED,
          FindingKind.PRUNED,
          FindingKind.WEIGHTS_CHANGED,
          FindingKind.REPLACED,
          FindingKind.TERMS_CHANGED);

  private final MatchedPair matched;
  private final PairContext context;

  /** Tensors of which units changed that have several slices, and how many; 0 once told finer. */
  private final Map<String, Integer> coarse = new TreeMap<>();

  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Integer> rounded = new TreeMap<>();
  private final Set<String> looked = new HashSet<>();
  private final Set<String> settled = new HashSet<>();
  private int mostBits;
  private int drifted;
  private final Map<DType, Integer> cast = new EnumMap<>(DType.class);
  private int other;
  private long elements;

  private SecondLook(MatchedPair matched) {
    this.matched = matched;
    this.context = matched.context();
  }

  /** Looks at the tensors of some findings again. */
  static SecondLook at(
      MatchedPair matched, MatchOptions options, List<Finding> findings, Execution execution)
      throws IOException {
    PairContext context = matched.context();
    return at(
        matched,
        findings,
        context.compared(),
        asked -> execution.look(context, options, matched.match(), asked));
  }

  /** How tensors are looked at again. */
  interface Looker {
    /** What came of each of some tensors. */
    List<TensorLook> look(List<TensorLook.Asked> asked) throws IOException;
  }

  /** Looks at the tensors of some findings again, in a way of one's own. */
  static SecondLook at(
      MatchedPair matched, List<Finding> findings, List<TensorInfo> compared, Looker looker)
      throws IOException {
    SecondLook look = new SecondLook(matched);
    findings.stream()
        .filter(look::isCoarse)
        .forEach(finding -> look.coarse.merge(finding.tensor(), 1, Integer::sum));
    Map<String, TensorInfo> tensors =
        compared.stream().collect(Collectors.toMap(TensorInfo::name, Function.identity()));
    List<Boolean> again = new ArrayList<>();
    List<TensorLook.Asked> asked = new ArrayList<>();
    for (Finding finding : findings) {
      TensorInfo tensor = tensors.get(finding.tensor());
      again.add(look.mayTell(finding, tensor));
      if (again.get(again.size() - 1)) {
        asked.add(new TensorLook.Asked(finding, tensor));
      }
    }
    Iterator<TensorLook> told = looker.look(asked).iterator();
    for (int i = 0; i < findings.size(); i++) {
      look.add(findings.get(i), again.get(i) ? told.next() : null);
    }
    look.findings.removeIf(look::isSettled);
    look.withoutTwice();
    return look;
  }

  private void add(Finding finding, TensorLook look) {
    other += finding.kind() == FindingKind.STORED_OTHERWISE ? 1 : 0;
    if (isCoarse(finding)) {
      addFiner(finding, look);
      return;
    }
    if (look == null) {
      findings.add(finding);
      return;
    }
    // Where no cast explains a factor it stays what it was told to be.
    findings.addAll(isSlight(finding) && !look.settles() ? List.of(finding) : look.findings());
    if (look.settles()) {
      settled.add(finding.tensor());
    }
    if (look.cast() != null) {
      cast.merge(look.cast(), 1, Integer::sum);
    }
    if (look.rounded() != null) {
      rounded.merge(look.rounded().where(), 1, Integer::sum);
      mostBits = Math.max(mostBits, look.rounded().bits());
    }
    drifted += look.drifted() && !isSlight(finding) ? 1 : 0;
  }

  /** Whether it is a factor that rounding makes of a row that one number dominates. */
  private static boolean isSlight(Finding finding) {
    boolean factor =
        finding.kind() == FindingKind.UNIT_SCALED || finding.kind() == FindingKind.TENSOR_SCALED;
    return factor && Math.abs(finding.size() - 1) <= Thresholds.ROUNDED_FACTOR;
  }

  /** Units that changed, or, where each did in one slice, these slices in place of all of them. */
  private void addFiner(Finding finding, TensorLook look) {
    int units = coarse.get(finding.tensor());
    if (look != null && look.findings().size() <= units) {
      findings.addAll(look.findings());
      coarse.put(finding.tensor(), 0);
    } else if (units > 0) {
      findings.add(finding);
    }
  }

  /** Whether a unit changed that is more than one slice of the tensor, such as a head. */
  private boolean isCoarse(Finding finding) {
    String tensor = finding.tensor();
    if (finding.kind() != FindingKind.UNIT_CHANGED
        || context.structure().stackOf(tensor).isPresent()) {
      return false;
    }
    Optional<TensorInfo> own =
        context.compared().stream().filter(info -> info.name().equals(tensor)).findFirst();
    return own.isPresent()
        && matched.match().groups().stream()
            .filter(group -> group.group().equals(finding.group()))
            .flatMap(group -> group.members().stream())
            .anyMatch(
                m ->
                    m.tensor().equals(tensor)
                        && m.width() * own.get().shape().length(m.axis())
                            > own.get().shape().elements());
  }

  /** Whether it was guessed at a tensor of which something else explains every difference. */
  private boolean isSettled(Finding finding) {
    return !finding.explains()
        && finding.kind() != FindingKind.NOT_FINITE
        && settled.contains(finding.tensor());
  }

  /** Leaves out what was found of one unit of one tensor before. */
  private void withoutTwice() {
    Set<List<Object>> seen = new HashSet<>();
    findings.removeIf(
        f -> f.unit() >= 0 && !seen.add(List.of(f.tensor(), f.group(), f.unit(), f.source())));
  }

  private boolean mayTell(Finding finding, TensorInfo tensor) {
    // Few zeros may all lie in a few units.
    boolean few = finding.kind() == FindingKind.PRUNED && finding.size() <= Thresholds.ODD_SHARE;
    boolean whole =
        WHOLE.contains(finding.kind()) && (!finding.explains() || few) && finding.unit() < 0;
    boolean all =
        (whole || isSlight(finding) || isCoarse(finding)) && !looked.contains(finding.tensor());
    Structure structure = context.structure();
    boolean ordered =
        structure.axes().containsKey(finding.tensor())
            || structure.stackOf(finding.tensor()).isPresent()
            || structure.groups().isEmpty();
    if (!all || !ordered || tensor == null || tensor.shape().elements() > MOST_ELEMENTS) {
      return false;
    }
    elements += tensor.shape().elements();
    return elements <= MOST_TOGETHER && looked.add(finding.tensor());
  }

  /** The findings, told more exactly where that was possible. */
  List<Finding> findings() {
    return findings;
  }

  /** Whether rounding, and nothing else, changed the weights. */
  boolean allRounded() {
    return !rounded.isEmpty() && count(rounded) + other + count(cast) == findings.size();
  }

  /** Whether some unit was scaled or turned. */
  boolean tellsFactors() {
    return count(FindingKind.UNIT_SCALED) + count(FindingKind.UNIT_SIGN_TURNED) > 0;
  }

  /** Whether rounding explains all that differs in some tensor. */
  boolean tellsBits() {
    return !rounded.isEmpty();
  }

  /** The judgement; of rows that no order moves too, if factors are all that differs on them. */
  Judgement rescaled(Judgement judgement) {
    long turned = count(FindingKind.UNIT_SIGN_TURNED);
    long scaled = count(FindingKind.UNIT_SCALED);
    boolean all = !findings.isEmpty() && turned + scaled == findings.size();
    if (!all || judgement.verdict() != Verdict.DERIVED) {
      return judgement;
    }
    String words = turned > 0 ? turned + " neurons had their sign turned" : "";
    words += turned > 0 && scaled > 0 ? ", " : "";
    words += scaled > 0 ? scaled + " neurons were scaled" : "";
    return new Judgement(Verdict.RESCALED, words + "; every direction holds");
  }

  private long count(FindingKind kind) {
    return findings.stream().filter(finding -> finding.kind() == kind).count();
  }

  private static int count(Map<?, Integer> tensors) {
    return tensors.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** In words; empty if it told nothing. */
  String words() {
    StringBuilder words = new StringBuilder();
    if (!rounded.isEmpty()) {
      words.append(
          "; quantised to %d bits: rounding to the nearest level explains all that differs in %d"
                  .formatted(mostBits, count(rounded))
              + " tensors (%s)%s"
                  .formatted(
                      String.join("; ", rounded.keySet()),
                      allRounded() ? ": every difference" : ""));
    }
    if (drifted > 0) {
      words.append(
          "; %d tensors differ by a matrix of low rank, as a merged adapter makes it"
              .formatted(drifted));
    }
    cast.forEach(
        (type, count) ->
            words.append(
                "; a cast to %s explains all that differs in %d tensors".formatted(type, count)));
    return words.toString();
  }
}
