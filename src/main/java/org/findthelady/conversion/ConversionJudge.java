package org.findthelady.conversion;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.findthelady.align.Overlap;
import org.findthelady.core.DType;
import org.findthelady.match.kernel.Thresholds;

/**
 * Turns counts into an answer. What a scheme's compiler does is seen from most of its tensors:
 * whether it rounds to nearest, and whether its scales keep the usual rule. A tensor is then held
 * to that, so that one which differs stands out.
 */
public final class ConversionJudge {
  /** Steps to the nearest level, at most. */
  private static final double NEAREST = 0.5;

  private final List<CheckedTensor> tensors;
  private final Map<String, List<CheckedTensor>> bySchemes;
  private final Map<String, Optional<DType>> first = new HashMap<>();
  private final Map<String, Boolean> feedsBack = new HashMap<>();
  private final Map<String, Boolean> keepsRule = new HashMap<>();
  private final Map<String, Boolean> showsFirst = new HashMap<>();
  private final Map<String, Map<Double, Long>> zeros = new HashMap<>();
  private final List<String> notes = new ArrayList<>();

  public ConversionJudge(List<CheckedTensor> tensors) {
    this.tensors = tensors;
    this.bySchemes =
        tensors.stream()
            .filter(tensor -> tensor.scheme() != null)
            .collect(
                Collectors.groupingBy(
                    tensor -> tensor.scheme().words(), TreeMap::new, Collectors.toList()));
  }

  /**
   * The answer.
   *
   * @param overlap of the converted checkpoint and the original
   */
  public Conversion conversion(Overlap overlap) {
    List<TensorFidelity> judged = tensors.stream().map(this::tensor).toList();
    Fidelity worst =
        judged.stream()
            .map(TensorFidelity::fidelity)
            .max(Fidelity::compareTo)
            .orElse(Fidelity.NOT_ALL_CHECKED);
    if (!overlap.isWhole() && worst.compareTo(Fidelity.NOT_ALL_CHECKED) < 0) {
      worst = Fidelity.NOT_ALL_CHECKED;
    }
    noteWhatIsAllowedFor(overlap);
    Map<String, Integer> schemes = new TreeMap<>();
    Map<String, Double> unseen = new TreeMap<>();
    bySchemes.forEach((words, all) -> schemes.put(words, all.size()));
    bySchemes.keySet().forEach(words -> unseen.put(words, unseenSteps(words)));
    long all = elements(judged, Fidelity.values());
    long unknown = elements(judged, Fidelity.NOT_ALL_CHECKED);
    return new Conversion(
        worst, schemes, unseen, all - unknown, unknown, judged, notes.stream().distinct().toList());
  }

  private void noteWhatIsAllowedFor(Overlap overlap) {
    if (!overlap.words().isEmpty()) {
      notes.add(
          overlap
              .words()
              .replaceFirst("^; ", "")
              .replace("the reference", "the converted checkpoint")
              .replace("the suspect", "the original"));
    }
    tensors.stream()
        .filter(CheckedTensor::onePlus)
        .map(tensor -> tensor.pair().reference().source().name())
        .reduce((first, second) -> first)
        .ifPresent(name -> notes.add("norms such as '%s' are stored as 1 + w".formatted(name)));
    tensors.stream()
        .filter(tensor -> tensor.scheme() != null && !tensor.rounded().isEmpty())
        .flatMap(tensor -> first(tensor.scheme().words()).stream())
        .collect(Collectors.groupingBy(type -> type, TreeMap::new, Collectors.counting()))
        .forEach(
            (type, count) ->
                notes.add("numbers of %d tensors were rounded to %s first".formatted(count, type)));
    long scaled =
        tensors.stream().filter(tensor -> tensor.scaled() != CheckedTensor.Scaled.NO).count();
    if (scaled > 0) {
      notes.add(
          "inputs were scaled before they were converted, as AWQ does, and scaled back by what lies before: %d tensors"
              .formatted(scaled));
    }
    noteZeros();
    long vanished = tensors.stream().mapToLong(tensor -> tally(tensor).vanished).sum();
    if (vanished > 0) {
      notes.add(
          "%d blocks became zeros: their numbers are below the smallest scale of their scheme"
              .formatted(vanished));
    }
  }

