package org.findthelady.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.core.BlockTemplate;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.junit.jupiter.api.Test;

/** Makes the table of schemes in docs/formats.md from what the fixtures show, and compares. */
class PackedTableTest {
  /** Axes of fixtures whose reversal parts elements that share a scale; all others are written. */
  static final Set<String> NOT_WRITTEN =
      Set.of(
          "bnb-fp4-ragged 0",
          "bnb-fp4-ragged 1",
          "bnb-nf4-nested 0",
          "bnb-nf4-nested 1",
          "fp8-blocks-128 0",
          "fp8-blocks-128 1",
          "fp8-blocks-128-e8m0 0",
          "fp8-blocks-128-e8m0 1");

  /** Types of ggml that the Python package gguf does not decode. */
  private static final Set<DType> WITHOUT_GGUF = EnumSet.of(DType.Q8_K, DType.Q1_0, DType.Q2_0);

  /** Who made the conversions of schemes in ConversionTest that are not named after their maker. */
  private static final Map<String, String> CONVERTERS =
      Map.ofEntries(
          Map.entry("awq-int4", "AutoAWQ, AutoRound"),
          Map.entry("bnb-fp4-ragged", "bitsandbytes"),
          Map.entry("bnb-int8", "bitsandbytes"),
          Map.entry("bnb-nf4", "bitsandbytes"),
          Map.entry("bnb-nf4-nested", "bitsandbytes"),
          Map.entry("ct-int4", "compressed-tensors"),
          Map.entry("ct-int4-zero", "compressed-tensors"),
          Map.entry("ct-int8", "compressed-tensors"),
          Map.entry("fp8-blocks-128", "compressed-tensors"),
          Map.entry("fp8-experts", "ml_dtypes, compressed-tensors"),
          Map.entry("gptq-int4", "AutoRound"),
          Map.entry("gptq-int8", "AutoRound"),
          Map.entry("mxfp4-blocks", "compressed-tensors"),
          Map.entry("mxfp8", "compressed-tensors"),
          Map.entry("nvfp4-divisor", "compressed-tensors"),
          Map.entry("nvfp4-multiplier", "NumPy"));

  @Test
  void documentationSaysWhatIsReadComparedAndWritten() throws IOException {
    String document = Files.readString(Path.of("docs/formats.md"));
    for (String row : rows()) {
      assertThat(document).contains(row);
    }
  }

  private static List<String> rows() throws IOException {
    Set<String> rows = new TreeSet<>();
    for (Map.Entry<String, List<String>> by : PackedFixture.ALL.entrySet()) {
      for (String name : by.getValue()) {
        PackedFixture fixture = PackedFixture.open(name);
        assertThat(fixture.levelsStandFor(fixture.expected())).as(name).isTrue();
        float[] expected = fixture.expected();
        float[] values = fixture.read(fixture.weight());
        long equal = 0;
        for (int i = 0; i < values.length; i++) {
          equal += values[i] == expected[i] ? 1 : 0;
        }
        rows.add(
            String.format(
                Locale.ROOT,
                "| `%s` | %s | yes | yes | %s | yes | %s | %s | %d of %d |",
                name,
                fixture.checkpoint().packing().weights().get(0).scheme(),
                written(fixture, name),
                CONVERTERS.getOrDefault(
                    name,
                    name.startsWith("mlx") ? converter(name + ".safetensors", "MLX", "") : ""),
                by.getKey(),
                equal,
                values.length));
      }
    }
    List<String> all = new ArrayList<>(rows);
    for (DType type : DType.values()) {
      if (type.blockElements() > 1 && type != DType.F4) {
        all.add(
            "| `%s` | GGUF, blocks of %d | %s | %s | rows, whole blocks | %s | %s | %s | %s |"
                .formatted(
                    type,
                    type.blockElements(),
                    type.decodable() ? "yes" : "no",
                    type.decodable() ? "yes" : "no",
                    BlockTemplate.of(type).isPresent() ? "yes" : "no",
                    converter("ggml-" + type + ".gguf", "ggml", ""),
                    type == DType.Q8_K
                        ? "its definition"
                        : WITHOUT_GGUF.contains(type) ? "ggml" : "gguf",
                    equal(type)));
      }
    }
    return all;
  }

  /** Who made the conversion that ConversionTest checks; empty if there is none. */
  private static String converter(String file, String maker, String otherwise) {
    String path = "/org/findthelady/conversion/" + file;
    return PackedTableTest.class.getResource(path) == null ? otherwise : maker;
  }

  /** How many values of the blocks that gguf or ggml decoded have the same bits. */
  private static String equal(DType type) throws IOException {
    if (type == DType.Q8_K) {
      return "";
    }
    String path = "/org/findthelady/core/blocks/" + type;
    try (InputStream blocks = PackedTableTest.class.getResourceAsStream(path + ".blocks");
        InputStream floats = PackedTableTest.class.getResourceAsStream(path + ".floats")) {
      byte[] packed = blocks.readAllBytes();
      float[] values = new float[packed.length / type.blockBytes() * type.blockElements()];
      Floats.decode(type, packed, 0, values, 0, values.length);
      ByteBuffer expected = ByteBuffer.wrap(floats.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      int equal = 0;
      for (float value : values) {
        equal += Float.compare(value + 0f, expected.getFloat() + 0f) == 0 ? 1 : 0;
      }
      return equal + " of " + values.length;
    }
  }

  /** Which axes can be reversed and written bit for bit. */
  private static String written(PackedFixture fixture, String name) throws IOException {
    Shape shape = fixture.weight().shape();
    List<String> axes = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      int[][] gathers = new int[shape.rank()][];
      gathers[axis] = PackedWeightsTest.reversed(shape.intLength(axis));
      try {
        fixture.movedAndReadBack(gathers);
        axes.add(
            axis == shape.rank() - 1 ? "blocks of columns" : axis == 0 ? "rows" : "axis " + axis);
      } catch (CheckpointException e) {
        assertThat(NOT_WRITTEN).contains(name + " " + axis);
      }
    }
    return axes.isEmpty() ? "whole blocks" : String.join(", ", axes);
  }

  /** Prints the rows, to be put into the document. */
  public static void main(String... arguments) throws IOException {
    System.out.println(String.join("\n", rows()));
  }
}
