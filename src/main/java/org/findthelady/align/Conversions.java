package org.findthelady.align;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.findthelady.checkpoint.Quantisation;

/** Says in words how two checkpoints are stored in different ways, and how they were aligned. */
final class Conversions {
  private final List<Counterpart> counterparts;

  Conversions(List<Counterpart> counterparts) {
    this.counterparts = counterparts;
  }

  /** For a verdict's reason; empty if both are stored alike. */
  String words() {
    List<String> all = new ArrayList<>();
    storage(Counterpart::suspect, Counterpart::reference).ifPresent(w -> all.add("stored in " + w));
    storage(Counterpart::reference, Counterpart::suspect)
        .ifPresent(w -> all.add("the reference is stored in " + w));
    folds(Counterpart::reference).ifPresent(n -> all.add(n + " of the suspect"));
    folds(Counterpart::suspect).ifPresent(n -> all.add(n + " of the reference"));
    long turned = counterparts.stream().filter(c -> c.suspect().order() != null).count();
    if (turned > 0) {
      all.add("axes of " + turned + " tensors lie in another order");
    }
    packed(Counterpart::suspect, "suspect").ifPresent(all::add);
    packed(Counterpart::reference, "reference").ifPresent(all::add);
    Map<PairingRule, Long> rules =
        new TreeMap<>(
            counterparts.stream()
                .collect(Collectors.groupingBy(Counterpart::rule, Collectors.counting())));
    if (!rules.keySet().equals(Set.of(PairingRule.NAME)) && !rules.isEmpty()) {
      all.add(
          "tensors were found "
              + rules.entrySet().stream()
                  .map(e -> e.getKey().plainWords() + " (" + e.getValue() + ")")
                  .collect(Collectors.joining(", ")));
    }
    return all.stream().map(words -> "; " + words).collect(Collectors.joining());
  }

  /** In words how weights of one side are quantised where the other's are not. */
  private Optional<String> storage(
      Function<Counterpart, View> side, Function<Counterpart, View> other) {
    Map<String, Integer> kinds = new TreeMap<>();
    int weights = 0;
    for (Counterpart pair : counterparts) {
      View view = side.apply(pair);
      if (view.source().shape().rank() < 2) {
        continue;
      }
      weights++;
      if (!view.source().dtype().floating() && other.apply(pair).source().dtype().floating()) {
        kinds.merge(storage(view), 1, Integer::sum);
      }
    }
    int all = weights;
    return kinds.isEmpty()
        ? Optional.empty()
        : Optional.of(
            kinds.entrySet().stream()
                .map(e -> "%s (%d of %d weights)".formatted(e.getKey(), e.getValue(), all))
                .collect(Collectors.joining(", ")));
  }

  private static String storage(View view) {
    Quantisation quantisation = view.quantisation();
    if (quantisation == null) {
      return "blocks of " + view.source().dtype();
    }
    String type =
        view.source()
            .dtype()
            .name()
            .replace("I", "int")
            .replace("U", "uint")
            .toLowerCase(Locale.ROOT);
    return type + (quantisation.axis() < 0 ? ", a scale per tensor" : ", a scale per channel");
  }

  private Optional<String> packed(Function<Counterpart, View> side, String whose) {
    long parts = counterparts.stream().filter(c -> side.apply(c).isPart()).count();
    long wholes =
        counterparts.stream()
            .filter(c -> side.apply(c).isPart())
            .map(c -> side.apply(c).source())
            .distinct()
            .count();
    return parts == 0
        ? Optional.empty()
        : Optional.of(
            "%d matrices are packed in %d tensors of the %s".formatted(parts, wholes, whose));
  }

  private Optional<String> folds(Function<Counterpart, View> side) {
    long folded =
        counterparts.stream().filter(c -> side.apply(c).fold() instanceof NormFold.Kernel).count();
    return folded == 0
        ? Optional.empty()
        : Optional.of("batch normalisation is folded into " + folded + " convolutions");
  }
}
