package org.findthelady.structure.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;
import org.findthelady.structure.derive.Subject;
import org.findthelady.structure.derive.TracedStructure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The heavier networks, weights at full size. */
class ProofIT {
  @ParameterizedTest
  @CsvSource({
    "convnext_tiny,3",
    "deeplabv3_resnet50,2",
    "densenet121,3",
    "inception_v3,3",
    "resnet50,3",
    "resnet101,2",
    "swin_t,4",
    "vgg16,2",
    "vgg16_bn,2",
    "vit_b_32,4"
  })
  void movingAnyGroupKeepsTheFunction(String network, int alone) throws Exception {
    Subject subject = Subject.shared("graphs/" + network + ".onnx");
    TracedStructure traced = subject.trace();
    Proof proof = subject.prove(traced.structure(), alone);
    assertThat(traced.notes()).isEmpty();
    assertThat(proof.holds()).as("%s", proof).isTrue();
    assertThat(proof.vacuous()).isEmpty();
  }

  @Test
  void aTransformerHasAStreamHeadsInHeadAndHiddenGroups() throws Exception {
    Structure structure = Subject.shared("graphs/vit_b_32.onnx").trace().structure();
    List<Group> groups = List.copyOf(structure.groups());
    assertThat(groups).filteredOn(g -> g.parentName() == null && g.size() == 768).hasSize(1);
    assertThat(groups).filteredOn(g -> g.parentName() == null && g.size() == 12).hasSize(12);
    assertThat(groups).filteredOn(g -> g.parentName() != null && g.size() == 64).hasSize(24);
    assertThat(groups).filteredOn(g -> g.size() == 3072).hasSize(12);
    assertThat(groups).hasSize(49);
  }
}
