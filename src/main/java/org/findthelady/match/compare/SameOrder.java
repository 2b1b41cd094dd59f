package org.findthelady.match.compare;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.match.rows.Weights;

/**
 * Whether the units of a suspect lie in the reference's order, told without knowing which axes
 * carry which units (method 3.11). Units of a model that was trained apart are exchangeable:
 * nothing ties the order in which its units match the reference's to their places. So the test is
 * exact for every axis of hidden units. Axes of words or classes are not exchangeable, which is why
 * all long axes of a tensor must pass, and most of the tensors.
 *
 * @param tensors what was found of each tensor that could be tested
 */
public record SameOrder(List<TensorInPlace> tensors) implements Serializable {

  /** Chooses the order in which tensors are tested; the same for all runs. */
  private static final long SEED = 20231214;

  public SameOrder {
    tensors = List.copyOf(tensors);
  }

  /**
   * Tests tensors in a random order, until so many are in another order that the rest cannot
   * outweigh them, or none of the first few is in place; reads a bounded part of each.
   *
   * @param names of tensors that both sides have in equal shapes; vectors are no evidence
   */
  public static SameOrder of(List<String> names, Weights reference, Weights suspect)
      throws IOException {
    List<String> matrices =
        names.stream()
            .filter(name -> reference.has(name) && suspect.has(name))
            .filter(name -> reference.shape(name).rank() >= 2)
            .collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(matrices, new Random(SEED));
    List<TensorInPlace> tensors = new ArrayList<>();
    int elsewhere = 0;
    for (String name : matrices) {
      TensorInPlace tensor = TensorInPlace.of(name, reference, suspect);
      if (tensor.axes() > 0) {
        tensors.add(tensor);
        elsewhere += isInPlace(tensor) ? 0 : 1;
      }
      if (elsewhere > (1 - Thresholds.IN_PLACE_SHARE) * matrices.size()
          || (elsewhere == tensors.size() && elsewhere >= Thresholds.NONE_IN_PLACE)) {
        break;
      }
    }
    return new SameOrder(tensors);
  }

  /** Whether the suspect was made of the reference and its units were left where they were. */
  public boolean holds() {
    return inPlace() >= needed()
        && (tensors.size() > 1 || logP() < Thresholds.ALONE_IN_PLACE_LOG_P);
  }

  /** Tensors that must be in place; a network of one weight tensor has no second one. */
  private int needed() {
    int share = (int) Math.ceil(Thresholds.IN_PLACE_SHARE * tensors.size());
    return Math.max(tensors.size() == 1 ? 1 : Thresholds.IN_PLACE_TENSORS, share);
  }

  /** Tensors whose units are in the reference's order. */
  public long inPlace() {
    return tensors.stream().filter(SameOrder::isInPlace).count();
  }

  private static boolean isInPlace(TensorInPlace tensor) {
    return tensor.logP() < Thresholds.IN_PLACE_LOG_P;
  }

  /**
   * Natural logarithm of the probability that a model trained apart looks as much in place. The
   * weakest of the tensors that must be in place bounds it.
   */
  public double logP() {
    int needed = needed();
    double[] sorted = tensors.stream().mapToDouble(TensorInPlace::logP).sorted().toArray();
    return sorted.length < needed ? 0 : sorted[needed - 1];
  }

  /** Units that were tested, over all tensors. */
  public long units() {
    return tensors.stream().mapToLong(TensorInPlace::units).sum();
  }

  /** What was found, in words with numbers. */
  public String words() {
    double cosine = tensors.stream().mapToDouble(TensorInPlace::cosine).average().orElse(0);
    double random = tensors.stream().mapToDouble(TensorInPlace::shuffledCosine).average().orElse(0);
    return String.format(
        Locale.ROOT,
        "%d of %d weight tensors are in the reference's order, mean cosine %.3f where the same rows"
            + " in a random order give %.3f",
        inPlace(),
        tensors.size(),
        cosine,
        random);
  }
}
