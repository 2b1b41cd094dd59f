package org.findthelady.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.job.Permute;
import org.findthelady.job.Perturb;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.Fingerprints;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.pair.ThreadedExecution;
import org.findthelady.report.ModelFindings;
import org.findthelady.run.RunRows;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pair whose blocks and tensors are spread over executors or threads comes to what one task comes
 * to.
 */
class SparkExecutionSparkTest {
  @TempDir private Path folder;

  @Test
  void spreadingAPairChangesNothing() throws IOException {
    List<Path> references = List.of(TestModels.resnet20(folder), TestModels.llama(folder));
    try (Cluster cluster = Cluster.open("spread")) {
      for (Path reference : references) {
        for (Double noise : new Double[] {null, 0.3}) {
          PairRequest pair = shuffled(reference, noise);
          PairOutcome local = new PairAudit().audit(pair, new LocalExecution());
          assertThat(local.verdict()).isEqualTo(noise == null ? Verdict.PERMUTED : Verdict.DERIVED);
          requireSame(
              new PairAudit()
                  .audit(pair, new SparkExecution(cluster, cluster.places(), Fingerprints.none())),
              local);
          requireSame(new PairAudit().audit(pair, new ThreadedExecution()), local);
        }
      }
    }
  }

  private static void requireSame(PairOutcome spread, PairOutcome local) {
    assertThat(spread.verdict()).isEqualTo(local.verdict());
    assertThat(spread.match().resync()).isEqualTo(local.match().resync());
    ModelFindings expected = RunRows.of("run", local);
    ModelFindings actual = RunRows.of("run", spread);
    assertThat(actual.groups()).isEqualTo(expected.groups());
    assertThat(actual.layers()).isEqualTo(expected.layers());
    assertThat(actual.neurons()).isEqualTo(expected.neurons());
    assertThat(actual.model().size().bytesRead()).isPositive();
  }

  private PairRequest shuffled(Path reference, Double noise) {
    Path out = folder.resolve("suspect-" + reference.getFileName() + noise);
    Perturb.run(
        new Permute.Request(
            reference.toString(),
            out.toString(),
            9,
            out + ".truth",
            StructureChoice.AUTOMATIC,
            Map.of()),
        Perturb.Settings.noise(noise, true));
    return new PairRequest(
        out.getFileName().toString(),
        reference.toString(),
        out.toString(),
        StructureChoice.AUTOMATIC,
        MatchOptions.defaults(),
        new HadoopStore(),
        out + ".truth",
        null);
  }
}
