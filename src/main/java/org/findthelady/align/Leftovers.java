package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.TrainingState.Companion;

/**
 * Explains tensors without counterpart by others of the same side: a tied head that was written
 * out, a layer that is there twice. A tie is one tensor under several names; it moves as that does.
 */
final class Leftovers {
  private static final int NAMED = 3;

  private final List<String> remarks = new ArrayList<>();
  private final Map<TensorInfo, Companion> followers = new HashMap<>();

  /** What was found, in words. */
  List<String> remarks() {
    return remarks;
  }

  /** Tensors of the suspect that are another of its tensors under a second name. */
  Map<TensorInfo, Companion> followers() {
    return followers;
  }

  /**
   * Takes ties of one side out of what is left.
   *
   * @param all tensors of the side
   * @param left those without counterpart
   * @param ofSuspect whether they must move
   * @return those that are ties
   */
  List<TensorInfo> ties(
      List<TensorInfo> all, List<TensorInfo> left, TensorKeys keys, boolean ofSuspect)
      throws IOException {
    Map<TensorInfo, TensorInfo> twins = twins(all, left, keys);
    Set<TensorInfo> originals = new HashSet<>(twins.values());
    if (twins.isEmpty()) {
      return List.of();
    }
    if (originals.size() > 1) {
      List<String> names = twins.keySet().stream().map(TensorInfo::name).sorted().toList();
      remarks.add(
          "%d tensors of the %s repeat others byte for byte: %s%s"
              .formatted(
                  twins.size(),
                  ofSuspect ? "suspect" : "reference",
                  String.join(", ", names.subList(0, Math.min(NAMED, names.size()))),
                  names.size() > NAMED ? " and more" : ""));
      return List.of();
    }
    twins.forEach(
        (tie, original) -> {
          remarks.add(
              "'%s' of the %s equals its '%s'"
                  .formatted(tie.name(), ofSuspect ? "suspect" : "reference", original.name()));
          if (ofSuspect) {
            followers.put(tie, new Companion(original.name(), "tied " + tie.name()));
          }
        });
    return List.copyOf(twins.keySet());
  }

  /** For each tensor that is left the first one with a counterpart that holds the same. */
  private static Map<TensorInfo, TensorInfo> twins(
      List<TensorInfo> all, List<TensorInfo> left, TensorKeys keys) throws IOException {
    Set<TensorInfo> alone = new HashSet<>(left);
    Map<String, Kind> kinds = new HashMap<>();
    left.forEach(tensor -> kinds.put(kind(tensor), new Kind(new ArrayDeque<>(), new HashMap<>())));
    for (TensorInfo other : all) {
      Kind kind = alone.contains(other) ? null : kinds.get(kind(other));
      if (kind != null) {
        kind.unread().add(other);
      }
    }
    Map<TensorInfo, TensorInfo> twins = new HashMap<>();
    for (TensorInfo tensor : left) {
      Kind kind = kinds.get(kind(tensor));
      if (tensor.shape().rank() >= 2 && !kind.isEmpty() && !keys.isConstant(tensor)) {
        TensorInfo twin = kind.first(keys.of(tensor), keys);
        if (twin != null) {
          twins.put(tensor, twin);
        }
      }
    }
    return twins;
  }

  private static String kind(TensorInfo tensor) {
    return tensor.dtype() + " " + tensor.shape();
  }

  /**
   * Tensors of one type and shape.
   *
   * @param unread those whose content is not known yet
   * @param first the first one of each content that is
   */
  private record Kind(Deque<TensorInfo> unread, Map<String, TensorInfo> first) {
    boolean isEmpty() {
      return unread.isEmpty() && first.isEmpty();
    }

    TensorInfo first(String content, TensorKeys keys) throws IOException {
      while (!first.containsKey(content) && !unread.isEmpty()) {
        TensorInfo next = unread.remove();
        first.putIfAbsent(keys.of(next), next);
      }
      return first.get(content);
    }
  }
}
