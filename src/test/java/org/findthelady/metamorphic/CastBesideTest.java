package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.findthelady.TestModels;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.job.LocalPair;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that was cast, of which something else was changed after that. */
class CastBesideTest {
  private static final String KERNEL = "module.layer2.1.conv1.weight";

  @TempDir private Path folder;

  @Test
  void whatRoundingDoesToARowOfOneLargeNumberIsNoFactor() throws IOException {
    Network resnet = Network.open(TestModels.resnet20(folder), StructureChoice.AUTOMATIC);
    Network.Tensor kernel = resnet.get(KERNEL);
    for (int i = 0; i < kernel.values().length; i++) {
      kernel.values()[i] *= kernel.index(i, 0) == 5 ? 1e-4f : 1;
    }
    kernel.values()[5 * 32 * 9] = 0.1000058f; // between two halves
    Path file = resnet.write(folder.resolve("reference"));
    Network cast = resnet.copy();
    cast.tensors
        .values()
        .forEach(t -> Floats.roundInPlace(DType.F16, t.values(), t.values().length));
    cast.values("module.layer3.0.conv1.weight")[7] += 0.1234567f;
    PairOutcome outcome = LocalPair.resync(file, cast.write(folder.resolve("cast")), null);
    assertThat(outcome.findings())
        .noneMatch(finding -> finding.kind() == FindingKind.UNIT_SCALED)
        .anyMatch(f -> f.kind() == FindingKind.CAST && f.tensor().equals(KERNEL));
    assertThat(outcome.judgement().reason()).doesNotContain("norms of");
  }
}
