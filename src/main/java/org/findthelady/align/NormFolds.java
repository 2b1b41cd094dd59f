package org.findthelady.align;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.core.TensorInfo;

/** The batch normalisations of one side, and which kernels they have been folded into. */
final class NormFolds {
  /** Normalisations behind a kernel that may be its own, and before it. */
  private static final int BEHIND = 3;

  private static final int BEFORE = 2;

  private final List<TensorInfo> stored;
  private final List<BatchNorm> norms;
  private final Map<TensorInfo, Integer> places = new HashMap<>();
  private final Set<TensorInfo> terms = new HashSet<>();
  private final Map<BatchNorm, TensorInfo> kernels = new LinkedHashMap<>();
  private final Map<Integer, Integer> outputAxes = new HashMap<>();

  /**
   * @param stored all tensors of the side, in the order of storage
   * @param norms to be folded; none if the other side has some too
   */
  NormFolds(List<TensorInfo> stored, List<BatchNorm> norms) {
    this.stored = stored;
    this.norms = norms;
    stored.forEach(tensor -> places.put(tensor, places.size()));
    norms.forEach(norm -> terms.addAll(norm.terms()));
  }

  boolean isEmpty() {
    return norms.isEmpty();
  }

  /** Normalisations that a kernel has taken. */
  Set<BatchNorm> taken() {
    return kernels.keySet();
  }

  /** Whether a tensor is one of the four of a normalisation. */
  boolean isTerm(TensorInfo tensor) {
    return terms.contains(tensor);
  }

  /**
   * The normalisations near a kernel, on every axis that they fit; true for the next one behind it.
   */
  Map<NormFold, Boolean> near(TensorInfo kernel) {
    List<BatchNorm> before = new ArrayList<>();
    List<BatchNorm> behind = new ArrayList<>();
    for (BatchNorm norm : norms) {
      if (!axes(kernel, norm).isEmpty()) {
        (places.get(norm.mean()) < places.get(kernel) ? before : behind).add(norm);
      }
    }
    List<BatchNorm> near = new ArrayList<>(behind.subList(0, Math.min(BEHIND, behind.size())));
    near.addAll(before.subList(Math.max(0, before.size() - BEFORE), before.size()));
    Map<NormFold, Boolean> folds = new LinkedHashMap<>();
    for (BatchNorm norm : near) {
      for (int axis : axes(kernel, norm)) {
        folds.put(new NormFold.Kernel(norm, axis), !behind.isEmpty() && norm.equals(behind.get(0)));
      }
    }
    return folds;
  }

  private static List<Integer> axes(TensorInfo kernel, BatchNorm norm) {
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < kernel.shape().rank(); axis++) {
      if (kernel.shape().length(axis) == norm.length()) {
        axes.add(axis);
      }
    }
    return axes;
  }

  /**
   * How a kernel is seen that numbers do not tell: folded with the first normalisation near it that
   * is free, along the axis of other kernels' outputs.
   */
  ViewCandidates.Way next(ViewCandidates kernel) {
    int axis = outputAxes.getOrDefault(kernel.shape().rank(), 0);
    for (ViewCandidates.Way way : kernel.ways()) {
      if (way.fold() instanceof NormFold.Kernel fold
          && fold.axis() == axis
          && !kernels.containsKey(fold.norm())) {
        return way;
      }
    }
    return kernel.ways().get(0);
  }

  /**
   * Takes a normalisation for a kernel.
   *
   * @param fold anything else than a kernel's is passed over
   * @return what is wrong if another kernel has taken it
   */
  Optional<String> fold(NormFold fold, TensorInfo tensor) {
    if (!(fold instanceof NormFold.Kernel kernel)) {
      return Optional.empty();
    }
    outputAxes.put(tensor.shape().rank(), kernel.axis());
    return Optional.ofNullable(kernels.put(kernel.norm(), tensor))
        .map(
            other ->
                "batch normalisation '%s' fits both '%s' and '%s'"
                    .formatted(kernel.norm().shift().name(), other.name(), tensor.name()));
  }

  /** The tensors that a folded kernel takes in: all but the shift, which becomes its bias. */
  List<TensorInfo> around(NormFold fold, TensorInfo tensor) {
    if (!(fold instanceof NormFold.Kernel kernel)) {
      return List.of();
    }
    List<TensorInfo> around = new ArrayList<>(kernel.norm().terms());
    around.remove(kernel.norm().shift());
    ownBias(tensor).ifPresent(around::add);
    return around;
  }

  /** How a shift is seen: as the bias of the kernel that its normalisation is folded into. */
  NormFold bias(TensorInfo shift) {
    for (Map.Entry<BatchNorm, TensorInfo> entry : kernels.entrySet()) {
      if (entry.getKey().shift().equals(shift)) {
        return new NormFold.Bias(entry.getKey(), ownBias(entry.getValue()).orElse(null));
      }
    }
    return null;
  }

  /** The bias of a kernel's own layer. */
  private Optional<TensorInfo> ownBias(TensorInfo kernel) {
    String layer = BatchNorms.layer(kernel.name());
    return stored.stream()
        .filter(t -> t.shape().rank() == 1 && BatchNorms.layer(t.name()).equals(layer))
        .filter(t -> t.name().substring(layer.length()).startsWith("bias"))
        .findFirst();
  }
}
