package org.findthelady.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.findthelady.SharedModels;
import org.findthelady.core.UserException;
import org.findthelady.perturb.Attack;
import org.findthelady.perturb.AttackKind;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.NeuronScale;
import org.findthelady.perturb.Noise;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabTaskTest {
  private static ModelSpec spec(String file) {
    return new ModelSpec(
        file,
        "models/resnet-cifar10/" + file,
        "resnet-cifar",
        null,
        null,
        null,
        ModelSpec.TaskSpec.ofCifar("resnet-cifar", "models/data/cifar10_test.csv"),
        null,
        null,
        null,
        null);
  }

  private static StoredModels models() {
    Path models = SharedModels.path("models/data/cifar10_test.csv").getParent().getParent();
    return new StoredModels(new HadoopStore(), models.getParent().toString());
  }

  /** The numbers of right answers that the models' index states. */
  @ParameterizedTest
  @CsvSource({"resnet20-12fca82f.th, 6", "resnet56-4bfd9763.th, 4"})
  void graphsBuiltFromWeightsDoTheNetworksWork(String file, double error) throws Exception {
    StoredModels models = models();
    LabTask task = models.task(spec(file)).orElseThrow();
    TaskScore score = task.score(models.load(spec(file), 0));
    assertThat(score.errorPercent()).isEqualTo(error);
    assertThat(score.divergence()).isEqualTo(0);
  }

  /** Shares of the 10,000 test images; the same from the weights in other software (PyTorch). */
  @ParameterizedTest
  @CsvSource({
    "mnist_6_100_nat.pth, mnist-6-100, 0, 1, 3.71, 500",
    "mnist_conv_small_nat.pth, mnist-conv-small, 0.1307, 0.3081, 1.75, 148"
  })
  void digitsAreReadByTheNetworksTrainedForThemInWhateverOrder(
      String file, String architecture, float mean, float deviation, double error, int neurons)
      throws Exception {
    Path data = SharedModels.path("models/data/t10k-images-idx3-ubyte.gz").getParent();
    ModelSpec spec =
        new ModelSpec(
            file,
            "./models/abcrown/" + file,
            architecture,
            null,
            null,
            null,
            new ModelSpec.TaskSpec(
                "sequential-mnist",
                "t10k-images-idx3-ubyte.gz",
                "t10k-labels-idx1-ubyte.gz",
                mean,
                deviation),
            null,
            null,
            null,
            null);
    StoredModels models = new StoredModels(new HadoopStore(), data.toString(), "jobs");
    LabModel model = models.load(spec, 0);
    LabTask task = models.task(spec).orElseThrow();
    assertThat(task.score(model).errorPercent()).isCloseTo(error, within(1e-9));
    assertThat(model.structure().groups().stream().mapToInt(Group::size).sum()).isEqualTo(neurons);
    GroupPermutations shuffle = GroupPermutations.random(model.structure(), 9);
    TaskScore permuted = task.score(model.permuted(shuffle));
    assertThat(permuted.errorPercent()).isCloseTo(error, within(1e-9));
    assertThat(permuted.divergence()).isCloseTo(0, within(1e-6));
    for (Group group : model.structure().groups()) {
      GroupPermutations alone = GroupPermutations.identity().with(group, shuffle.of(group));
      assertThat(task.score(model.permuted(alone)).divergence()).isCloseTo(0, within(1e-6));
    }
    TaskScore noisy = task.score(model.perturbed(List.of(new Noise(5, LayerSelection.all(), 1))));
    assertThat(noisy.errorPercent()).isGreaterThan(40);
  }

  @Test
  void anOnnxFileDoesItsOwnWorkWithOtherWeightsInIt() throws Exception {
    StoredModels models = models();
    ModelSpec spec =
        new ModelSpec(
            "base",
            "models/abcrown/cifar_base_kw.onnx",
            null,
            null,
            null,
            null,
            ModelSpec.TaskSpec.ofCifar("onnx-cifar", "models/data/cifar10_test.csv"),
            null,
            null,
            null,
            null);
    LabModel model = models.load(spec, 0);
    LabTask task = models.task(spec).orElseThrow();
    assertThat(task.score(model).errorPercent()).isEqualTo(27);
    TaskScore permuted = task.score(model.permuted(GroupPermutations.random(model.structure(), 9)));
    assertThat(permuted.divergence()).isCloseTo(0, within(1e-6));
    TaskScore noisy = task.score(model.perturbed(List.of(new Noise(5, LayerSelection.all(), 1))));
    assertThat(noisy.errorPercent()).isGreaterThan(60);
  }

  @Test
  void permutingKeepsTheFunctionAndNoiseDoesNot() throws Exception {
    StoredModels models = models();
    ModelSpec spec = spec("resnet20-12fca82f.th");
    LabModel model = models.load(spec, 0);
    LabTask task = models.task(spec).orElseThrow();
    TaskScore permuted = task.score(model.permuted(GroupPermutations.random(model.structure(), 9)));
    assertThat(permuted.errorPercent()).isEqualTo(6);
    assertThat(permuted.divergence()).isCloseTo(0, within(1e-6));
    TaskScore noisy = task.score(model.perturbed(List.of(new Noise(2, LayerSelection.all(), 1))));
    assertThat(noisy.errorPercent()).isGreaterThan(60);
    assertThat(noisy.divergence()).isGreaterThan(1);
  }

  @Test
  void scalingMadeUpForBehindKeepsARealNetworksFunction() throws Exception {
    StoredModels models = models();
    ModelSpec spec = spec("resnet20-12fca82f.th");
    LabModel model = models.load(spec, 0);
    LabTask task = models.task(spec).orElseThrow();
    TaskScore benign =
        task.score(
            model.perturbed(
                List.of(
                    new NeuronScale(model.structure(), -4, 0.3, true, LayerSelection.all(), 2))));
    assertThat(benign.divergence()).isCloseTo(0, within(1e-3));
    TaskScore tampered =
        task.score(
            model.perturbed(
                List.of(
                    new NeuronScale(model.structure(), 4, 0.3, false, LayerSelection.all(), 2))));
    assertThat(tampered.divergence()).isGreaterThan(0.05);
  }

  private static Sweep few(String job) throws Exception {
    try (InputStream json = Files.newInputStream(Path.of("jobs", job))) {
      Sweep sweep = Sweep.read(job, json);
      return new Sweep(
          "few",
          null,
          sweep.models(),
          List.of(new Attack(AttackKind.NOISE, List.of(0.1))),
          sweep.protocols(),
          sweep.methods(),
          sweep.studies(),
          2,
          1);
    }
  }

  private static double first(String cell) {
    return Double.parseDouble(cell.split(" ", 2)[0]);
  }

  @Test
  void studiesAnswerOnRealNetworks() throws Exception {
    Sweep marks = few("watermark.json");
    StudyTable mark = marks.studies().get(0).run(marks, models());
    for (List<String> row : mark.rows()) {
      assertThat(row.get(1)).isEqualTo("0.0");
      assertThat(first(row.get(2))).isBetween(30.0, 70.0);
      assertThat(first(row.get(3))).isBetween(30.0, 70.0);
      assertThat(row.get(4)).isEqualTo("0.0");
    }
    Sweep relatives = few("kinship.json");
    StudyTable kin = relatives.studies().get(0).run(relatives, models());
    assertThat(kin.rows()).hasSize(9);
    assertThat(first(kin.rows().get(0).get(6))).isGreaterThan(99);
    assertThat(first(kin.rows().get(1).get(7))).isLessThan(-100);
    assertThat(first(kin.rows().get(8).get(6))).isLessThan(20);
    assertThat(first(kin.rows().get(8).get(7))).isGreaterThan(-6);
    StudyTable likeness =
        relatives.studies().get(relatives.studies().size() - 1).run(relatives, models());
    assertThat(likeness.clouds()).hasSize(2);
    assertThat(likeness.clouds().get(0).points()).hasSize(16 * 15 / 2 + 6 * 16);
    // Not nearer to 1: some of the first neurons are nearly dead, and even little noise drowns
    // them.
    assertThat(Double.parseDouble(likeness.rows().get(0).get(1))).isBetween(0.8, 0.95);
  }

  @Test
  void readsIdxFiles() throws Exception {
    Path folder = SharedModels.path("models/data/t10k-images-idx3-ubyte.gz").getParent();
    try (InputStream images = Files.newInputStream(folder.resolve("t10k-images-idx3-ubyte.gz"));
        InputStream labels = Files.newInputStream(folder.resolve("t10k-labels-idx1-ubyte.gz"))) {
      Dataset mnist = Dataset.idx("t10k", images, labels);
      assertThat(mnist.labels()).hasSize(10_000).startsWith(7, 2, 1, 0, 4).contains(9);
      assertThat(mnist.image().elements()).isEqualTo(784);
    }
  }

  @Test
  void divergenceIsThatOfSoftmaxes() {
    float[] even = {1000, 1000};
    float[] skewed = {(float) Math.log(3), 0};
    assertThat(TaskScore.divergence(even, skewed))
        .isCloseTo(0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(0.5 / 0.25), within(1e-6));
  }

  @Test
  void refusesBrokenData() {
    assertThatThrownBy(() -> text("3,1,2\n")).hasMessageContaining("3 values, not 3073");
    assertThatThrownBy(() -> text("12" + ",0".repeat(3072))).hasMessageContaining("0 to 9");
    assertThatThrownBy(() -> text("1" + ",x".repeat(3072)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("line 1");
  }

  private static void text(String content) throws Exception {
    Dataset.cifarText(
        "cifar.csv", new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
  }
}
