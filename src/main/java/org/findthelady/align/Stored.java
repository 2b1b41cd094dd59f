package org.findthelady.align;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.core.TensorInfo;

/** The tensors of one checkpoint of a pair, with what their integers stand for. */
final class Stored {
  private final Checkpoint checkpoint;
  private final Map<String, TensorInfo> inOrder = new LinkedHashMap<>();
  private final Map<TensorInfo, View> parts;
  private final List<TensorInfo> tensors;

  Stored(Checkpoint checkpoint) {
    this(checkpoint, Map.of());
  }

  /**
   * @param parts tensors that are parts of stored ones, with how they are seen; they stand for the
   *     stored ones
   */
  Stored(Checkpoint checkpoint, Map<TensorInfo, View> parts) {
    this.checkpoint = checkpoint;
    this.parts = parts;
    Set<TensorInfo> whole = new HashSet<>();
    parts.values().forEach(view -> whole.add(view.source()));
    List<TensorInfo> all = new ArrayList<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      if (!whole.contains(tensor)) {
        all.add(tensor);
      } else {
        parts.forEach(
            (part, view) -> {
              if (view.source().equals(tensor)) {
                all.add(part);
              }
            });
      }
    }
    this.tensors = List.copyOf(all);
    tensors.forEach(t -> inOrder.put(t.name(), t));
  }

  /** The same with more parts. */
  Stored withParts(Map<TensorInfo, View> more) {
    Map<TensorInfo, View> all = new LinkedHashMap<>(parts);
    all.putAll(more);
    return new Stored(checkpoint, all);
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  /** In the format's order; parts in the place of what they are parts of. */
  List<TensorInfo> tensors() {
    return tensors;
  }

  /** By name, in order of names. */
  Map<String, TensorInfo> sorted() {
    return new TreeMap<>(inOrder);
  }

  /** What the integers of a tensor stand for; null if they are numbers. */
  Quantisation quantisation(TensorInfo tensor) {
    return tensor.dtype().floating() || parts.containsKey(tensor)
        ? null
        : Quantisation.of(checkpoint, tensor.name()).orElse(null);
  }

  /** Whether a tensor stands for real numbers, however they are stored. */
  boolean isReal(TensorInfo tensor) {
    return tensor.dtype().floating() || isQuantised(tensor);
  }

  /** Whether a tensor holds real numbers as integers or in blocks. */
  boolean isQuantised(TensorInfo tensor) {
    return (tensor.dtype().decodable() && tensor.dtype().blockElements() > 1)
        || quantisation(tensor) != null;
  }

  /** Counters, masks and other integers that no neuron owns. */
  boolean isBuffer(TensorInfo tensor) {
    return !isReal(tensor) || tensor.shape().rank() == 0;
  }

  /** The tensor as the other checkpoint sees it, under its own name. */
  View view(TensorInfo tensor) {
    View part = parts.get(tensor);
    if (part != null) {
      return part;
    }
    return isQuantised(tensor) ? view(tensor, tensor.name(), null, null) : View.stored(tensor);
  }

  View view(TensorInfo tensor, String name, NormFold fold, int[] order) {
    View part = parts.get(tensor);
    if (part != null) {
      boolean turned = !View.isStraight(order) && part.excerpt() instanceof BlockExcerpt;
      return View.part(
          name,
          part.source(),
          turned ? ((BlockExcerpt) part.excerpt()).turned(order) : part.excerpt());
    }
    return View.values(name, tensor, quantisation(tensor), fold, order);
  }

  /** The tensor as the other checkpoint sees it; its bytes if nothing has to be made of them. */
  View seen(TensorInfo tensor, String name, NormFold fold, int[] order) {
    return fold == null
            && View.isStraight(order)
            && !isQuantised(tensor)
            && !parts.containsKey(tensor)
        ? View.stored(tensor)
        : view(tensor, name, fold, order);
  }
}
