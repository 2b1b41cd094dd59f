package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/** A checkpoint whose packed weights are being looked for: what is stored, and what was found. */
final class PackedSearch {
  private static final int LONGEST_TEXT_BYTES = 1 << 16;

  private final Map<String, TensorInfo> byName = new LinkedHashMap<>();
  private final QuantisationConfig config;
  private final TensorReader reader;
  private final Map<String, List<PackedWeight>> found = new HashMap<>();
  private final Map<String, List<String>> undecoded = new LinkedHashMap<>();
  private final Set<String> parts = new HashSet<>();
  private final Set<String> named = new HashSet<>();

  PackedSearch(Checkpoint checkpoint, QuantisationConfig config, TensorReader reader) {
    checkpoint.tensors().forEach(t -> byName.put(t.name(), t));
    this.config = config;
    this.reader = reader;
  }

  QuantisationConfig config() {
    return config;
  }

  /** The tensors that are part of nothing yet and whose names end so, in the format's order. */
  List<TensorInfo> ending(String ending) {
    return byName.values().stream()
        .filter(t -> t.name().endsWith(ending) && !parts.contains(t.name()))
        .toList();
  }

  /** A stored tensor that is part of nothing yet. */
  Optional<TensorInfo> tensor(String name) {
    return Optional.ofNullable(byName.get(name)).filter(t -> !parts.contains(name));
  }

  /** A stored tensor of one of some types that is part of nothing yet. */
  Optional<TensorInfo> tensor(String name, DType... types) {
    return tensor(name).filter(t -> List.of(types).contains(t.dtype()));
  }

  /** The values of a small tensor. */
  float[] floats(TensorInfo tensor) throws IOException {
    return reader.readFloats(tensor);
  }

  /** The bytes of a small tensor as text; empty if they are too many. */
  Optional<String> text(TensorInfo tensor) throws IOException {
    return tensor.length() > LONGEST_TEXT_BYTES
        ? Optional.empty()
        : Optional.of(new String(reader.readAll(tensor), StandardCharsets.UTF_8));
  }

  /** What a weight is seen as. */
  static TensorInfo shown(String name, TensorInfo codes, long... lengths) {
    Shape shape = Shape.of(lengths);
    return new TensorInfo(
        name, DType.F32, shape, codes.file(), codes.offset(), DType.F32.bytes(shape));
  }

  /**
   * Takes a weight, unless another tensor has its name.
   *
   * @param others stored tensors that say nothing more once the weight is seen
   */
  void take(PackedWeight weight, TensorInfo... others) {
    String codes = weight.parts().get(0).name();
    String name = weight.shown().name();
    if (!name.equals(codes) && (byName.containsKey(name) || found(name).isPresent())) {
      return;
    }
    if (weight instanceof ScaledWeight scaled && !scaled.fits()) {
      undecoded(weight.scheme() + ", with terms of another number", weight.parts().get(0));
      return;
    }
    found.put(codes, List.of(weight));
    weight.parts().forEach(part -> parts.add(part.name()));
    for (TensorInfo other : others) {
      parts.add(other.name());
    }
  }

  /** A weight that was taken, by the name that it is shown under. */
  Optional<PackedWeight> found(String shown) {
    return found.values().stream()
        .flatMap(List::stream)
        .filter(weight -> weight.shown().name().equals(shown))
        .findFirst();
  }

  /**
   * Takes several weights in the place of one tensor.
   *
   * @param name of the tensor, or of the weight that it was taken for
   */
  void takeApart(String name, List<PackedWeight> weights) {
    if (weights.stream().anyMatch(weight -> byName.containsKey(weight.shown().name()))) {
      return;
    }
    String codes = found(name).map(weight -> weight.parts().get(0).name()).orElse(name);
    found.put(codes, List.copyOf(weights));
    parts.add(codes);
  }

  /**
   * Leaves out scales of what runs through layers, which belong to no weight.
   *
   * @return how many there are
   */
  int leaveOut(List<String> endings) {
    int before = parts.size();
    endings.forEach(
        ending ->
            ending(ending).stream()
                .filter(t -> t.shape().elements() <= 1)
                .forEach(t -> parts.add(t.name())));
    return parts.size() - before;
  }

  /** Names a scheme that the program cannot decode. */
  void undecoded(String scheme, TensorInfo codes) {
    undecoded.computeIfAbsent(scheme, s -> new ArrayList<>()).add(codes.name());
    named.add(codes.name());
    parts.add(codes.name());
  }

  /** Tensors in order, packed ones at the place of their codes. */
  List<TensorInfo> shown() {
    List<TensorInfo> shown = new ArrayList<>();
    for (TensorInfo tensor : byName.values()) {
      List<PackedWeight> weights = found.get(tensor.name());
      if (weights != null) {
        weights.forEach(weight -> shown.add(weight.shown()));
      } else if (!parts.contains(tensor.name()) || isUndecoded(tensor)) {
        shown.add(tensor);
      }
    }
    return shown;
  }

  private boolean isUndecoded(TensorInfo tensor) {
    return named.contains(tensor.name());
  }

  List<PackedWeight> weights() {
    return byName.keySet().stream()
        .flatMap(name -> found.getOrDefault(name, List.of()).stream())
        .toList();
  }

  Map<String, List<String>> undecoded() {
    return undecoded;
  }
}
