package org.findthelady.align;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which names of two checkpoints are the same behind prefixes that wrappers put in front, on either
 * side and several deep: {@code _orig_mod.module.layers.0.w} and {@code model.layers.0.w}. A prefix
 * counts by the number of names that it explains, so none has to be known.
 */
final class NamePairs {
  /** Words that wrappers put in front of a name at most. */
  private static final int DEEPEST = 5;

  /** Names with one ending that are tried for a prefix; more say nothing. */
  private static final int MOST_ALIKE = 64;

  /** What stands in front of equal endings on the two sides. */
  record Prefixes(String ours, String theirs) {
    int length() {
      return ours.length() + theirs.length();
    }
  }

  private final Map<String, String> theirsByOurs = new LinkedHashMap<>();
  private final List<Prefixes> prefixes = new ArrayList<>();

  /** Pairs names; each has one partner at most. */
  NamePairs(List<String> ours, List<String> theirs) {
    List<String> ourLeft = new ArrayList<>(ours);
    List<String> theirLeft = new ArrayList<>(theirs);
    for (Prefixes next = best(ourLeft, theirLeft); next != null; ) {
      Map<String, String> bare = new HashMap<>();
      for (String their : theirLeft) {
        if (their.startsWith(next.theirs())) {
          bare.put(their.substring(next.theirs().length()), their);
        }
      }
      for (String our : List.copyOf(ourLeft)) {
        String their =
            our.startsWith(next.ours()) ? bare.get(our.substring(next.ours().length())) : null;
        if (their != null) {
          theirsByOurs.put(our, their);
          ourLeft.remove(our);
          theirLeft.remove(their);
        }
      }
      prefixes.add(next);
      next = best(ourLeft, theirLeft);
    }
  }

  /** The suspect's name for one of the reference; null if there is none. */
  String theirs(String ours) {
    return theirsByOurs.get(ours);
  }

  /** All prefixes that were taken off, the ones that explain most names first. */
  List<Prefixes> prefixes() {
    return List.copyOf(prefixes);
  }

  /** The prefixes that pair most of the names; null if no two names end alike. */
  private static Prefixes best(List<String> ours, List<String> theirs) {
    Map<String, List<String>> byEnding = new HashMap<>();
    for (String their : theirs) {
      for (String prefix : fronts(their)) {
        byEnding
            .computeIfAbsent(their.substring(prefix.length()), k -> new ArrayList<>())
            .add(prefix);
      }
    }
    Map<Prefixes, Integer> votes = new HashMap<>();
    for (String our : ours) {
      for (String prefix : fronts(our)) {
        List<String> same = byEnding.getOrDefault(our.substring(prefix.length()), List.of());
        if (same.size() <= MOST_ALIKE) {
          same.forEach(other -> votes.merge(new Prefixes(prefix, other), 1, Integer::sum));
        }
      }
    }
    return votes.entrySet().stream()
        .max(
            Map.Entry.<Prefixes, Integer>comparingByValue()
                .thenComparing(
                    Map.Entry.comparingByKey(
                        Comparator.comparingInt(Prefixes::length)
                            .thenComparing(Prefixes::ours)
                            .thenComparing(Prefixes::theirs)
                            .reversed())))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  /**
   * What may be a wrapper's prefix of a name: nothing, or whole words of letters in front. What is
   * left has two words at least, or is the whole name.
   */
  private static List<String> fronts(String name) {
    List<String> fronts = new ArrayList<>();
    fronts.add("");
    int at = 0;
    for (int depth = 0; depth < DEEPEST; depth++) {
      int dot = name.indexOf('.', at);
      if (dot < 0 || name.indexOf('.', dot + 1) < 0 || endsInDigit(name, at, dot)) {
        break;
      }
      at = dot + 1;
      fronts.add(name.substring(0, at));
    }
    return fronts;
  }

  /** A number in front is the place of a layer, and no wrapper. */
  private static boolean endsInDigit(String name, int from, int to) {
    return from == to || Character.isDigit(name.charAt(to - 1));
  }

  /** The name with its numbers taken out, and the numbers. */
  record Template(String words, List<Integer> numbers) {
    static Template of(String name) {
      StringBuilder words = new StringBuilder();
      List<Integer> numbers = new ArrayList<>();
      for (int i = 0; i < name.length(); ) {
        int end = i;
        while (end < name.length() && end - i < 9 && Character.isDigit(name.charAt(end))) {
          end++;
        }
        if (end > i) {
          numbers.add(Integer.parseInt(name.substring(i, end)));
          words.append('#');
          i = end;
        } else {
          words.append(name.charAt(i++));
        }
      }
      return new Template(words.toString(), List.copyOf(numbers));
    }
  }

  /** Names by template, in order of the first of each. */
  static Map<String, Map<List<Integer>, String>> templates(List<String> names) {
    Map<String, Map<List<Integer>, String>> all = new LinkedHashMap<>();
    for (String name : names) {
      Template template = Template.of(name);
      all.computeIfAbsent(
              template.words(),
              k ->
                  new TreeMap<>(
                      Comparator.comparing((List<Integer> n) -> n.isEmpty() ? -1 : n.get(0))
                          .thenComparing(List::toString)))
          .put(template.numbers(), name);
    }
    return all;
  }
}
