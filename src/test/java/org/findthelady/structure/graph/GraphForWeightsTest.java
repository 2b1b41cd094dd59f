package org.findthelady.structure.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;
import org.findthelady.structure.derive.Subject;
import org.junit.jupiter.api.Test;

class GraphForWeightsTest {
  private static final Group INNER = Group.root("inner", 6);
  private static final Group OTHER = Group.root("other", 5);
  private static final Structure GRAPH =
      new Structure(
          "graph",
          List.of(INNER, OTHER),
          Map.of(
              "a.weight", List.of(whole(INNER), Axis.frozen(3, "input")),
              "b.weight", List.of(Axis.frozen(4, "output"), whole(INNER)),
              "c.weight", List.of(whole(OTHER), Axis.frozen(7, "input")),
              "onnx::MatMul_17", List.of(Axis.frozen(9, "output"), whole(OTHER))));

  private static Axis whole(Group group) {
    return Axis.of(Segment.of(AxisFactor.of(group)));
  }

  private static Map<String, Shape> weights(String... names) {
    Map<String, Shape> weights = new LinkedHashMap<>();
    Shape[] shapes = {Shape.of(6, 3), Shape.of(4, 6), Shape.of(5, 7), Shape.of(9, 5)};
    for (int i = 0; i < names.length; i++) {
      weights.put(names[i], shapes[i]);
    }
    return weights;
  }

  @Test
  void mapsByNameThenPrefixThenLonelyShape() {
    GraphForWeights mapped =
        GraphForWeights.of(GRAPH, weights("a.weight", "module.b.weight", "net/c/weight", "head"));
    assertThat(mapped.graphNames())
        .containsEntry("a.weight", "a.weight")
        .containsEntry("module.b.weight", "b.weight")
        .containsEntry("net/c/weight", "c.weight")
        .containsEntry("head", "onnx::MatMul_17");
    assertThat(mapped.held()).isEmpty();
    assertThat(mapped.structure().membersOf("inner"))
        .containsExactly("a.weight", "module.b.weight");
  }

  @Test
  void holdsAGroupStillIfOneOfItsTensorsIsMissing() {
    GraphForWeights mapped = GraphForWeights.of(GRAPH, weights("a.weight", "b.weight", "c.weight"));
    assertThat(mapped.missing()).containsExactly("onnx::MatMul_17");
    assertThat(mapped.held()).containsExactly("other");
    assertThat(mapped.structure().membersOf("inner")).hasSize(2);
  }

  @Test
  void holdsAGroupStillIfAnUnmappedTensorCouldBelongToIt() {
    Map<String, Shape> weights = weights("a.weight", "b.weight", "c.weight", "d");
    weights.put("folded.scale", Shape.of(6));
    GraphForWeights mapped = GraphForWeights.of(GRAPH, weights);
    assertThat(mapped.unmapped()).containsExactly("folded.scale");
    assertThat(mapped.held()).containsExactly("inner");
  }

  @Test
  void aDetectorsGraphIsTheStructureOfItsPyTorchFile() throws Exception {
    Structure graph =
        Subject.shared("models/face-rfb/onnx/version-RFB-320.onnx").trace().structure();
    Checkpoint checkpoint =
        Checkpoints.open(
            new HadoopStore(), SharedModels.path("models/face-rfb/version-RFB-320.pth").toString());
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      shapes.put(tensor.name(), tensor.shape());
    }
    GraphForWeights mapped = GraphForWeights.of(graph, shapes);
    assertThat(mapped.unmapped()).isEmpty();
    assertThat(mapped.held()).isEmpty();
    assertThat(mapped.structure().groups()).hasSameSizeAs(graph.groups());
  }
}
