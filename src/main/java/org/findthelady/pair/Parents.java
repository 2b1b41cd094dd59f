package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.match.basis.MemoryWeights;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Which parents a suspect was merged from, all brought into one order first. */
public final class Parents {
  /** Numbers of one checkpoint that are held in memory at most: 128 MiB. */
  private static final long MOST_ELEMENTS = 1 << 25;

  private static final String NOT_LOOKED =
      "whether the suspect was merged with the other parent was not looked at";

  private Parents() {}

  /**
   * A reference that a suspect may have something of beside its nearest one.
   *
   * @param id as the job names it
   * @param judged against the same suspect, which is a copy of it; null to take it as it lies
   * @param request of that pair
   */
  public record Other(String id, JudgedPair judged, PairRequest request) {}

  /**
   * What a suspect was merged from.
   *
   * @param shares of each parent, by id, the nearest first; empty if they differ by tensor
   * @param words for people
   */
  public record Merge(Map<String, Double> shares, String words) {
    public Merge {
      shares = new LinkedHashMap<>(shares);
    }
  }

  /**
   * Tells a suspect that is the same merge of several references in all its weights.
   *
   * @param id of the nearest reference
   * @param nearest that reference's pair
   * @param others that may have a part; those that have none are left out
   * @return empty if it is none, or that cannot be told
   */
  public static Optional<Merge> of(String id, JudgedPair nearest, List<Other> others)
      throws IOException {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    Map<String, float[]> suspect = new LinkedHashMap<>();
    List<Map<String, float[]>> parents = new ArrayList<>(List.of(new LinkedHashMap<>()));
    PairNumbers.visit(
        nearest,
        (tensor, ours, theirs) -> {
          tensors.put(tensor.name(), tensor);
          parents.get(0).put(tensor.name(), ours);
          suspect.put(tensor.name(), theirs);
        });
    List<String> ids = new ArrayList<>(List.of(id));
    for (Other other : others) {
      try {
        parents.add(
            other.judged() == null
                ? asItLies(other.request(), tensors)
                : inOrderOf(nearest, other.judged()));
        ids.add(other.id());
      } catch (CheckpointException | UserException | IllegalArgumentException e) {
        // It is not seen in the same shapes; its own pair says what is wrong.
      }
    }
    return merge(ids, parents, suspect);
  }

