package org.findthelady.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.findthelady.match.MatchOptions;
import org.findthelady.storage.HadoopStore;

/** Permutes and re-synchronises in this thread, without Spark. */
final class LocalPair {
  private LocalPair() {}

  static Permute.Result permute(Path in, Path out, long seed, Path truth) {
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
  static PairOutcome resync(Path reference, Path suspect, Path back) throws IOException {
    return resync(reference, suspect, back, null, StructureChoice.AUTOMATIC);
  }

  static PairOutcome resync(
      Path reference, Path suspect, Path back, Path truth, StructureChoice structure)
      throws IOException {
    if (back != null) {
      Files.createDirectories(back.getParent());
    }
    return new PairAudit()
        .run(
            new Pair(
                "pair",
                reference.toString(),
                suspect.toString(),
                structure,
                MatchOptions.defaults(),
                new HadoopStore(),
                truth == null ? null : truth.toString(),
                back == null ? null : back.toString()));
  }
}
