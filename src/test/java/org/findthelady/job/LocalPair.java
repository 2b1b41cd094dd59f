package org.findthelady.job;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.findthelady.align.Alignment;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.AlignedPair;
import org.findthelady.pair.OpenedReference;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairContext;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Permutes and re-synchronises in this thread, without Spark. */
public final class LocalPair {
  private LocalPair() {}

  public static Permute.Result permute(Path in, Path out, long seed, Path truth) {
    return Permute.run(
        new Permute.Request(
            in.toString(),
            out.toString(),
            seed,
            truth == null ? null : truth.toString(),
            StructureChoice.AUTOMATIC,
            Map.of()));
  }

  /** Judges a pair; what it writes is put at {@code back}. */
  public static PairOutcome resync(Path reference, Path suspect, Path back) throws IOException {
    return resync(reference, suspect, back, null, StructureChoice.AUTOMATIC);
  }

  public static PairOutcome resync(
      Path reference, Path suspect, Path back, Path truth, StructureChoice structure)
      throws IOException {
    if (back != null) {
      Files.createDirectories(back.getParent());
    }
    return new PairAudit()
        .run(
            new PairRequest(
                "pair",
                reference.toString(),
                suspect.toString(),
                structure,
                MatchOptions.defaults(),
                new HadoopStore(),
                truth == null ? null : truth.toString(),
                back == null ? null : back.toString()));
  }

  /**
   * Shuffles a suspect that has no structure of its own, by that of its reference.
   *
   * @param truth receives what was done, in the groups that the pair is judged by
   */
  static void shuffleAlong(Path reference, Path suspect, Path out, long seed, Path truth)
      throws IOException {
    HadoopStore store = new HadoopStore();
    OpenedReference opened =
        OpenedReference.open(store, reference.toString(), StructureChoice.AUTOMATIC);
    Checkpoint checkpoint = Checkpoints.open(store, suspect.toString());
    AlignedPair aligned = new AlignedPair(store, opened, checkpoint, StructureChoice.AUTOMATIC);
    Alignment alignment = aligned.alignment();
    Structure structure = aligned.structure(alignment);
    GroupPermutations shuffle = GroupPermutations.random(structure, seed);
    PairContext context =
        new PairContext(store, structure, opened.checkpoint(), checkpoint, alignment, Map.of());
    CheckpointFormat format = Checkpoints.format(checkpoint.format());
    try (TensorReader reader = format.reader(store, checkpoint)) {
      format.write(store, checkpoint, reader, context.storedMoves(shuffle), out.toString());
    }
    try (OutputStream file = Files.newOutputStream(truth)) {
      new PermutationFile(structure.name(), seed, List.of(), shuffle).write(file);
    }
  }
}
