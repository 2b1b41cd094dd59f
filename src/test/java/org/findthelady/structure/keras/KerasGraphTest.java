package org.findthelady.structure.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;
import org.findthelady.structure.derive.TracedStructure;
import org.findthelady.structure.graph.GraphWeights;
import org.findthelady.structure.prove.Proof;
import org.findthelady.structure.prove.Prover;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KerasGraphTest {
  @ParameterizedTest
  @CsvSource({
    "ad01.h5, 9",
    "pretrainedResnet.h5, 6",
    "str_ww_ref_model.h5, 4",
    "vww_96.h5, 14",
  })
  void movingAnyGroupOfARealModelKeepsTheFunction(String file, int groups) throws Exception {
    prove(SharedModels.path("models/mlperf-tiny/" + file), groups);
  }

  /** Made by src/test/python/make_keras.py with Keras 3; between them every layer that is known. */
  @ParameterizedTest
  @CsvSource({"layers.keras, 9", "layers.h5, 9", "text.keras, 2"})
  void everyKnownLayerKeepsTheFunction(String file, int groups) throws Exception {
    prove(resource(file), groups);
  }

  private static Path resource(String file) throws URISyntaxException {
    return Path.of(Objects.requireNonNull(KerasGraphTest.class.getResource(file)).toURI());
  }

  private static void prove(Path path, int groups) throws Exception {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, path.toString());
    // A saturated softmax would hide what moved in front of it.
    String configuration =
        checkpoint.attributes().get(KerasGraph.ATTRIBUTE).replace("\"softmax\"", "\"linear\"");
    KerasGraph graph = KerasGraph.of("model", configuration, shapes(checkpoint));
    TracedStructure traced = graph.trace();
    Structure structure = traced.structure();

    assertThat(traced.notes()).isEmpty();
    assertThat(structure.groups()).hasSize(groups);
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint);
        Prover prover =
            new Prover(
                graph.model(),
                checkpoint.byName(),
                GraphWeights.of(checkpoint, reader),
                Map.of(),
                structure,
                7)) {
      Proof proof = prover.prove(groups);
      assertThat(proof.holds()).as("%s", proof).isTrue();
      assertThat(proof.vacuous()).isEmpty();
    }
  }

  private static Map<String, Shape> shapes(Checkpoint checkpoint) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    checkpoint.tensors().forEach(t -> shapes.put(t.name(), t.shape()));
    return shapes;
  }

  @Test
  void aLayerThatIsNotKnownFreezesWhatItTouchesAndNoMore() throws Exception {
    Checkpoint checkpoint =
        Checkpoints.open(new HadoopStore(), resource("recurrent.keras").toString());
    String configuration = checkpoint.attributes().get(KerasGraph.ATTRIBUTE);
    TracedStructure traced = KerasGraph.of("model", configuration, shapes(checkpoint)).trace();
    assertThat(traced.notes()).anySatisfy(note -> assertThat(note).contains("GRU 'gru'"));
    Structure structure = traced.structure();
    assertThat(structure.groups()).extracting(Group::name).containsExactly("layers/dense_1/vars/0");
    assertThat(structure.axes("layers/dense/vars/0")).allMatch(Axis::isFrozen);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[1]",
        "{\"class_name\": \"Functional\", \"config\": {\"layers\": []}}",
        // No outputs.
        "{\"class_name\":\"Functional\",\"config\":{\"layers\":[{\"name\":\"x\"}]}}",
        // Two layers that read each other.
        "{\"class_name\":\"Functional\",\"config\":{\"layers\":["
            + "{\"class_name\":\"InputLayer\",\"name\":\"x\",\"config\":{\"batch_shape\":[1,2]}},"
            + "{\"class_name\":\"Dropout\",\"name\":\"a\",\"inbound_nodes\":[[[\"b\",0,0]]]},"
            + "{\"class_name\":\"Dropout\",\"name\":\"b\",\"inbound_nodes\":[[[\"a\",0,0]]]}],"
            + "\"input_layers\":[[\"x\",0,0]],\"output_layers\":[[\"a\",0,0]]}}",
        // A name twice in one object.
        "{\"class_name\":\"Sequential\",\"class_name\":\"Model\",\"config\":[]}",
        // A sequence of unknown input.
        "{\"class_name\":\"Sequential\",\"config\":[{\"class_name\":\"Dense\"}]}"
      })
  void refusesAConfigurationThatDoesNotSayWhatReadsWhat(String configuration) {
    assertThatThrownBy(() -> KerasGraph.of("model.h5", configuration, Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("model.h5");
  }

  @Test
  void modelsCalledInModelsDoNotMultiply() {
    String inner = "{\"class_name\":\"Dropout\",\"name\":\"m\",\"config\":{}";
    for (int depth = 0; depth < 12; depth++) {
      inner =
          ("{\"class_name\":\"Functional\",\"name\":\"m\",\"config\":{\"layers\":["
                  + "{\"class_name\":\"InputLayer\",\"name\":\"x\",\"config\":{\"batch_shape\":[1,2]}},"
                  + "%s,\"inbound_nodes\":[%s]}],"
                  + "\"input_layers\":[[\"x\",0,0]],\"output_layers\":[[\"m\",0,0]]}")
              .formatted(inner, String.join(",", Collections.nCopies(8, "[[\"x\",0,0]]")));
    }
    String bomb = inner + "}";
    assertThat(bomb.length()).isLessThan(10_000);
    assertThatThrownBy(() -> KerasGraph.of("model.h5", bomb, Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("calls of layers");
  }
}
