package org.findthelady.structure;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The terms of a normalisation, told by the last part of a tensor's name. */
public enum NormTerm {
  /** Factor of each unit. */
  GAIN,
  /** What is added to each unit. */
  SHIFT,
  /** What a batch normalisation takes off. */
  MEAN,
  /** By whose root a batch normalisation divides. */
  VARIANCE;

  /** What libraries add to a variance before they take its root, the most common first. */
  public static final List<Double> EPSILONS = List.of(1e-5, 1e-3, 0.0, 1e-6, 1e-8, 1e-4, 1e-12);

  /** The term that a tensor is, if its name tells one. */
  public static Optional<NormTerm> of(String tensor) {
    String part = tensor.substring(layer(tensor).length()).toLowerCase(Locale.ROOT);
    if (part.contains("mean")) {
      return Optional.of(MEAN);
    }
    if (part.contains("var")) {
      return Optional.of(VARIANCE);
    }
    if (part.contains("bias") || part.contains("beta")) {
      return Optional.of(SHIFT);
    }
    return part.contains("weight") || part.contains("gamma") || part.contains("scale")
        ? Optional.of(GAIN)
        : Optional.empty();
  }

  /** What stands before the last part of a tensor's name: its layer. */
  public static String layer(String tensor) {
    int end = Math.max(tensor.lastIndexOf('.'), tensor.lastIndexOf('/'));
    return end < 0 ? "" : tensor.substring(0, end);
  }
}