  /** What of blocks of zeros changes no value, and may go unseen. */
  private void noteZeros() {
    long open = 0;
    long without = 0;
    for (CheckedTensor tensor : tensors) {
      ZeroBlocks zeros = tensor.scheme() == null ? null : tally(tensor).zeros;
      if (zeros != null) {
        open += zeros.open(zeros(tensor.scheme()), tensor.scheme().zeroScale());
        without += zeros.withoutScale();
      }
    }
    if (open > 0) {
      notes.add(
          "%d blocks are zeros: another scale there changes no value and may go unseen"
              .formatted(open));
    }
    if (without > 0) {
      notes.add(
          "%d blocks have a scale of zero: another code there changes no value and goes unseen"
              .formatted(without));
    }
  }

  private static long elements(List<TensorFidelity> tensors, Fidelity... of) {
    return tensors.stream()
        .filter(tensor -> List.of(of).contains(tensor.fidelity()))
        .mapToLong(TensorFidelity::elements)
        .sum();
  }

  private TensorFidelity tensor(CheckedTensor checked) {
    if (checked.scheme() == null) {
      return told(checked, "", Fidelity.NOT_ALL_CHECKED, 0, List.of());
    }
    Scheme scheme = checked.scheme();
    Tally tally = tally(checked);
    boolean feedback = isLoose(checked);
    boolean ruled = keepsRule(scheme);
    List<BlockFinding> odd =
        tally.zeros == null || (feedback && tally.fedBack != null)
            ? List.of() // Errors that are fed back make numbers of zeros.
            : tally.zeros.odd(zeros(scheme), scheme.zeroScale());
    List<BlockFinding> findings = tally.findings(feedback, ruled, odd);
    if (findings.isEmpty() && feedback && isWithoutFirst(checked, scheme, tally)) {
      findings = List.of(tally.fedBack.first());
      notes.add(
          "'%s': no column is rounded to nearest, as that which is converted first is in others"
              .formatted(checked.pair().reference().source().name()));
    }
    Fidelity fidelity =
        !findings.isEmpty()
            ? Fidelity.NOT_FAITHFUL
            : feedback && tally.codesOff > 0 ? Fidelity.WITHIN_TOLERANCE : Fidelity.FAITHFUL;
    if (fidelity == Fidelity.WITHIN_TOLERANCE) {
      notes.add(
          checked.scaled() == CheckedTensor.Scaled.FITTED
              ? scheme.words()
                  + ": factors of inputs were fitted, which leaves codes off by a little; a single code by one level may go unseen"
              : tolerance(scheme));
    }
    return told(checked, scheme.words(), fidelity, tally.off(feedback), findings);
  }

  /** Whether codes of a tensor need not be the nearest levels. */
  private boolean isLoose(CheckedTensor checked) {
    return checked.scaled() == CheckedTensor.Scaled.FITTED
        || feedsBack.computeIfAbsent(
            checked.scheme().words(), words -> feedsBack(checked.scheme()));
  }

  private double unseenSteps(String scheme) {
    return bySchemes.get(scheme).stream().mapToDouble(this::unseenSteps).max().orElse(NEAREST);
  }

  /** Steps that a code of a tensor may be from its number before it is told. */
  private double unseenSteps(CheckedTensor checked) {
    if (!isLoose(checked)) {
      return NEAREST;
    }
    Tally tally = tally(checked);
    return tally.fedBack != null && checked.scaled() != CheckedTensor.Scaled.FITTED
        ? tally.fedBack.mostSteps()
        : Math.max(1, checked.scheme().feedbackSteps());
  }

  /** Whether a tensor lacks the column that was converted first, which most of its scheme show. */
  private boolean isWithoutFirst(CheckedTensor checked, Scheme scheme, Tally tally) {
    return checked.scaled() == CheckedTensor.Scaled.NO
        && tally.fedBack != null
        && tally.fedBack.first() != null
        && showsFirst.computeIfAbsent(
            scheme.words(),
            words -> {
              List<Tally> all =
                  tallies(scheme).stream().filter(other -> other.fedBack != null).toList();
              long without = all.stream().filter(other -> other.fedBack.first() != null).count();
              return 2 * without < all.size();
            });
  }

