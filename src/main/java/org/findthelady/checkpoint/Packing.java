package org.findthelady.checkpoint;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.findthelady.core.TensorInfo;

/**
 * What of a checkpoint is packed.
 *
 * @param stored all tensors as they lie in the files, in the format's order
 * @param weights those that are shown as one tensor each
 * @param undecoded schemes that were recognised but cannot be decoded, with the tensors' names:
 *     their codes are no numbers and are never compared as such
 */
public record Packing(
    List<TensorInfo> stored, List<PackedWeight> weights, Map<String, List<String>> undecoded)
    implements Serializable {
  /** Nothing is packed. */
  public static final Packing NONE = new Packing(List.of(), List.of(), Map.of());

  public Packing {
    stored = List.copyOf(stored);
    weights = List.copyOf(weights);
    undecoded = Map.copyOf(undecoded);
  }

  /** Whether a tensor of that name holds codes that are not decoded. */
  public boolean isUndecoded(String name) {
    return undecoded.values().stream().anyMatch(names -> names.contains(name));
  }

  /** This packing of a checkpoint that is seen without what is not decoded. */
  Packing decoded() {
    return new Packing(stored, weights, Map.of());
  }

  /** Whether every tensor is shown as it is stored. */
  public boolean isNone() {
    return weights.isEmpty();
  }

  /** The packed weights by the tensors that they are shown as. */
  public Map<TensorInfo, PackedWeight> byShown() {
    return weights.stream().collect(Collectors.toMap(PackedWeight::shown, Function.identity()));
  }

  /** The tensors shown whose numbers are products ({@link PackedWeight#isProduct}). */
  public Set<TensorInfo> products() {
    return weights.stream()
        .filter(PackedWeight::isProduct)
        .map(PackedWeight::shown)
        .collect(Collectors.toSet());
  }

  /** How many weights are kept in which scheme. */
  public Map<String, Integer> schemes() {
    Map<String, Integer> schemes = new TreeMap<>();
    weights.forEach(w -> schemes.merge(w.scheme(), 1, Integer::sum));
    return schemes;
  }

  /** The schemes that are recognised but not decoded, in words; empty if there are none. */
  public String undecodedWords() {
    return undecoded.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            e ->
                "%d weights, such as '%s', are stored as %s, which is not decoded"
                    .formatted(e.getValue().size(), e.getValue().get(0), e.getKey()))
        .collect(Collectors.joining("; "));
  }

  /**
   * Moves of shown tensors as moves of stored ones, by the stored tensors' names.
   *
   * @param moves by the names of shown tensors
   * @throws org.findthelady.core.CheckpointException with UNSUPPORTED if a packed weight cannot be
   *     moved so without computing new codes
   */
  public Map<String, PartMove> storedMoves(Map<String, Move> moves) {
    Map<TensorInfo, PackedWeight> packed = byShown();
    Map<String, PackedWeight> byName = new HashMap<>();
    weights.forEach(w -> byName.put(w.shown().name(), w));
    Map<String, PartMove> all = new HashMap<>();
    moves.forEach(
        (name, move) -> {
          PackedWeight weight = byName.get(name);
          if (weight == null) {
            all.put(name, PartMove.of(name, move));
          } else {
            weight
                .moves(packed.get(move.source()), move.gathers())
                .forEach(part -> all.merge(part.part(), part, PartMove::and));
          }
        });
    return all;
  }

  /**
   * Looks whether moves of shown tensors can be written.
   *
   * @throws org.findthelady.core.CheckpointException with UNSUPPORTED if elements that share a
   *     scale or a block would be parted
   */
  public void check(Map<String, Move> moves) {
    storedMoves(moves).values().forEach(part -> TensorMover.check(part.move()));
  }
}
