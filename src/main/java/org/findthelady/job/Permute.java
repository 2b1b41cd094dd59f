package org.findthelady.job;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.core.Permutation;
import org.findthelady.pair.PairContext;
import org.findthelady.pair.StructureChoice;
import org.findthelady.pair.Structures;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.perturb.Perturbation;
import org.findthelady.report.JsonText;
import org.findthelady.run.Rewrite;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Shuffles every permutation group of a checkpoint, after perturbing its weights if asked to. */
public final class Permute {
  private Permute() {}

  /**
   * @param in checkpoint to shuffle
   * @param out file or folder to make
   * @param seed of the shuffle
   * @param truth where to write what was done; null to keep it untold
   */
  public record Request(
      String in,
      String out,
      long seed,
      String truth,
      StructureChoice structure,
      Map<String, String> storage) {}

  /**
   * What was done.
   *
   * @param format that was written
   * @param neurons units over all groups and instances
   * @param moved units that come from another place
   * @param longestCycle of any group's permutation
   */
  public record Result(
      String out,
      String format,
      String structure,
      int groups,
      long neurons,
      long moved,
      int longestCycle) {
    /** For programs. */
    public String json() {
      return JsonText.of(JsonText.tree(this));
    }

    /** For people. */
    public String text() {
      return """
      written        %s (%s)
      structure      %s
      groups         %d
      neurons        %d
      moved          %d
      longest cycle  %d
      """
          .formatted(out, format, structure, groups, neurons, moved, longestCycle);
    }
  }

  /** What is done to the weights before they are shuffled. */
  @FunctionalInterface
  public interface Changes {
    /** In the order to be applied. */
    List<Perturbation> of(Structure structure);
  }

  /** Shuffles. */
  public static Result run(Request request) {
    return run(request, true, structure -> List.of());
  }

  /** Perturbs, then shuffles if {@code shuffled}. */
  public static Result run(Request request, boolean shuffled, Changes changes) {
    try {
      HadoopStore store = new HadoopStore(request.storage());
      Preflight.of(store)
          .there(request.in())
          .structure(request.structure())
          .output(request.out())
          .output(request.truth());
      Checkpoint checkpoint = Checkpoints.open(store, request.in());
      Structure structure = Structures.of(store, checkpoint, request.structure()).structure();
      GroupPermutations shuffle =
          shuffled
              ? GroupPermutations.random(structure, request.seed())
              : GroupPermutations.identity();
      write(store, checkpoint, structure, shuffle, request, changes.of(structure));
      return result(request, checkpoint, structure, shuffle);
    } catch (IOException e) {
      throw Failure.of(request.in(), e);
    }
  }

  private static void write(
      HadoopStore store,
      Checkpoint checkpoint,
      Structure structure,
      GroupPermutations shuffle,
      Request request,
      List<Perturbation> perturbations)
      throws IOException {
    Map<String, Move> moves = PairContext.moves(structure, checkpoint.byName(), Map.of(), shuffle);
    Rewrite.run(store, checkpoint, request.out(), moves, perturbations);
    if (request.truth() != null) {
      List<String> described = perturbations.stream().map(Perturbation::description).toList();
      try (OutputStream out = store.create(request.truth())) {
        new PermutationFile(structure.name(), request.seed(), described, shuffle).write(out);
      }
    }
  }

  private static Result result(
      Request request, Checkpoint checkpoint, Structure structure, GroupPermutations shuffle) {
    long neurons = 0;
    long moved = 0;
    int longest = 0;
    for (Group group : structure.groups()) {
      Permutation leaves = Permutation.ofSources(shuffle.unitSources(structure, group));
      neurons += leaves.size();
      moved += leaves.moved();
      longest = Math.max(longest, leaves.longestCycle());
    }
    return new Result(
        request.out(),
        Checkpoints.format(checkpoint.format()).writtenAs(),
        structure.name(),
        structure.groups().size(),
        neurons,
        moved,
        longest);
  }
}
