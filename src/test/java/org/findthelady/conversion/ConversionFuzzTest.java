package org.findthelady.conversion;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.checkpoint.packed.HostilePacked;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.pair.ConversionPair;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.NotAudited;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.io.TempDir;

/** Any two damaged checkpoints: an audit has a verdict, a conversion an answer, or a reason. */
class ConversionFuzzTest {
  @TempDir static Path folder;
  private static int count;

  @FuzzTest(maxDuration = "10m")
  void answersOrRefuses(FuzzedDataProvider data) throws IOException {
    // Other names each time, as opened references are kept by path and time of change.
    Path here = Files.createDirectories(folder.resolve("n" + count++));
    Path first = put(here.resolve("a"), data);
    Path second = put(here.resolve("b"), data);
    PairRequest pair =
        new PairRequest(
            "s",
            first.toString(),
            second.toString(),
            StructureChoice.AUTOMATIC,
            MatchSettings.options(MatchSettings.Given.DEFAULTS),
            new HadoopStore(),
            null,
            null);
    PairOutcome outcome = new PairAudit().run(pair);
    NotAudited failed = outcome.notAudited();
    if (failed != null && failed.cause() == NotAudited.Cause.INTERNAL_ERROR) {
      throw new AssertionError(failed.reason());
    }
    if (failed == null
        && outcome.verdict() == Verdict.UNREADABLE
        && outcome.judgement().reason().contains("Exception")) {
      throw new AssertionError(outcome.judgement().reason());
    }
    try {
      ConversionPair.open(pair, new LocalExecution()).check();
    } catch (CheckpointException | UserException e) {
      Throwable why = e.getCause();
      while (why instanceof CheckpointException) {
        why = why.getCause(); // A reason with the file's name before it.
      }
      if (why instanceof RuntimeException cause
          && !(cause instanceof ArithmeticException overflow
              && overflow.getMessage().contains("overflow"))) {
        throw cause;
      }
    }
    Files.delete(first);
    Files.delete(second);
  }

  private static Path put(Path under, FuzzedDataProvider data) throws IOException {
    Files.createDirectories(under);
    byte[] config = HostilePacked.config(data);
    if (config.length > 0) {
      Files.write(under.resolve("config.json"), config);
    }
    return Files.write(under.resolve("model.safetensors"), HostilePacked.file(data));
  }
}
