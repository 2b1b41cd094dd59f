package org.findthelady.conversion;

import java.io.IOException;
import java.util.Optional;
import org.findthelady.align.View;
import org.findthelady.checkpoint.Levels;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.checkpoint.ScaleKind;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.BlockTemplate;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.kernel.Thresholds;

/**
 * How one converted tensor is stored.
 *
 * @param words for people, the same for all tensors of a scheme
 * @param levels what its codes could stand for; null for numbers that stand alone
 * @param rule how its scales are usually made; null for none
 * @param scaleLevels levels of a block's scale where that is a code itself; 0 where it is not
 * @param feedbackSteps steps that a code may be from its number where the scheme searches or feeds
 *     errors back; 0 where it never does
 * @param clips whether numbers beyond the last level are a finding
 * @param zeroScale the scale of a block of zeros; null where it follows from other things
 */
record Scheme(
    String words,
    Levels levels,
    ScaleRule rule,
    int scaleLevels,
    double feedbackSteps,
    boolean clips,
    ZeroScale zeroScale) {
  private static final double LEGACY_STEPS = 1;

  /** Whether its compiler may have fed errors back into later numbers. */
  boolean feedsBack() {
    return feedbackSteps >= Thresholds.FEEDBACK_STEPS;
  }

  /** Whether its compiler may have searched for scales after it made codes. */
  boolean searches() {
    return feedbackSteps > 0 && !feedsBack();
  }

  /** The same where numbers were multiplied by factors that are known only nearly. */
  Scheme fitted() {
    return new Scheme(
        words, levels, rule, scaleLevels, Thresholds.INPUT_SCALES_STEPS, clips, zeroScale);
  }

  /** Numbers that stand alone. */
  boolean isPlain() {
    return levels == null;
  }

  /**
   * The scheme of a tensor of the converted checkpoint; empty if it is not known.
   *
   * @param packed weight that the tensor stands for; null if it is stored as it is shown
   */
  static Optional<Scheme> of(PackedWeight packed, View view, TensorReader reader)
      throws IOException {
    TensorInfo source = view.source();
    DType type = source.dtype();
    if (packed != null) {
      return packed(packed, reader, type);
    }
    Optional<BlockTemplate> template = BlockTemplate.of(type);
    if (template.isPresent()) {
      TemplateLevels levels = new TemplateLevels(source, template.get(), reader);
      return Optional.of(
          new Scheme(
              type.name(),
              levels,
              ScaleRule.of(type),
              scaleLevels(type),
              isLegacy(type) ? LEGACY_STEPS : 0,
              type != DType.Q1_0 && type != DType.Q2_0,
              ZeroScale.of(type)));
    }
    Quantisation quantisation = view.quantisation();
    if (quantisation != null) {
      String words =
          type + (quantisation.axis() < 0 ? ", a scale per tensor" : ", a scale per channel");
      return Optional.of(
          new Scheme(words, new IntegerLevels(source, quantisation), null, 0, 0, true, null));
    }
    return type.blockElements() == 1 ? Optional.of(plain(type)) : Optional.empty();
  }

  private static Optional<Scheme> packed(PackedWeight packed, TensorReader reader, DType type)
      throws IOException {
    Optional<Levels> levels = packed.levels(reader);
    if (levels.isEmpty()) {
      boolean alone = packed.shown().dtype() == packed.parts().get(0).dtype();
      return alone ? Optional.of(plain(type)) : Optional.empty();
    }
    boolean feedback = packed.scaleKind() == ScaleKind.FED_BACK;
    return Optional.of(
        new Scheme(
            packed.scheme().replaceFirst("(?<=int\\d), .*", ""),
            levels.get(),
            ScaleRule.of(packed.scaleKind()),
            0,
            feedback ? Thresholds.FEEDBACK_STEPS : 0,
            true,
            ZeroScale.of(packed.scaleKind(), levels.get())));
  }

  private static Scheme plain(DType type) {
    return new Scheme(type.name(), null, null, 0, 0, false, null);
  }

  private static int scaleLevels(DType type) {
    return switch (type) {
      case Q2_K -> 15;
      case Q3_K, IQ4_XS -> 31;
      case Q4_K, Q5_K -> 63;
      case Q6_K -> 127;
      default -> 0;
    };
  }

  /** Types whose codes an importance matrix may move by a step. */
  private static boolean isLegacy(DType type) {
    return switch (type) {
      case Q4_0, Q4_1, Q5_0, Q5_1, IQ4_NL, IQ4_XS -> true;
      default -> false;
    };
  }
}
