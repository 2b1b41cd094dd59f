package org.findthelady.pair;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.RotaryDigit;
import org.findthelady.structure.RotaryLayout;
import org.findthelady.structure.Structure;

/** The layout of rotary rows that names stand for: whoever reads them turns these pairs. */
final class RotaryNames {
  private RotaryNames() {}

  /**
   * The layout that a checkpoint's names stand for; empty where it is not known. Of GGUF's
   * architectures only "llama" is, as others keep Hugging Face's rows under the same names.
   *
   * @see <a href="https://github.com/ggml-org/llama.cpp">convert_hf_to_gguf.py</a>
   */
  private static Optional<RotaryLayout> layout(Checkpoint checkpoint) {
    if (checkpoint.format().equals("gguf")) {
      return "llama".equals(checkpoint.metadata().get("general.architecture"))
          ? Optional.of(RotaryLayout.META)
          : Optional.empty();
    }
    for (TensorInfo tensor : checkpoint.tensors()) {
      if (tensor.name().endsWith(".self_attn.q_proj.weight")) {
        return Optional.of(RotaryLayout.HUGGING_FACE);
      }
      if (tensor.name().endsWith(".attention.wq.weight")) {
        return Optional.of(RotaryLayout.META);
      }
    }
    return Optional.empty();
  }

  /**
   * Tensors whose rows lie as on the other side though both sides' names stand for other layouts,
   * or the other way round.
   *
   * @param turned whether the rows of one side lie in the other layout than those of the other
   */
  static Set<String> broken(PairContext context, boolean turned) {
    Optional<RotaryLayout> converted = layout(context.reference());
    Optional<RotaryLayout> original = layout(context.suspect());
    boolean known = converted.isPresent() && original.isPresent();
    if (!known || turned == !converted.equals(original)) {
      return Set.of();
    }
    Structure structure = context.structure();
    return structure.rotary().stream()
        .filter(digit -> dimensions(structure, digit) > 2)
        .map(RotaryDigit::tensor)
        .collect(Collectors.toSet());
  }

  /** Of two dimensions both layouts are the same. */
  private static int dimensions(Structure structure, RotaryDigit digit) {
    return structure
        .axes(digit.tensor())
        .get(digit.axis())
        .segments()
        .get(digit.segment())
        .factors()
        .get(digit.factor())
        .size();
  }
}
