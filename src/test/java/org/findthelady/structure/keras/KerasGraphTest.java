package org.findthelady.structure.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;
import org.findthelady.structure.onnx.Proof;
import org.findthelady.structure.onnx.Prover;
import org.findthelady.structure.onnx.TracedStructure;
import org.findthelady.structure.onnx.Weights;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KerasGraphTest {
  @ParameterizedTest
  @CsvSource({
    "ad01.h5, 9",
    "pretrainedResnet.h5, 6",
    "str_ww_ref_model.h5, 4",
    "vww_96.h5, 14",
  })
  void movingAnyGroupOfARealModelKeepsTheFunction(String file, int groups) throws Exception {
    String path = SharedModels.path("models/mlperf-tiny/" + file).toString();
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, path);
    Map<String, Shape> shapes = new LinkedHashMap<>();
    checkpoint.tensors().forEach(t -> shapes.put(t.name(), t.shape()));
    // A saturated softmax would hide what moved in front of it.
    String configuration =
        checkpoint.attributes().get(KerasGraph.ATTRIBUTE).replace("\"softmax\"", "\"linear\"");
    KerasGraph graph = KerasGraph.of(file, configuration, shapes);
    TracedStructure traced = graph.trace();
    Structure structure = traced.structure();

    assertThat(traced.notes()).isEmpty();
    assertThat(structure.groups()).hasSize(groups);
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint);
        Prover prover =
            new Prover(
                graph.model(),
                checkpoint.byName(),
                Weights.of(checkpoint, reader),
                Map.of(),
                structure,
                7)) {
      Proof proof = prover.prove(groups);
      assertThat(proof.holds()).as("%s", proof).isTrue();
      assertThat(proof.vacuous()).isEmpty();
    }
  }
}
