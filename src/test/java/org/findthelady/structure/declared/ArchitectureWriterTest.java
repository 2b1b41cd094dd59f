package org.findthelady.structure.declared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.core.Shape;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureWriterTest {
  @ParameterizedTest
  @MethodSource("org.findthelady.structure.declared.ShippedArchitecturesTest#models")
  void whatIsWrittenIsReadBackTheSame(ReferenceModel model) throws IOException {
    Map<String, Shape> shapes = model.weights().shapes();
    Structure structure =
        Architectures.builtIn().named(model.architecture(), shapes, model.configuration());
    assertSame(structure, readBack(structure, shapes));
  }

  @Test
  void keepsNamesThatLookLikeSomethingElse() throws IOException {
    Group odd = Group.root("it's {i} + 'x' * 3", 12);
    Group nested = Group.within(odd, "/a b:0", 5);
    Group number = Group.root("17", 4);
    Group rotary = Group.root("rotary.4", 3);
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put(
        "onnx::Conv_{i}",
        List.of(
            Axis.of(
                Segment.of(AxisFactor.of(odd), AxisFactor.of(nested)),
                Segment.of(AxisFactor.fixed(2))),
            Axis.of(
                Segment.of(AxisFactor.slice(odd, 0, 5), AxisFactor.fixed(3)),
                Segment.of(AxisFactor.of(number)),
                Segment.of(AxisFactor.slice(odd, 5, 7), AxisFactor.fixed(3)))));
    axes.put("'quoted'", List.of(Axis.frozen(7, ""), Axis.of(Segment.of(AxisFactor.of(rotary)))));
    axes.put("module.x{p=a|b}", List.of(Axis.frozen(3, "no {i} reason")));
    axes.put("x", List.of());
    Structure structure = new Structure("odd", List.of(odd, nested, number, rotary), axes);
    Map<String, Shape> shapes =
        Map.of(
            "onnx::Conv_{i}", Shape.of(62, 40),
            "'quoted'", Shape.of(7, 3),
            "module.x{p=a|b}", Shape.of(3),
            "x", Shape.of());
    assertSame(structure, readBack(structure, shapes));
  }

  private static Structure readBack(Structure structure, Map<String, Shape> shapes)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ArchitectureWriter.write("written", structure, out);
    byte[] json = out.toByteArray();
    assertThat(ArchitectureLinter.lint("written.json", new ByteArrayInputStream(json)))
        .noneMatch(problem -> !problem.contains("paired"));
    return Architectures.builtIn()
        .load("written.json", new ByteArrayInputStream(json))
        .named("written", shapes, Optional.empty());
  }

  private static void assertSame(Structure expected, Structure actual) {
    assertThat(actual.groups()).isEqualTo(expected.groups());
    assertThat(actual.axes()).isEqualTo(expected.axes());
    assertThat(actual.stacks()).isEqualTo(expected.stacks());
    assertThat(actual.rotary()).containsExactlyInAnyOrderElementsOf(expected.rotary());
  }
}
