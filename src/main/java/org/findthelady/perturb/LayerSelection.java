package org.findthelady.perturb;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.findthelady.core.Shape;

/**
 * Which tensors are perturbed: those of rank two and more (every convolution and linear weight)
 * whose name fits one of the patterns; biases and normalisation terms too if wanted.
 *
 * @param patterns globs over whole tensor names, divided by commas: {@code *} is any run of
 *     characters, {@code ?} one; {@code *} alone selects all
 * @param terms whether tensors of rank one are perturbed too
 */
public record LayerSelection(String patterns, boolean terms) implements Serializable {
  public LayerSelection {
    if (patterns.isBlank()) {
      throw new IllegalArgumentException("no layer pattern; * selects all");
    }
  }

  /** Weights alone. */
  public LayerSelection(String patterns) {
    this(patterns, false);
  }

  /** Every convolution and linear weight, every bias and every normalisation term. */
  public static LayerSelection everything() {
    return new LayerSelection("*", true);
  }

  /** Every convolution and linear weight. */
  public static LayerSelection all() {
    return new LayerSelection("*");
  }

  /** Whether the tensor is a selected weight. */
  public boolean selects(String tensor, Shape shape) {
    return shape.rank() >= (terms ? 1 : 2) && names(tensor);
  }

  /** Whether the name fits, whatever the rank. */
  public boolean names(String tensor) {
    for (String glob : patterns.split(",", -1)) {
      if (fits(glob.strip(), tensor)) {
        return true;
      }
    }
    return false;
  }

  private static boolean fits(String glob, String name) {
    List<String> pieces = new ArrayList<>();
    for (String run : glob.split("\\*", -1)) {
      List<String> literals = new ArrayList<>();
      for (String literal : run.split("\\?", -1)) {
        literals.add(Pattern.quote(literal));
      }
      pieces.add(String.join(".", literals));
    }
    return Pattern.compile(String.join(".*", pieces), Pattern.DOTALL).matcher(name).matches();
  }

  /** For descriptions: empty for all, else {@code " on PATTERNS"}. */
  String suffix() {
    return (terms ? ", terms too" : "") + (patterns.equals("*") ? "" : " on " + patterns);
  }
}
