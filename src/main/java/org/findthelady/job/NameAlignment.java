package org.findthelady.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.core.TensorInfo;

/**
 * Which tensor of a suspect answers to which tensor of the reference. Names are the same, or the
 * same but for a wrapper's prefix on one side.
 *
 * @param suspectByReference for every tensor of the reference the suspect's
 * @param differences why the two cannot be compared; empty if they can
 * @param notes differences that do not matter: other float types, counters and masks left out
 */
record NameAlignment(
    Map<String, TensorInfo> suspectByReference, List<String> differences, List<String> notes) {

  private static final List<String> PREFIXES =
      List.of("", "module.", "_orig_mod.", "model.", "transformer.", "bert.", "vit.", "backbone.");
  private static final int NAMED_DIFFERENCES = 5;

  /** Aligns two checkpoints by name, shape and type. */
  static NameAlignment of(Checkpoint reference, Checkpoint suspect) {
    Map<String, TensorInfo> referenceTensors = sorted(reference);
    Map<String, TensorInfo> suspectTensors = sorted(suspect);
    NameAlignment best = null;
    for (String inReference : PREFIXES) {
      for (String inSuspect : PREFIXES) {
        if (!inReference.isEmpty() && !inSuspect.isEmpty()) {
          continue;
        }
        NameAlignment tried = align(referenceTensors, inReference, suspectTensors, inSuspect);
        if (best == null || tried.suspectByReference.size() > best.suspectByReference.size()) {
          best = tried;
        }
      }
    }
    return best;
  }

  private static NameAlignment align(
      Map<String, TensorInfo> reference,
      String inReference,
      Map<String, TensorInfo> suspect,
      String inSuspect) {
    Map<String, TensorInfo> pairs = new HashMap<>();
    List<String> differences = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Map<String, TensorInfo> extra = new TreeMap<>(suspect);
    for (TensorInfo tensor : reference.values()) {
      TensorInfo other =
          stripped(tensor.name(), inReference)
              .map(bare -> suspect.get(inSuspect + bare))
              .orElse(null);
      if (other == null) {
        (isBuffer(tensor) ? notes : differences)
            .add("tensor '" + tensor.name() + "' is missing from the suspect");
        continue;
      }
      extra.remove(other.name());
      if (!tensor.shape().equals(other.shape())) {
        differences.add(
            "tensor '%s': shape %s in the reference, %s in the suspect"
                .formatted(tensor.name(), tensor.shape(), other.shape()));
      } else if (tensor.dtype() != other.dtype()) {
        boolean bothFloat = tensor.dtype().floating() && other.dtype().floating();
        (bothFloat ? notes : differences)
            .add(
                "tensor '%s': %s in the reference, %s in the suspect"
                    .formatted(tensor.name(), tensor.dtype(), other.dtype()));
        if (bothFloat) {
          pairs.put(tensor.name(), other);
        }
      } else {
        pairs.put(tensor.name(), other);
      }
    }
    for (TensorInfo tensor : extra.values()) {
      (isBuffer(tensor) ? notes : differences)
          .add("tensor '" + tensor.name() + "' is not in the reference");
    }
    return new NameAlignment(pairs, differences, notes);
  }

  /** Counters, masks and other integers that no neuron owns. */
  private static boolean isBuffer(TensorInfo tensor) {
    return !tensor.dtype().floating() || tensor.shape().rank() == 0;
  }

  private static Optional<String> stripped(String name, String prefix) {
    return name.startsWith(prefix)
        ? Optional.of(name.substring(prefix.length()))
        : Optional.empty();
  }

  private static Map<String, TensorInfo> sorted(Checkpoint checkpoint) {
    Map<String, TensorInfo> sorted = new TreeMap<>();
    checkpoint.tensors().forEach(t -> sorted.put(t.name(), t));
    return sorted;
  }

  /** For every tensor of the reference that both have the name of the suspect's. */
  Map<String, String> suspectNames() {
    Map<String, String> names = new HashMap<>();
    suspectByReference.forEach((ours, theirs) -> names.put(ours, theirs.name()));
    return names;
  }

  /** The first few differences and how many there are. */
  String summary() {
    String named =
        String.join("; ", differences.subList(0, Math.min(NAMED_DIFFERENCES, differences.size())));
    int more = differences.size() - NAMED_DIFFERENCES;
    return more > 0 ? named + "; and " + more + " more" : named;
  }
}
