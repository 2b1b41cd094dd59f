package org.findthelady.structure.prove;

import static org.assertj.core.api.Assertions.assertThat;

import org.findthelady.experiment.PaperNetworks;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;
import org.findthelady.structure.derive.Subject;
import org.findthelady.structure.derive.TracedStructure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lighter networks; {@link ProofIT} has the rest. */
class ProofTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/abcrown/cifar_base_kw.onnx",
        "models/face-rfb/onnx/version-RFB-320.onnx",
        "models/face-rfb/onnx/version-RFB-320_simplified.onnx",
        "models/face-rfb/onnx/version-RFB-320_without_postprocessing.onnx",
        "models/fastestdet/FastestDet.onnx",
        "models/silero-vad/silero_vad_16k_op15.onnx",
        "models/yolox/yolox_nano.onnx",
        "graphs/resnet18.onnx",
        "graphs/shufflenet_v2.onnx",
        "graphs/mobilenet_v3_large.onnx"
      })
  void movingAnyGroupKeepsTheFunction(String network) throws Exception {
    Subject subject = Subject.shared(network);
    TracedStructure traced = subject.trace();
    Proof proof = subject.prove(traced.structure(), 5);
    assertThat(traced.notes()).isEmpty();
    assertThat(traced.structure().groups()).isNotEmpty();
    assertThat(proof.holds()).as("%s", proof).isTrue();
    assertThat(proof.vacuous()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yolov5n", "dvc"})
  void movingAnyGroupOfThePapersNetworksKeepsTheFunction(String network) throws Exception {
    Subject subject =
        Subject.filled(network.equals("dvc") ? PaperNetworks.dvc(64) : PaperNetworks.yolov5n(64));
    TracedStructure traced = subject.trace();
    Proof proof = subject.prove(traced.structure(), 6);
    assertThat(traced.notes()).isEmpty();
    assertThat(traced.structure().groups().size()).isGreaterThan(20);
    assertThat(proof.holds()).as("%s", proof).isTrue();
    assertThat(proof.vacuous()).isEmpty();
  }

  @Test
  void aResidualStreamIsOneGroupOfAllThatReadsOrWritesIt() throws Exception {
    Structure structure = Subject.shared("graphs/resnet18.onnx").trace().structure();
    assertThat(structure.membersOf("conv1.weight"))
        .contains(
            "conv1.weight",
            "layer1.0.conv1.weight",
            "layer1.0.conv2.weight",
            "layer1.1.conv1.weight",
            "layer1.1.conv2.weight",
            "layer2.0.conv1.weight",
            "layer2.0.downsample.0.weight");
    // Four streams and eight inner groups.
    assertThat(structure.groups()).hasSize(12);
  }

  @Test
  void channelShufflesMoveWithoutFreezing() throws Exception {
    Structure structure = Subject.shared("graphs/shufflenet_v2.onnx").trace().structure();
    int neurons = structure.groups().stream().mapToInt(Group::units).sum();
    assertThat(neurons).isGreaterThan(5000);
  }
}
