package org.findthelady.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a verdict means for the owner of the reference, in one sentence; numbers come after. */
public final class OwnerSentence {
  /** Cosine of the weights from which on a change is called light. */
  private static final double LIGHT = 0.9;

  private final ModelRow row;
  private final List<LayerRow> layers;

  private OwnerSentence(ModelRow row, List<LayerRow> layers) {
    this.row = row;
    this.layers = layers;
  }

  /**
   * The sentence for one pair, without a full stop.
   *
   * @param row what was found
   * @param layers every tensor that was compared
   */
  public static String of(ModelRow row, List<LayerRow> layers) {
    return new OwnerSentence(row, layers).words();
  }

  /** With a capital, unless it begins with a name. */
  static String capitalised(String sentence) {
    return sentence.startsWith("the ") || sentence.startsWith("nothing ")
        ? Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1)
        : sentence;
  }

  private String words() {
    String reference =
        row.verdict().isCopy()
            ? Words.printable(row.names().referenceId())
            : name(row.names().reference());
    String suspect = Words.printable(row.names().modelId());
    long compared = row.size().referencesCompared();
    if (reference.equals(suspect)) {
      reference = "the reference " + reference;
      suspect = "the suspect " + suspect;
    }
    return switch (row.verdict()) {
      case IDENTICAL -> suspect + " is " + reference + ": the same weights in the same order";
      case PERMUTED ->
          suspect + " is " + reference + ": the same weights, only " + order() + " differs";
      case RESCALED -> suspect + " is " + reference + " with some neurons scaled, " + place();
      case ROTATED ->
          suspect + " is " + reference + " in another basis, which computes the same function";
      case DERIVED ->
          suspect
              + " has a common origin with "
              + reference
              + ": "
              + (layers.isEmpty() ? "" : place() + ", ")
              + how();
      case UNRELATED ->
          compared > 1
              ? suspect + " is none of the " + compared + " references that it was compared with"
              : suspect + " is not " + reference + ": its weights are no more alike than by chance";
      case UNDECIDED ->
          "nothing proves or rules out that "
              + suspect
              + " is "
              + (compared > 1
                  ? "one of the " + compared + " references that it was compared with"
                  : reference);
      case INCOMPARABLE -> suspect + " shares no weights with " + reference + " to compare";
      case UNREADABLE -> suspect + " cannot be read";
    };
  }

  private String order() {
    return row.counts().moved() == 0
        ? "the layout"
        : String.format(Locale.ROOT, "the order of %,d neurons", row.counts().moved());
  }

  /** A few neurons that seem to have moved, and of which none need have, were hardly shuffled. */
  private String place() {
    long moved = row.counts().moved();
    long neurons = row.counts().neurons();
    if (moved == 0) {
      return "same order";
    }
    return moved <= row.counts().ambiguous() && 2 * moved < neurons
        ? String.format(
            Locale.ROOT,
            "same order but for %,d of %,d neurons, whose place is not sure",
            moved,
            neurons)
        : String.format(Locale.ROOT, "%,d neurons shuffled", moved);
  }

  private String how() {
    List<LayerRow> changed = layers.stream().filter(layer -> !layer.sameNumbers()).toList();
    if (changed.isEmpty()) {
      return "parts added or left out";
    }
    List<String> how = new ArrayList<>();
    if (row.reason().contains("of the changed weights are zero")) {
      how.add("pruned");
    }
    if (row.reason().contains("quantised")) {
      how.add("quantised");
    }
    if ((row.reason() + ";").contains("; a faithful conversion;")) {
      how.clear();
      how.add("converted to another type, faithfully");
    }
    if (row.reason().contains("; a cast to ")) {
      how.clear();
      how.add("rounded to a narrower type");
    }
    if (how.isEmpty()) {
      boolean light = row.closeness().cosine() != null && row.closeness().cosine() >= LIGHT;
      how.add(light ? "fine-tuned or changed lightly" : "changed strongly");
    }
    if (2 * changed.size() < layers.size()) {
      how.add("%d of %d tensors".formatted(changed.size(), layers.size()));
    }
    return String.join(", ", how);
  }

  private static String name(String path) {
    String bare = path.replaceAll("/+$", "");
    return Words.printable(bare.substring(bare.lastIndexOf('/') + 1));
  }
}
