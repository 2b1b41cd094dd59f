package org.findthelady.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.findthelady.core.Verdict;

/**
 * One pair in a sentence and a short table, for a terminal or for programs.
 *
 * @param row what was found
 * @param layers every tensor that was compared
 * @param notes what a reader should know
 */
public record PairSummary(ModelRow row, List<LayerRow> layers, List<String> notes) {
  private static final int SHOWN = 8;
  private static final String RESET = "\u001b[0m";

  public PairSummary {
    layers = List.copyOf(layers);
    notes = List.copyOf(notes);
  }

  /**
   * For people.
   *
   * @param colour whether the terminal shows colours
   */
  public String text(boolean colour) {
    String sentence = OwnerSentence.of(row, layers) + ".";
    StringBuilder text = new StringBuilder();
    text.append(colour ? colour(row.verdict()) + sentence + RESET : sentence).append('\n');
    line(text, "verdict", row.verdict() + " (" + row.verdict().plainWords() + ")");
    line(text, "because", Words.printable(row.reason()));
    if (row.counts().neurons() > 0) {
      line(
          text,
          "neurons",
          "%s of %s moved"
              .formatted(Words.count(row.counts().moved()), Words.count(row.counts().neurons())));
    }
    long changed = layers.stream().filter(layer -> !layer.sameNumbers()).count();
    long otherwise = layers.stream().filter(layer -> !layer.bytesEqual()).count() - changed;
    if (!layers.isEmpty()) {
      line(
          text,
          "tensors",
          "%s of %s changed%s"
              .formatted(
                  Words.count(changed),
                  Words.count(layers.size()),
                  otherwise == 0
                      ? ""
                      : ", %s hold the same numbers in another way"
                          .formatted(Words.count(otherwise))));
    }
    most(text);
    notes.stream().limit(SHOWN).forEach(note -> line(text, "note", Words.printable(note)));
    return text.toString();
  }

  /** The tensors that changed most. */
  private void most(StringBuilder text) {
    List<LayerRow> most =
        layers.stream()
            .filter(layer -> !layer.sameNumbers() && layer.likeness().relativeL2() != null)
            .sorted(
                Comparator.comparingDouble((LayerRow layer) -> layer.likeness().relativeL2())
                    .reversed())
            .limit(SHOWN)
            .toList();
    if (most.isEmpty() || !row.verdict().isCopy()) {
      return;
    }
    text.append(String.format(Locale.ROOT, "%n%-10s %-10s %s%n", "CHANGE", "COSINE", "TENSOR"));
    for (LayerRow layer : most) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-10s %-10s %s%n",
              Words.number(layer.likeness().relativeL2()),
              Words.number(layer.likeness().cosine()),
              Words.printable(layer.stored().tensor())));
    }
    text.append('\n');
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "  %-9s %s%n", name, value));
  }

  private static String colour(Verdict verdict) {
    return verdict.isCopy()
        ? "\u001b[1;31m"
        : verdict == Verdict.UNRELATED ? "\u001b[1;32m" : "\u001b[1;33m";
  }

  /** For programs. */
  public String json() {
    JsonMapper mapper = JsonMapper.builder().build();
    ObjectNode root = mapper.createObjectNode();
    root.put("verdict", row.verdict().name());
    root.put("sentence", OwnerSentence.of(row, layers));
    root.put("reason", row.reason());
    root.put("reference", row.names().reference());
    root.put("suspect", row.names().suspect());
    root.put("structure", row.names().structure());
    root.put("neurons", row.counts().neurons());
    root.put("moved", row.counts().moved());
    root.put("cosine", row.closeness().cosine());
    root.put("relative_l2", row.closeness().relativeL2());
    ArrayNode tensors = root.putArray("tensors");
    for (LayerRow layer : layers) {
      ObjectNode tensor = tensors.addObject();
      tensor.put("tensor", layer.stored().tensor());
      tensor.put("bytes_equal", layer.bytesEqual());
      tensor.put("cosine", layer.likeness().cosine());
      tensor.put("relative_l2", layer.likeness().relativeL2());
    }
    ArrayNode said = root.putArray("notes");
    notes.forEach(said::add);
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
