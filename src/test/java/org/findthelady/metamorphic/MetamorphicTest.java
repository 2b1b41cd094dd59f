package org.findthelady.metamorphic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.findthelady.SharedModels;
import org.findthelady.TestModels;
import org.findthelady.job.LocalPair;
import org.findthelady.match.Model;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes real networks in known ways and asks what an audit says of it. With FTL_METAMORPHIC=all
 * every change is audited, in place and shuffled; else one of several. FTL_METAMORPHIC_NETWORKS may
 * name some of the networks; FTL_METAMORPHIC_TABLE a file that receives what was said. With
 * FTL_METAMORPHIC_NAMELESS names, configuration and graph are taken away from both sides.
 */
class MetamorphicTest {
  private static final int ONE_OF = "all".equals(System.getenv("FTL_METAMORPHIC")) ? 1 : 13;
  private static final String ONLY = System.getenv("FTL_METAMORPHIC_NETWORKS");
  private static final String TABLE = System.getenv("FTL_METAMORPHIC_TABLE");

  private static final boolean NAMELESS = System.getenv("FTL_METAMORPHIC_NAMELESS") != null;

  @TempDir private Path folder;

  @Test
  void whatWasDoneIsNamedWithItsPlace() throws IOException {
    Survey survey = new Survey(folder.resolve("suspects"), NAMELESS);
    add(survey, "resnet20", TestModels.resnet20(folder), null, false);
    add(survey, "llama", TestModels.llama(folder), null, false);
    add(survey, "silero", TestModels.silero(folder), null, false);
    add(survey, "cifar", SharedModels.path("models/abcrown/cifar_base.pth"), null, false);
    add(survey, "yolox", SharedModels.path("models/yolox/yolox_nano.onnx"), null, false);
    add(
        survey,
        "rfb",
        SharedModels.path("models/face-rfb/version-RFB-320.pth"),
        SharedModels.path("models/face-rfb/onnx/version-RFB-320.onnx"),
        false);
    add(survey, "fastestdet", SharedModels.path("models/fastestdet/FastestDet.onnx"), null, false);
    add(survey, "ad01", SharedModels.path("models/mlperf-tiny/ad01.h5"), null, true);
    add(survey, "resnet8", SharedModels.path("models/mlperf-tiny/pretrainedResnet.h5"), null, true);
    String notHit =
        survey.lines.stream()
            .filter(line -> line.score() != Survey.Score.HIT)
            .map(Survey.Line::toString)
            .collect(Collectors.joining("\n"));
    String table = survey.table() + notHit;
    if (TABLE != null) {
      Files.writeString(Path.of(TABLE), table);
    }
    assertThat(survey.count(Survey.Score.WRONG)).as(table).isZero();
    assertThat(survey.count(Survey.Score.HIDDEN)).as(table).isZero();
    assertThat(survey.count(Survey.Score.HIT))
        .as(table)
        .isGreaterThanOrEqualTo(Math.round(0.95 * survey.lines.size()));
  }

  @Test
  void aRowIsNamedWhereNothingIsKnownOfTheNetwork() throws IOException {
    Set<String> kinds =
        Set.of("row x 1.5", "row x -1", "row zeroed", "row replaced", "one ulp", "one weight + 1%");
    Survey survey = new Survey(folder.resolve("suspects"), true);
    Network network = Network.open(TestModels.silero(folder), StructureChoice.AUTOMATIC);
    List<Mutation> mutations = Mutations.of(network, middle(Target.all(network, false)));
    survey.add(
        "silero", network, mutations.stream().filter(m -> kinds.contains(m.name())).toList(), 1);
    assertThat(survey.lines)
        .hasSize(2 * kinds.size())
        .filteredOn(line -> !line.shuffled())
        .allMatch(line -> line.score() == Survey.Score.HIT);
  }

  /** Where sums of squares do not tell the difference of most units. */
  @Test
  void aLittleNoiseOnATensorIsNotTakenForFewUnits() throws IOException {
    Path file = SharedModels.path("models/yolox/yolox_nano.onnx");
    Network noised = Network.open(file, StructureChoice.AUTOMATIC).copy();
    String tensor = "onnx::Conv_1316";
    Network.Tensor old = noised.get(tensor);
    noised.tensors.put(tensor, old.with(old.shape(), Model.noise(0.001, 7).apply(old.values())));
    PairOutcome outcome = LocalPair.resync(file, noised.write(folder.resolve("noised")), null);
    assertThat(outcome.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(FindingKind.WEIGHTS_CHANGED);
              assertThat(finding.unit()).isEqualTo(-1);
            });
  }

  private static void add(Survey survey, String name, Path file, Path graph, boolean outputsLast)
      throws IOException {
    if (ONLY != null && !List.of(ONLY.split(",")).contains(name)) {
      return;
    }
    StructureChoice choice = new StructureChoice(null, graph == null ? null : graph.toString());
    Network network = Network.open(file, choice);
    List<Target> targets = Target.all(network, outputsLast);
    Target middle = middle(targets);
    List<Mutation> mutations = new ArrayList<>(Mutations.of(network, middle));
    for (int t = 0, at = targets.size() / 2; t < targets.size(); t++, at++) {
      List<Mutation> symmetries = Symmetries.of(network, targets.get(at % targets.size()));
      if (!symmetries.isEmpty()) {
        mutations.addAll(symmetries);
        break;
      }
    }
    if (name.equals("llama")) {
      mutations.addAll(Decoder.of(network));
    }
    survey.add(name, network, mutations, ONE_OF);
  }

  private static Target middle(List<Target> targets) {
    return targets.get(targets.size() / 2);
  }
}
