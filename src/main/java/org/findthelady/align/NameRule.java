package org.findthelady.align;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.core.TensorInfo;

/** Names are the same, or the same but for a wrapper's prefix on one side. */
final class NameRule {
  private static final List<String> PREFIXES =
      List.of("", "module.", "_orig_mod.", "model.", "transformer.", "bert.", "vit.", "backbone.");

  private final Stored reference;
  private final Stored suspect;

  NameRule(Stored reference, Stored suspect) {
    this.reference = reference;
    this.suspect = suspect;
  }

  /** The alignment that pairs most tensors. */
  Alignment align() {
    Map<String, TensorInfo> ours = reference.sorted();
    Map<String, TensorInfo> theirs = suspect.sorted();
    Alignment best = null;
    for (String inReference : PREFIXES) {
      for (String inSuspect : PREFIXES) {
        if (!inReference.isEmpty() && !inSuspect.isEmpty()) {
          continue;
        }
        Alignment tried = align(ours, inReference, theirs, inSuspect);
        if (best == null || tried.counterparts().size() > best.counterparts().size()) {
          best = tried;
        }
      }
    }
    return best;
  }

  private Alignment align(
      Map<String, TensorInfo> ours,
      String inReference,
      Map<String, TensorInfo> theirs,
      String inSuspect) {
    Map<String, Counterpart> pairs = new HashMap<>();
    List<String> differences = new ArrayList<>();
    GroupedNotes notes = new GroupedNotes();
    Map<String, TensorInfo> extra = new TreeMap<>(theirs);
    for (TensorInfo tensor : ours.values()) {
      TensorInfo other =
          stripped(tensor.name(), inReference)
              .map(bare -> theirs.get(inSuspect + bare))
              .orElse(null);
      if (other == null) {
        left(reference, tensor, "missing from the suspect", notes, differences);
        continue;
      }
      extra.remove(other.name());
      if (!tensor.shape().equals(other.shape())) {
        differences.add(
            "tensor '%s': shape %s in the reference, %s in the suspect"
                .formatted(tensor.name(), tensor.shape(), other.shape()));
        continue;
      }
      boolean comparable =
          tensor.dtype() == other.dtype() || (reference.isReal(tensor) && suspect.isReal(other));
      String types =
          "%s in the reference, %s in the suspect".formatted(tensor.dtype(), other.dtype());
      if (!comparable) {
        differences.add("tensor '%s': %s".formatted(tensor.name(), types));
      } else if (tensor.dtype() != other.dtype()) {
        notes.add(tensor.name(), types);
      }
      if (comparable) {
        pairs.put(
            tensor.name(),
            new Counterpart(
                reference.view(tensor), suspect.view(other), Map.of(), PairingRule.NAME));
      }
    }
    for (TensorInfo tensor : extra.values()) {
      left(suspect, tensor, "not in the reference", notes, differences);
    }
    List<Counterpart> inOrder =
        reference.tensors().stream().map(t -> pairs.get(t.name())).filter(c -> c != null).toList();
    return new Alignment(inOrder, differences, notes.lines());
  }

  /** Tells of a tensor without counterpart. */
  private static void left(
      Stored stored,
      TensorInfo tensor,
      String where,
      GroupedNotes notes,
      List<String> differences) {
    if (stored.isBuffer(tensor)) {
      notes.add(tensor.name(), where);
    } else {
      differences.add("tensor '%s' is %s".formatted(tensor.name(), where));
    }
  }

  private static Optional<String> stripped(String name, String prefix) {
    return name.startsWith(prefix)
        ? Optional.of(name.substring(prefix.length()))
        : Optional.empty();
  }
}
