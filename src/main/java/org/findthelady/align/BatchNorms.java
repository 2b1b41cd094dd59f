package org.findthelady.align;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.core.TensorInfo;

/** Finds the batch normalisations of a checkpoint by what their four terms are called. */
final class BatchNorms {
  /** PyTorch's default; Keras' is in {@link #EPSILONS} too. Checkpoints do not say it. */
  static final double EPSILON = 1e-5;

  /** What frameworks take for epsilon: PyTorch, Keras. */
  static final List<Double> EPSILONS = List.of(EPSILON, 1e-3);

  private static final List<String> SCALE = List.of("weight", "gamma:0", "gamma");
  private static final List<String> SHIFT = List.of("bias", "beta:0", "beta");
  private static final List<String> MEAN = List.of("running_mean", "moving_mean:0", "moving_mean");
  private static final List<String> VARIANCE =
      List.of("running_var", "moving_variance:0", "moving_variance");

  private BatchNorms() {}

  /** In the order of storage. */
  static List<BatchNorm> of(List<TensorInfo> tensors) {
    Map<String, Map<String, TensorInfo>> byLayer = new LinkedHashMap<>();
    for (TensorInfo tensor : tensors) {
      if (tensor.shape().rank() == 1) {
        byLayer
            .computeIfAbsent(layer(tensor.name()), l -> new LinkedHashMap<>())
            .put(tensor.name().substring(layer(tensor.name()).length()), tensor);
      }
    }
    List<BatchNorm> norms = new ArrayList<>();
    for (Map<String, TensorInfo> terms : byLayer.values()) {
      Optional<TensorInfo> mean = term(terms, MEAN);
      Optional<TensorInfo> variance = term(terms, VARIANCE);
      Optional<TensorInfo> shift = term(terms, SHIFT);
      if (mean.isPresent() && variance.isPresent() && shift.isPresent()) {
        BatchNorm norm =
            new BatchNorm(
                term(terms, SCALE).orElse(null), shift.get(), mean.get(), variance.get(), EPSILON);
        if (norm.terms().stream().allMatch(t -> t.shape().equals(mean.get().shape()))) {
          norms.add(norm);
        }
      }
    }
    return norms;
  }

  /** The name up to the last separator, with it. */
  static String layer(String name) {
    return name.substring(0, Math.max(name.lastIndexOf('.'), name.lastIndexOf('/')) + 1);
  }

  private static Optional<TensorInfo> term(Map<String, TensorInfo> terms, List<String> names) {
    return names.stream().filter(terms::containsKey).map(terms::get).findFirst();
  }
}
