package org.findthelady.pair;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Packing;

/** Says how packed weights bear on what is said of a pair. */
final class PackingWords {
  private PackingWords() {}

  /** In which schemes the two are stored, where they are not stored alike; empty if they are. */
  static String conversions(Checkpoint reference, Checkpoint suspect) {
    Map<String, Integer> ours = schemes(reference.packing());
    Map<String, Integer> theirs = schemes(suspect.packing());
    if (ours.equals(theirs)) {
      return "";
    }
    return said("; stored in ", theirs) + said("; the reference is stored in ", ours);
  }

  private static Map<String, Integer> schemes(Packing packing) {
    return new TreeMap<>(packing.schemes());
  }

  private static String said(String before, Map<String, Integer> schemes) {
    return schemes.isEmpty()
        ? ""
        : schemes.entrySet().stream()
            .map(e -> e.getKey() + " (" + e.getValue() + " weights)")
            .collect(Collectors.joining(", ", before, ""));
  }

  /** Why codes of a pair cannot be compared; empty if all are decoded. */
  static Optional<String> undecoded(Checkpoint reference, Checkpoint suspect) {
    String words =
        Stream.of(
                said("the reference's ", reference.packing()),
                said("the suspect's ", suspect.packing()))
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining("; "));
    return Optional.of(words).filter(text -> !text.isEmpty());
  }

  private static String said(String whose, Packing packing) {
    return packing.undecoded().isEmpty() ? "" : whose + packing.undecodedWords();
  }
}