  /** Leaves out parents without a part until those that are left have one. */
  private static Optional<Merge> merge(
      List<String> ids, List<Map<String, float[]>> parents, Map<String, float[]> suspect) {
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      left.add(i);
    }
    while (left.size() > 1) {
      List<Map<String, float[]>> some = left.stream().map(parents::get).toList();
      Mixture mixture = new Mixture(left.stream().map(i -> "'" + ids.get(i) + "'").toList());
      suspect.forEach(
          (name, numbers) -> {
            List<float[]> of = some.stream().map(p -> p.get(name)).toList();
            if (of.stream().allMatch(p -> p != null && p.length == numbers.length)) {
              mixture.add(name, of, numbers);
            }
          });
      List<Integer> none = new ArrayList<>();
      for (int at = 0; at < left.size() && mixture.tensors() > 0; at++) {
        if (!mixture.has(at)) {
          none.add(left.get(at));
        }
      }
      if (none.isEmpty()) {
        return mixture.isMerge() ? Optional.of(merge(ids, left, mixture)) : Optional.empty();
      }
      left.removeAll(none);
    }
    return Optional.empty();
  }

  private static Merge merge(List<String> ids, List<Integer> left, Mixture mixture) {
    Map<String, Double> shares = new LinkedHashMap<>();
    for (int at = 0; at < left.size() && mixture.isEven(); at++) {
      shares.put(ids.get(left.get(at)), mixture.shares().get(at));
    }
    return new Merge(shares, mixture.words());
  }

  /** Weights of another reference in the order of the first, by way of the suspect. */
  private static Map<String, float[]> inOrderOf(JudgedPair nearest, JudgedPair other)
      throws IOException {
    MemoryWeights weights = new MemoryWeights();
    List<String> names = new ArrayList<>();
    PairNumbers.visit(
        other,
        (tensor, ours, theirs) -> {
          weights.put(tensor.name(), tensor.shape(), ours);
          names.add(tensor.name());
        });
    Structure theirs = other.context().structure();
    weights.gather(theirs, other.resync().inverse(theirs));
    weights.gather(nearest.context().structure(), nearest.resync());
    Map<String, float[]> numbers = new LinkedHashMap<>();
    names.forEach(name -> numbers.put(name, weights.values(name)));
    return numbers;
  }

  private static Map<String, float[]> asItLies(PairRequest request, Map<String, TensorInfo> wanted)
      throws IOException {
    Map<String, float[]> numbers = new LinkedHashMap<>();
    Checkpoint checkpoint = Checkpoints.open(request.store(), request.reference());
    try (TensorReader reader =
        Checkpoints.format(checkpoint.format()).reader(request.store(), checkpoint)) {
      for (TensorInfo tensor : PairNumbers.chosen(checkpoint.tensors())) {
        TensorInfo same = wanted.get(tensor.name());
        if (same != null && same.shape().equals(tensor.shape())) {
          numbers.put(tensor.name(), reader.readFloats(tensor));
        }
      }
    }
    return numbers;
  }

  /**
   * Says what a suspect has of its reference and of another parent.
   *
   * @param parent judged against the same reference
   * @param suspect likewise
   */
  public static String words(Store store, PairOutcome parent, PairOutcome suspect)
      throws IOException {
    Checkpoint ours = Checkpoints.open(store, suspect.pair().reference());
    if (!parent.audited() || !suspect.audited() || elements(ours) > MOST_ELEMENTS) {
      return NOT_LOOKED;
    }
    if (!isInOrderOf(store, ours, parent) || !isInOrderOf(store, ours, suspect)) {
      return NOT_LOOKED + ": their order belongs to no known structure of the reference";
    }
    MemoryWeights reference = weights(store, ours, null);
    MemoryWeights other = weights(store, Checkpoints.open(store, parent.pair().suspect()), parent);
    MemoryWeights merged =
        weights(store, Checkpoints.open(store, suspect.pair().suspect()), suspect);
    Mixture mixture = new Mixture(List.of("the reference", "the other parent"));
    int compared = 0;
    for (TensorInfo tensor : ours.tensors()) {
      String name = tensor.name();
      boolean all = reference.has(name) && other.has(name) && merged.has(name);
      if (all
          && reference.shape(name).equals(other.shape(name))
          && reference.shape(name).equals(merged.shape(name))) {
        mixture.add(name, List.of(reference.values(name), other.values(name)), merged.values(name));
        compared++;
      }
    }
    return compared == 0
        ? NOT_LOOKED + ": no tensor has the same name and shape in all three"
        : mixture.words();
  }

  /** Whether the order that was found can be told in the reference's own structure. */
  private static boolean isInOrderOf(Store store, Checkpoint reference, PairOutcome outcome)
      throws IOException {
    PermutationFile found = outcome.found();
    if (found == null) {
      return true;
    }
    try {
      return found.rotary() == null
          && Structures.of(store, reference, outcome.pair().structure())
              .structure()
              .name()
              .equals(found.structure());
    } catch (UserException noneFits) {
      return false;
    }
  }

  private static long elements(Checkpoint checkpoint) {
    return checkpoint.tensors().stream().mapToLong(t -> t.shape().elements()).sum();
  }

  /** A checkpoint's real numbers, in the reference's order if one was found. */
  private static MemoryWeights weights(Store store, Checkpoint checkpoint, PairOutcome outcome)
      throws IOException {
    MemoryWeights weights = new MemoryWeights();
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        if (tensor.dtype().floating() && tensor.shape().rank() > 0) {
          weights.put(tensor.name(), tensor.shape(), reader.readFloats(tensor));
        }
      }
    }
    if (outcome != null && outcome.found() != null) {
      GroupPermutations order = outcome.found().assignment();
      Checkpoint reference = Checkpoints.open(store, outcome.pair().reference());
      Structure structure = Structures.of(store, reference, outcome.pair().structure()).structure();
      weights.gather(structure, order);
    }
    return weights;
  }
}
