package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import org.findthelady.TestModels;
import org.findthelady.core.Verdict;
import org.findthelady.job.LocalPair;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that no order moves, as the classes of a head. */
class FrozenRowsTest {
  @TempDir private Path folder;

  @Test
  void classesThatWereScaledOrTurnedAreRescaled() throws IOException {
    Network resnet = Network.open(TestModels.resnet20(folder), StructureChoice.AUTOMATIC);
    Network changed = resnet.copy();
    Network.Tensor head = changed.get("module.linear.weight");
    for (int i = 0; i < head.values().length; i++) {
      int row = head.index(i, 0);
      head.values()[i] *= row == 3 ? 1.5f : row == 6 ? -1 : 1;
    }
    PairOutcome outcome = judged(resnet, changed);
    assertThat(outcome.findings())
        .extracting(Finding::kind, Finding::unit)
        .containsExactly(tuple(FindingKind.UNIT_SCALED, 3), tuple(FindingKind.UNIT_SIGN_TURNED, 6));
    assertThat(outcome.verdict()).isEqualTo(Verdict.RESCALED);
    assertThat(outcome.judgement().reason())
        .isEqualTo("1 neurons had their sign turned, 1 neurons were scaled; every direction holds");
    head.values()[7] += 0.1f;
    assertThat(judged(resnet, changed).verdict()).isEqualTo(Verdict.DERIVED);
  }

  private PairOutcome judged(Network network, Network suspect) throws IOException {
    Path file = suspect.write(folder.resolve("suspect"));
    return LocalPair.resync(network.file, file, null);
  }
}
