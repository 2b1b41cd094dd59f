package org.findthelady.align;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One way of naming tensors, and what its names are in the common one.
 *
 * @param name for reports
 * @param tensors templates such as {@code layers.{i}.attention.wq.weight} with their common names
 * @param endings of any name, with what stands in their place
 * @param ignored names of tensors that hold nothing of their own; {@code *} stands for any text
 * @param config what a config.json would say: words, or metadata of the checkpoint after an
 *     {@code @}
 */
record Vocabulary(
    String name,
    Map<Pattern, String> tensors,
    Map<String, String> endings,
    List<Pattern> ignored,
    Map<String, String> config) {

  /** A template as a pattern: {@code {i}} is a number. */
  static Pattern pattern(String template) {
    return Pattern.compile(
        Pattern.compile("(?=\\{\\w+})|(?<=})")
            .splitAsStream(template)
            .map(
                piece ->
                    piece.startsWith("{")
                        ? "(?<" + piece.substring(1, piece.length() - 1) + ">\\d{1,9})"
                        : Pattern.quote(piece).replace("*", "\\E.*\\Q"))
            .collect(Collectors.joining()));
  }

  /** The common name; empty for a name that this vocabulary does not have. */
  Optional<String> common(String name) {
    for (Map.Entry<Pattern, String> entry : tensors.entrySet()) {
      Matcher matcher = entry.getKey().matcher(name);
      if (matcher.matches()) {
        String common = entry.getValue();
        Matcher placeholder = Pattern.compile("\\{(\\w+)}").matcher(common);
        return Optional.of(placeholder.replaceAll(found -> matcher.group(found.group(1))));
      }
    }
    for (Map.Entry<String, String> ending : endings.entrySet()) {
      if (name.endsWith(ending.getKey())) {
        String stem = name.substring(0, name.length() - ending.getKey().length());
        return Optional.of(stem + ending.getValue());
      }
    }
    return Optional.empty();
  }

  boolean ignores(String name) {
    return ignored.stream().anyMatch(p -> p.matcher(name).matches());
  }
}
