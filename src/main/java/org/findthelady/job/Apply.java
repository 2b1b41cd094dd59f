package org.findthelady.job;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.pair.StructureChoice;
import org.findthelady.pair.Structures;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.report.JsonText;
import org.findthelady.run.Rewrite;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.TextFile;
import org.findthelady.structure.Structure;

/** Applies a known permutation to a checkpoint, or to a LoRA adapter of one. */
public final class Apply {
  private Apply() {}

  /**
   * @param base checkpoint that the permutation belongs to, for its names and shapes
   * @param permutation file that {@code permute} or {@code resync} wrote
   * @param inverse whether to undo it
   * @param in checkpoint or adapter of the base
   * @param out file or folder to make
   */
  public record Request(
      String base,
      String permutation,
      boolean inverse,
      String in,
      String out,
      StructureChoice structure,
      Map<String, String> storage) {}

  /**
   * What was done.
   *
   * @param moved tensors that changed
   */
  public record Result(String out, String format, int tensors, long moved) {
    /** For programs. */
    public String json() {
      return JsonText.of(JsonText.tree(this));
    }

    /** For people. */
    public String text() {
      return """
      written        %s (%s)
      tensors        %d
      moved          %d
      """
          .formatted(out, format, tensors, moved);
    }
  }

  /** Applies. */
  public static Result run(Request request) {
    HadoopStore store = new HadoopStore(request.storage());
    try {
      Preflight.of(store)
          .there(request.base())
          .there(request.in())
          .there(request.permutation())
          .structure(request.structure())
          .output(request.out());
      Checkpoint base = Checkpoints.open(store, request.base());
      Checkpoint in = Checkpoints.open(store, request.in());
      Structure structure = Structures.of(store, base, request.structure()).structure();
      byte[] json = TextFile.read(store, request.permutation()).getBytes(StandardCharsets.UTF_8);
      PermutationFile known = PermutationFile.read(new ByteArrayInputStream(json), structure);
      PermutationFile applied = request.inverse() ? known.inverse(structure) : known;
      Map<String, Move> moves = AdapterMoves.of(structure, base, in, applied);
      Rewrite.run(store, in, request.out(), moves, List.of(), request.base());
      long moved =
          moves.values().stream()
              .filter(move -> Arrays.stream(move.gathers()).anyMatch(gather -> gather != null))
              .count();
      String format = Checkpoints.format(in.format()).writtenAs();
      return new Result(request.out(), format, in.tensors().size(), moved);
    } catch (IOException e) {
      throw Failure.of(request.in(), e);
    }
  }
}
