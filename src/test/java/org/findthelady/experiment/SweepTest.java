package org.findthelady.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.SharedModels;
import org.findthelady.core.UserException;
import org.findthelady.perturb.AttackKind;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SweepTest {
  private static final ModelSpec RESNET20 =
      ModelSpec.ofCheckpoint("resnet20", "resnet-cifar10/resnet20-12fca82f.th", "resnet-cifar")
          .withTarget("module.layer2.1.conv1.weight");

  private static StoredModels models() {
    Path root = SharedModels.path("models");
    SharedModels.path("models/" + RESNET20.checkpoint());
    return new StoredModels(new HadoopStore(), root.toString());
  }

  private static Sweep read(String json) throws Exception {
    return Sweep.read(
        "jobs/x.json", new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void readsAFileAndGoesThroughEveryCell() throws Exception {
    Sweep sweep =
        read(
            """
            {"name": "t", "seeds": 3, "network-seeds": 2,
             "protocols": ["layer", "network"], "methods": ["paper", "ftl"],
             "models": [{"name": "a", "layer": {"neurons": 8, "width": 9},
                         "published": {"noise 2.5": 99.5}},
                        {"name": "b", "checkpoint": "b.th", "target": "fc.weight"}],
             "attacks": [{"kind": "noise", "strengths": [1, 2.5]},
                         {"kind": "prune-global", "strengths": [99]}]}
            """
                .replace("prune-global", "prune_global"));
    List<SweepCell> cells = sweep.cells();
    assertThat(cells).hasSize(2 * (3 * 3 + 2 * 3)).doesNotHaveDuplicates();
    assertThat(cells.get(1).strength()).isEqualTo(2.5);
    assertThat(cells.get(1).model().published(AttackKind.NOISE, 2.5)).isEqualTo(99.5);
    assertThat(cells.get(1).model().published(AttackKind.NOISE, 1)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\": \"t\", \"seedz\": 3}",
        """
        {"name": "t", "seeds": 0, "network-seeds": 2, "protocols": [], "methods": [],
         "models": [], "attacks": []}\
        """,
        """
        {"name": "t", "seeds": 1, "network-seeds": 2, "protocols": [], "methods": [],
         "models": [{"name": "a"}], "attacks": []}\
        """,
        """
        {"name": "t", "seeds": 1, "network-seeds": 2, "protocols": [], "methods": ["magic"],
         "models": [], "attacks": []}\
        """
      })
  void refusesFilesThatAreNoSweep(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("jobs/x.json: ");
  }

  @ParameterizedTest
  @CsvSource({"NOISE, 10", "PRUNE, 99", "NOISE, 1"})
  void thePapersMethodOnOneLayerIsAtTheClosedForm(AttackKind attack, double strength)
      throws Exception {
    ModelSpec layer = ModelSpec.ofLayer("layer", new ModelSpec.LayerShape(256, 300, 0, 0, 0));
    long right = 0;
    long all = 0;
    double closedForm = 0;
    for (int seed = 1; seed <= 6; seed++) {
      SweepCell cell =
          new SweepCell(layer, Protocol.LAYER, attack, strength, seed, List.of(Method.PAPER));
      CellResult row = cell.run(new StoredModels(new HadoopStore(), "/")).get(0);
      right += row.right();
      all += row.neurons();
      closedForm = row.closedForm();
    }
    Interval measured = Interval.ofShare(right, all);
    assertThat(closedForm).isBetween(measured.low() - 1, measured.high() + 1);
  }

  @Test
  void whatTheAttackLeftAloneSavesTheLayerAndAllOfItHitIsAtTheWiderClosedForm() throws Exception {
    ModelSpec layer = ModelSpec.ofLayer("l", new ModelSpec.LayerShape(200, 100, 300, 2, 0));
    ModelLoader loader = new StoredModels(new HadoopStore(), "/");
    List<Method> ours = List.of(Method.FTL);
    SweepCell hit = new SweepCell(layer, Protocol.LAYER, AttackKind.NOISE, 7, 1, ours);
    CellResult saved = hit.run(loader).get(0);
    assertThat(saved.psi()).isEqualTo(100);
    assertThat(saved.closedForm()).isNull();
    SweepCell all = new SweepCell(layer, Protocol.EVERYTHING, AttackKind.NOISE, 7, 1, ours);
    CellResult wide = all.run(loader).get(0);
    assertThat(wide.closedForm()).isBetween(40.0, 60.0);
    assertThat(wide.psi()).isGreaterThan(wide.closedForm() - 5);
  }

  @Test
  void cellsAreTheSameOnRerunAndCountEveryNeuron() throws Exception {
    for (Protocol protocol : Protocol.values()) {
      SweepCell cell =
          new SweepCell(
              RESNET20, protocol, AttackKind.NOISE, 1, 3, List.of(Method.PAPER, Method.FTL));
      List<CellResult> rows = cell.run(models());
      assertThat(cell.run(models())).isEqualTo(rows);
      for (CellResult row : rows) {
        assertThat(row.neurons()).isEqualTo(protocol == Protocol.LAYER ? 32 : 400);
      }
    }
  }

  @Test
  void aDeadNeuronIsFoundByWhatTheAttackLeftAlone() throws Exception {
    ModelSpec layer = ModelSpec.ofLayer("l", new ModelSpec.LayerShape(64, 800, 100, 1, 1));
    SweepCell hit =
        new SweepCell(
            layer, Protocol.LAYER, AttackKind.BITS, 4, 1, List.of(Method.PAPER, Method.FTL));
    List<CellResult> rows = hit.run(new StoredModels(new HadoopStore(), "/"));
    assertThat(rows.get(0).right()).isEqualTo(63);
    assertThat(rows.get(1).right()).isEqualTo(64);
  }

  @Test
  void oursIsNearTheInformationLimitWhereTermsAreHitToo() throws Exception {
    SweepCell cell =
        new SweepCell(
            RESNET20,
            Protocol.EVERYTHING,
            AttackKind.PRUNE,
            95,
            1,
            List.of(Method.PAPER, Method.FTL, Method.LIMIT));
    List<CellResult> rows = cell.run(models());
    assertThat(rows).extracting(CellResult::method).contains(Method.LIMIT);
    assertThat(rows.get(1).psi()).isBetween(rows.get(2).psi() - 3, rows.get(2).psi() + 1);
    assertThat(rows.get(1).wrongSilent()).isZero();
  }

  @Test
  void batchesHoldEveryCellOnceAndOneModelEach() throws Exception {
    Sweep sweep =
        read(
            """
            {"name": "t", "seeds": 3, "network-seeds": 2,
             "protocols": ["layer", "everything"], "methods": ["paper", "ftl"],
             "models": [{"name": "a", "layer": {"neurons": 8, "width": 9}},
                        {"name": "b", "checkpoint": "b.th", "later": {"20": "c.th"}}],
             "attacks": [{"kind": "noise", "strengths": [1, 2.5]},
                         {"kind": "fine_tuning", "strengths": [20, 99]}]}
            """);
    List<SweepCell> cells = new ArrayList<>();
    for (SweepBatch batch : sweep.batches()) {
      assertThat(batch.cells())
          .extracting(SweepCell::seed)
          .containsOnly(batch.cells().get(0).seed());
      cells.addAll(batch.cells());
    }
    assertThat(cells).isEqualTo(sweep.cells()).hasSize(2 * 3 + 2 * 2 + 2 * 3);
  }

  @Test
  void anUnperturbedNetworkIsPutBackWhole() throws Exception {
    SweepCell cell =
        new SweepCell(RESNET20, Protocol.NETWORK, AttackKind.NONE, 0, 1, List.of(Method.values()));
    List<Double> psi = new ArrayList<>();
    for (CellResult row : cell.run(models())) {
      psi.add(row.psi());
    }
    assertThat(psi).allMatch(p -> p > 99.9);
  }

  @Test
  void aGraphIsANetworkOfItsTrueSize() throws Exception {
    Path graphs = SharedModels.path("graphs/resnet18.onnx").getParent();
    ModelSpec spec =
        new ModelSpec(
            "ResNet18",
            null,
            null,
            "resnet18.onnx",
            new ModelSpec.LayerShape(512, 2304, 0, 0, 0),
            "layer4.0.conv1.weight",
            null,
            null,
            null,
            null,
            null);
    SweepCell cell =
        new SweepCell(
            spec, Protocol.LAYER, AttackKind.NOISE, 10, 1, List.of(Method.PAPER, Method.FTL));
    List<CellResult> rows = cell.run(new StoredModels(new HadoopStore(), graphs.toString()));
    assertThat(rows.get(0).neurons()).isEqualTo(512);
    assertThat(rows.get(0).psi()).isBetween(90.0, 99.0);
    assertThat(rows.get(1).psi()).isGreaterThanOrEqualTo(99.9);
  }

  /** Neurons keep their places in training, so 480 epochs and 200 are found from the last one. */
  @ParameterizedTest
  @CsvSource({"480, 100, 100", "200, 99, 0"})
  void earlierEpochsOfATrainingAreRecognisedFromTheLast(double epoch, double ours, double papers)
      throws Exception {
    Path root = SharedModels.path("models/face-rfb/epochs/rfb-epoch-499.pth").getParent();
    Sweep sweep;
    try (InputStream job = Files.newInputStream(Path.of("jobs/fine-tuning.json"))) {
      sweep = Sweep.read("jobs/fine-tuning.json", job);
    }
    SweepCell cell =
        sweep.cells().stream()
            .filter(c -> c.attack() == AttackKind.EPOCH && c.strength() == epoch && c.seed() == 1)
            .findFirst()
            .orElseThrow();
    String shared = root.getParent().getParent().getParent().toString();
    List<CellResult> rows = cell.run(new StoredModels(new HadoopStore(), shared));
    assertThat(rows).extracting(CellResult::neurons).containsOnly(1716L);
    assertThat(rows.get(0).psi()).isGreaterThanOrEqualTo(papers);
    assertThat(rows.get(1).psi()).isGreaterThanOrEqualTo(ours);
    assertThat(rows.get(1).wrongSilent()).isZero();
  }

  @Test
  void aNeighbourhoodHoldsEverythingElseStill() throws Exception {
    LabModel model = models().load(RESNET20, 1);
    for (Group root : Neighbourhood.roots(model.structure())) {
      Structure part = Neighbourhood.of(model.structure(), root);
      GroupPermutations truth = GroupPermutations.random(part, 5);
      LabModel permuted = model.within(part).permuted(truth);
      LabModel back = permuted.permuted(truth.inverse(part));
      assertThat(part.membersOf(root.name()))
          .containsExactlyInAnyOrderElementsOf(model.structure().membersOf(root.name()));
      for (String tensor : part.axes().keySet()) {
        assertThat(back.tensor(tensor).values()).isEqualTo(model.tensor(tensor).values());
      }
    }
  }
}
