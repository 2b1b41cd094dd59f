package org.findthelady.align;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.TrainingState;
import org.findthelady.structure.TrainingState.Companion;

/**
 * Optimizer moments and averaged copies answer to each other if they go, in the same role, with
 * parameters that do. One that only the suspect has follows its parameter; one that only the
 * reference has is left out. Neither keeps two checkpoints from being compared.
 */
final class TrainingStateRule {
  private final Checkpoint reference;
  private final Checkpoint suspect;
  private final TrainingState ours;
  private final TrainingState theirs;

  TrainingStateRule(Checkpoint reference, Checkpoint suspect) {
    this.reference = reference;
    this.suspect = suspect;
    this.ours = TrainingState.of(reference.tensors());
    this.theirs = TrainingState.of(suspect.tensors());
  }

  /** The reference without companions. */
  Checkpoint referenceWeights() {
    return reference.of(ours.weights());
  }

  /** The suspect without companions. */
  Checkpoint suspectWeights() {
    return suspect.of(theirs.weights());
  }

  /** An alignment of the weights, with all companions of the suspect. */
  Alignment added(Alignment weights) {
    if (reference.equals(referenceWeights()) && suspect.equals(suspectWeights())) {
      return weights;
    }
    Map<String, Counterpart> bySuspect = new HashMap<>();
    weights.counterparts().forEach(c -> bySuspect.put(c.suspect().source().name(), c));
    Map<Companion, String> ourNames = new HashMap<>();
    ours.companions().forEach((name, companion) -> ourNames.put(companion, name));
    Map<String, TensorInfo> ourTensors = reference.byName();
    Map<String, TensorInfo> theirTensors = suspect.byName();
    List<Counterpart> pairs = new ArrayList<>(weights.counterparts());
    Map<TensorInfo, Companion> followers = new HashMap<>();
    theirs
        .companions()
        .forEach(
            (name, companion) -> {
              Counterpart parameter = bySuspect.get(companion.parameter());
              if (parameter == null) {
                return;
              }
              Companion answering = new Companion(parameter.name(), companion.role());
              TensorInfo our = ourTensors.get(ourNames.getOrDefault(answering, ""));
              TensorInfo their = theirTensors.get(name);
              if (our != null
                  && our.shape().equals(their.shape())
                  && our.dtype() == their.dtype()
                  && parameter.suspect().order() == null) {
                pairs.add(
                    new Counterpart(
                        View.stored(our), View.stored(their), Map.of(), PairingRule.NAME));
              } else {
                followers.put(their, companion);
              }
            });
    int paired = pairs.size() - weights.counterparts().size();
    List<String> notes = new ArrayList<>(weights.notes());
    note(notes, "reference", ours.companions().size() - paired);
    note(notes, "suspect", theirs.companions().size() - paired);
    unplaced(notes, "reference", ours);
    unplaced(notes, "suspect", theirs);
    Map<String, Integer> places = new HashMap<>();
    reference.tensors().forEach(t -> places.put(t.name(), places.size()));
    pairs.sort(Comparator.comparingInt(p -> places.get(p.reference().source().name())));
    return new Alignment(pairs, weights.differences(), notes, followers);
  }

  private static void note(List<String> notes, String whose, int alone) {
    if (alone > 0) {
      notes.add(
          "%d tensors of the %s are optimizer state or averaged copies that the other has not"
              .formatted(alone, whose));
    }
  }

  private static void unplaced(List<String> notes, String whose, TrainingState companions) {
    int left = companions.unplaced().size();
    if (left > 0) {
      notes.add(
          "%d tensors of the %s are optimizer state of no known parameter, such as '%s': neither"
                  .formatted(left, whose, companions.unplaced().get(0).name())
              + " compared nor moved");
    }
  }
}