  /** How many blocks of zeros have each scale. */
  private Map<Double, Long> zeros(Scheme scheme) {
    return zeros.computeIfAbsent(
        scheme.words(),
        words ->
            tallies(scheme).stream()
                .filter(tally -> tally.zeros != null)
                .flatMap(tally -> tally.zeros.counts().entrySet().stream())
                .collect(
                    Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.summingLong(Map.Entry::getValue))));
  }

  private String tolerance(Scheme scheme) {
    if (scheme.isPlain()) {
      return "numbers were cast to %s by rounding towards zero, not to the nearest"
          .formatted(scheme.words());
    }
    if (scheme.feedsBack()) {
      double worst = tallies(scheme).stream().mapToDouble(tally -> tally.worst).max().orElse(0);
      return String.format(
          Locale.ROOT,
          "%s: its compiler fed errors back; codes are up to %.1f steps from their numbers, and a single code up to %.1f steps off, or a single scale, may go unseen",
          scheme.words(),
          worst,
          unseenSteps(scheme.words()));
    }
    return "%s: its compiler searched; codes are within %.0f steps, %.0f on average over a block, and changes within that may go unseen"
        .formatted(scheme.words(), scheme.feedbackSteps(), Thresholds.FEEDBACK_BLOCK_STEPS);
  }

  /** The counts of a tensor as its scheme's compiler took the original's numbers. */
  private Tally tally(CheckedTensor checked) {
    return checked.scheme() == null
        ? checked.tally()
        : checked.tally(first(checked.scheme().words()).orElse(null));
  }

  private List<Tally> tallies(Scheme scheme) {
    return bySchemes.get(scheme.words()).stream().map(this::tally).toList();
  }

  /**
   * The type that a scheme's compiler rounded the original's numbers to before it converted them:
   * that which leaves fewer tensors with codes that are off than the numbers as they are, or as
   * many of them with less than half of such codes.
   */
  private Optional<DType> first(String scheme) {
    return first.computeIfAbsent(
        scheme,
        words -> {
          List<CheckedTensor> all = bySchemes.get(words);
          long elements = all.stream().mapToLong(CheckedTensor::elements).sum();
          if (codesOff(all, null) <= 1 + Thresholds.FIRST_ROUNDED_SHARE * elements) {
            return Optional.empty(); // A type's rounding makes ties, which then excuse any code.
          }
          DType best = null;
          for (DType type : TensorCheck.FIRST) {
            long fewer = off(all, best) - off(all, type);
            if (fewer > 0 || (fewer == 0 && 2 * codesOff(all, type) < codesOff(all, best))) {
              best = type;
            }
          }
          return Optional.ofNullable(best);
        });
  }

  private static long off(List<CheckedTensor> tensors, DType first) {
    return tensors.stream().filter(tensor -> tensor.tally(first).codesOff > 0).count();
  }

  private static long codesOff(List<CheckedTensor> tensors, DType first) {
    return tensors.stream().mapToLong(tensor -> tensor.tally(first).codesOff).sum();
  }

  private TensorFidelity told(
      CheckedTensor checked,
      String scheme,
      Fidelity fidelity,
      long codes,
      List<BlockFinding> findings) {
    return new TensorFidelity(
        checked.pair().suspect().source().name(),
        checked.pair().reference().source().name(),
        scheme,
        fidelity,
        checked.elements(),
        codes,
        tally(checked).worst,
        findings);
  }

  /**
   * Whether the tensors of a scheme that may feed errors back are not rounded to nearest: most, as
   * a layer whose inputs go apart has nothing to feed back, and an importance matrix does not know
   * every tensor; all where numbers were cast.
   */
  private boolean feedsBack(Scheme scheme) {
    double share = scheme.searches() ? Thresholds.SEARCHED_SHARE : Thresholds.ROUNDED_SHARE;
    List<Tally> all =
        bySchemes.get(scheme.words()).stream()
            .filter(tensor -> tensor.scaled() != CheckedTensor.Scaled.FITTED)
            .map(this::tally)
            .filter(tally -> tally.elements > 0)
            .toList();
    long off = all.stream().filter(tally -> tally.codesOff > share * tally.elements).count();
    if (scheme.searches() && scheme.rule() != null && keepsRule(scheme)) {
      return false; // Who searches for scales keeps no rule for them.
    }
    return scheme.isPlain()
        ? off == all.size()
        : (scheme.feedsBack() || scheme.searches()) && 2 * off > all.size();
  }

  /** Whether the scales of a scheme keep its rule, all but few. */
  private boolean keepsRule(Scheme scheme) {
    return keepsRule.computeIfAbsent(
        scheme.words(),
        words ->
            tallies(scheme).stream()
                .filter(tally -> tally.ruledBlocks > 0)
                .anyMatch(tally -> tally.scalesOff <= Thresholds.RULE_SHARE * tally.ruledBlocks));
  }
}
