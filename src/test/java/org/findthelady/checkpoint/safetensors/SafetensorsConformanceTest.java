package org.findthelady.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.findthelady.checkpoint.safetensors.RawSafetensors.bytes;
import static org.findthelady.checkpoint.safetensors.RawSafetensors.entry;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsConformanceTest {
  private static final byte[] EIGHT = {1, 2, 3, 4, 5, 6, 7, 8};

  @TempDir Path folder;

  private Checkpoint open(byte... content) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Files.write(file, content);
    return Checkpoints.open(new HadoopStore(), file.toString());
  }

  private CheckpointException refusal(byte[] content) {
    CheckpointException refusal = assertThrows(CheckpointException.class, () -> open(content));
    assertThat(refusal).hasMessageContaining("model.safetensors");
    return refusal;
  }

  static Stream<Arguments> refused() {
    String two = entry("a", "F32", "[1]", 0, 4);
    return Stream.of(
        Arguments.of("seven bytes", Reason.TRUNCATED, new byte[7], "7 bytes"),
        Arguments.of(
            "header length beyond the file",
            Reason.TRUNCATED,
            bytes(100, "{}".getBytes(StandardCharsets.UTF_8)),
            "header of 100 bytes in a file of 10"),
        Arguments.of(
            "header length beyond the format's limit",
            Reason.LIMIT,
            bytes(100_000_001, "{}".getBytes(StandardCharsets.UTF_8)),
            "100000001"),
        Arguments.of(
            "header length with the top bit set",
            Reason.LIMIT,
            bytes(-1, "{}".getBytes(StandardCharsets.UTF_8)),
            "18446744073709551615"),
        Arguments.of("no header", Reason.MALFORMED, bytes(""), "not a JSON object"),
        Arguments.of("header is an array", Reason.MALFORMED, bytes("[]"), "not a JSON object"),
        Arguments.of("header is a number", Reason.MALFORMED, bytes("12"), "not a JSON object"),
        Arguments.of("header is cut", Reason.MALFORMED, bytes("{\"a\":{"), "not JSON"),
        Arguments.of("text behind the object", Reason.MALFORMED, bytes("{} {}"), "goes on"),
        Arguments.of("comma behind the object", Reason.MALFORMED, bytes("{},"), "header"),
        Arguments.of("zero byte behind the object", Reason.MALFORMED, bytes("{}\0"), "not JSON"),
        Arguments.of("byte order mark", Reason.MALFORMED, bytes("\ufeff{}"), "header"),
        Arguments.of(
            "UTF-16 header",
            Reason.MALFORMED,
            RawSafetensors.bytes(4, "{}".getBytes(StandardCharsets.UTF_16LE)),
            "JSON"),
        Arguments.of(
            "invalid UTF-8 in a name",
            Reason.MALFORMED,
            latin1("{" + entry("\u00ff", "F32", "[1]", 0, 4) + "}", new byte[4]),
            "UTF-8"),
        Arguments.of(
            "overlong UTF-8 in a name",
            Reason.MALFORMED,
            latin1("{" + entry("\u00c1\u0081", "F32", "[1]", 0, 4) + "}", new byte[4]),
            "UTF-8"),
        Arguments.of(
            "half a surrogate pair in a name",
            Reason.MALFORMED,
            bytes("{" + entry("\\ud800", "F32", "[1]", 0, 4) + "}", new byte[4]),
            "surrogate"),
        Arguments.of(
            "unknown dtype",
            Reason.UNSUPPORTED,
            bytes("{" + entry("a", "F31", "[1]", 0, 4) + "}", new byte[4]),
            "'F31'"),
        Arguments.of(
            "dtype of another format",
            Reason.UNSUPPORTED,
            bytes("{" + entry("a", "Q8_0", "[32]", 0, 34) + "}", new byte[34]),
            "'Q8_0'"),
        Arguments.of(
            "lower-case dtype",
            Reason.UNSUPPORTED,
            bytes("{" + entry("a", "f32", "[1]", 0, 4) + "}", new byte[4]),
            "'f32'"),
        Arguments.of(
            "hole at the start",
            Reason.MALFORMED,
            bytes("{" + entry("a", "F32", "[1]", 4, 8) + "}", EIGHT),
            "a hole"),
        Arguments.of(
            "hole between tensors",
            Reason.MALFORMED,
            bytes("{" + two + "," + entry("b", "U8", "[1]", 5, 6) + "}", new byte[6]),
            "begins at 5, the one before it ends at 4: a hole"),
        Arguments.of(
            "overlap",
            Reason.UNSAFE,
            bytes("{" + two + "," + entry("b", "F32", "[1]", 2, 6) + "}", new byte[6]),
            "begins at 2, the one before it ends at 4: they overlap"),
        Arguments.of(
            "same bytes twice",
            Reason.UNSAFE,
            bytes("{" + two + "," + entry("b", "F32", "[1]", 0, 4) + "}", new byte[4]),
            "overlap"),
        Arguments.of(
            "bytes behind the last tensor",
            Reason.MALFORMED,
            bytes("{" + two + "}", EIGHT),
            "end at 4 of 8"),
        Arguments.of(
            "tensors beyond the end",
            Reason.TRUNCATED,
            bytes("{" + two + "}", new byte[3]),
            "4 of 3"),
        Arguments.of("bytes without tensors", Reason.MALFORMED, bytes("{}", EIGHT), "0 of 8"),
        Arguments.of(
            "shape whose product overflows",
            Reason.MALFORMED,
            bytes("{" + entry("a", "U8", "[4294967296,4294967296]", 0, 0) + "}"),
            "overflow"),
        Arguments.of(
            "shape whose bytes overflow",
            Reason.MALFORMED,
            bytes("{" + entry("a", "F64", "[4611686018427387904]", 0, 0) + "}"),
            "overflow"),
        Arguments.of(
            "length beyond a long",
            Reason.MALFORMED,
            bytes("{" + entry("a", "U8", "[18446744073709551616]", 0, 0) + "}"),
            "18446744073709551616"),
        Arguments.of(
            "negative length",
            Reason.MALFORMED,
            bytes("{" + entry("a", "U8", "[-1]", 0, 0) + "}"),
            "'-1'"),
        Arguments.of(
            "minus zero",
            Reason.MALFORMED,
            bytes("{" + entry("a", "U8", "[-0]", 0, 0) + "}"),
            "'-0'"),
        Arguments.of(
            "fractional length",
            Reason.MALFORMED,
            bytes("{" + entry("a", "U8", "[1.0]", 0, 1) + "}", new byte[1]),
            "'1.0'"),
        Arguments.of(
            "length in a string",
            Reason.MALFORMED,
            bytes("{" + entry("a", "U8", "[\"1\"]", 0, 1) + "}", new byte[1]),
            "no length"),
        Arguments.of(
            "leading zero",
            Reason.MALFORMED,
            bytes("{" + entry("a", "U8", "[01]", 0, 1) + "}"),
            "JSON"),
        Arguments.of(
            "too few bytes",
            Reason.MALFORMED,
            bytes("{" + entry("a", "F32", "[2]", 0, 4) + "}", new byte[4]),
            "needs 8 bytes, header gives 4"),
        Arguments.of(
            "end before begin",
            Reason.MALFORMED,
            bytes("{" + entry("a", "F32", "[0]", 4, 0) + "}", new byte[4]),
            "ends at 0 before it begins at 4"),
        Arguments.of(
            "odd number of half bytes",
            Reason.MALFORMED,
            bytes("{" + entry("a", "F4", "[3]", 0, 2) + "}", new byte[2]),
            "3 elements"),
        Arguments.of(
            "three offsets",
            Reason.MALFORMED,
            bytes("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,2]}}", new byte[1]),
            "lacks"),
        Arguments.of(
            "no shape",
            Reason.MALFORMED,
            bytes("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", new byte[1]),
            "lacks"),
        Arguments.of("tensor is null", Reason.MALFORMED, bytes("{\"a\":null}"), "not an object"),
        Arguments.of(
            "metadata is a list",
            Reason.MALFORMED,
            bytes("{\"__metadata__\":[]}"),
            "not an object"),
        Arguments.of(
            "metadata holds a number",
            Reason.MALFORMED,
            bytes("{\"__metadata__\":{\"k\":1}}"),
            "'k' is not a string"),
        Arguments.of(
            "metadata holds an object",
            Reason.MALFORMED,
            bytes("{\"__metadata__\":{\"k\":{}}}"),
            "'k' is not a string"),
        Arguments.of(
            "tensor name twice",
            Reason.UNSAFE,
            bytes("{" + two + "," + entry("a", "F32", "[1]", 4, 8) + "}", EIGHT),
            "'a'"),
        Arguments.of(
            "tensor name twice, once escaped",
            Reason.UNSAFE,
            bytes("{" + two + "," + entry("\\u0061", "F32", "[1]", 4, 8) + "}", EIGHT),
            "'a'"),
        Arguments.of(
            "metadata twice",
            Reason.UNSAFE,
            bytes("{\"__metadata__\":{},\"__metadata__\":{}}"),
            "__metadata__"),
        Arguments.of(
            "shape twice in one tensor",
            Reason.UNSAFE,
            bytes(
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"shape\":[2],\"data_offsets\":[0,1]}}",
                new byte[1]),
            "'shape'"),
        Arguments.of(
            "nesting that would cost stack",
            Reason.MALFORMED,
            bytes("{\"a\":{\"x\":" + "[".repeat(200_000) + "]".repeat(200_000) + "}}"),
            "depth"),
        Arguments.of("comments", Reason.MALFORMED, bytes("/**/{}"), "JSON"),
        Arguments.of("not a number", Reason.MALFORMED, bytes("{\"a\":NaN}"), "JSON"));
  }

  private static byte[] latin1(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.ISO_8859_1);
    return bytes(json.length, json, data);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refused(String what, Reason reason, byte[] content, String says) {
    CheckpointException refusal = refusal(content);
    assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
    assertThat(refusal).hasMessageContaining(says);
  }

  @Test
  void refusesAnEmptyFile() {
    assertThat(refusal(new byte[0]).reason()).isEqualTo(Reason.TRUNCATED);
  }

  static Stream<Arguments> accepted() {
    String a = entry("a", "F32", "[1]", 0, 4);
    return Stream.of(
        Arguments.of("no tensors", bytes("{}"), List.of()),
        Arguments.of("empty metadata", bytes("{\"__metadata__\":{}}"), List.of()),
        Arguments.of("metadata is null", bytes("{\"__metadata__\":null}"), List.of()),
        Arguments.of("white space before", bytes(" \n\t\r{" + a + "}", new byte[4]), List.of("a")),
        Arguments.of("white space behind", bytes("{" + a + "}   ", new byte[4]), List.of("a")),
        Arguments.of(
            "zero-size tensors at boundaries",
            bytes(
                "{"
                    + entry("z0", "F32", "[0,7]", 0, 0)
                    + ","
                    + a
                    + ","
                    + entry("z1", "F32", "[3,0]", 4, 4)
                    + "}",
                new byte[4]),
            List.of("z0", "a", "z1")),
        Arguments.of(
            "unaligned tensors",
            bytes(
                "{" + entry("b", "U8", "[1]", 0, 1) + "," + entry("a", "F64", "[]", 1, 9) + "}",
                new byte[9]),
            List.of("b", "a")),
        Arguments.of(
            "any order in the file",
            bytes("{" + entry("b", "F32", "[1]", 4, 8) + "," + a + "}", EIGHT),
            List.of("b", "a")),
        Arguments.of(
            "names that look like paths",
            bytes(
                "{"
                    + entry("../../etc/passwd", "F32", "[1]", 0, 4)
                    + ","
                    + entry("", "F32", "[1]", 4, 8)
                    + "}",
                EIGHT),
            List.of("../../etc/passwd", "")),
        Arguments.of(
            "unknown fields",
            bytes(
                "{\"a\":{\"x\":{\"y\":[1,{}]},\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],"
                    + "\"z\":1e9}}",
                new byte[1]),
            List.of("a")),
        Arguments.of(
            "names in any script",
            bytes("{" + entry("模型.🎴", "F32", "[1]", 0, 4) + "}", new byte[4]),
            List.of("模型.🎴")),
        Arguments.of(
            "the same extra name in two tensors",
            bytes("{" + a + "," + entry("b", "F32", "[1]", 4, 8) + "}", EIGHT),
            List.of("a", "b")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void accepted(String what, byte[] content, List<String> names) throws IOException {
    Checkpoint checkpoint = open(content);
    assertThat(checkpoint.tensors()).extracting(TensorInfo::name).isEqualTo(names);
    assertThat(checkpoint.format()).isEqualTo("safetensors");
    assertThat(checkpoint.notes()).isEmpty();
  }

  @Test
  void knowsEveryDtypeOfTheFormat() throws IOException {
    String[] names = {
      "F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E8M0", "I64", "I32", "I16", "I8",
      "U64", "U32", "U16", "U8", "BOOL", "C64", "F4"
    };
    int[] sizes = {16, 8, 4, 4, 2, 2, 2, 16, 8, 4, 2, 16, 8, 4, 2, 2, 16, 1};
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (int i = 0; i < names.length; i++) {
      header.append(i == 0 ? "" : ",").append(entry("t" + i, names[i], "[2]", at, at + sizes[i]));
      at += sizes[i];
    }
    Checkpoint checkpoint = open(bytes(header + "}", new byte[(int) at]));
    assertThat(checkpoint.tensors()).extracting(t -> t.dtype().name()).containsExactly(names);
  }

  @Test
  void givesOffsetsThatCountFromTheStartOfTheFile() throws IOException {
    String header =
        "{" + entry("b", "U8", "[2]", 4, 6) + "," + entry("a", "F32", "[1]", 0, 4) + "} ";
    Checkpoint checkpoint =
        open(bytes(header, (byte) 9, (byte) 8, (byte) 7, (byte) 6, (byte) 5, (byte) 4));
    TensorInfo b = checkpoint.tensor("b").orElseThrow();
    assertThat(b.offset()).isEqualTo(8 + header.length() + 4);
    assertThat(b.length()).isEqualTo(2);
    try (var reader =
        Checkpoints.format(checkpoint.format()).reader(new HadoopStore(), checkpoint)) {
      assertThat(reader.readAll(b)).containsExactly(5, 4);
    }
  }

  @Test
  void refusesEveryPrefixOfAFile() throws IOException {
    byte[] whole =
        bytes(
            "{\"__metadata__\":{\"format\":\"pt\"},"
                + entry("a", "F32", "[1]", 0, 4)
                + ","
                + entry("b", "U8", "[2,2]", 4, 8)
                + "}  ",
            EIGHT);
    assertThat(open(whole).tensors()).hasSize(2);
    for (int length = 0; length < whole.length; length++) {
      assertThat(refusal(Arrays.copyOf(whole, length)).reason())
          .as("cut at %d", length)
          .isEqualTo(Reason.TRUNCATED);
    }
  }

  @Test
  void limitsFollowTheFileNotSmallConstants() throws IOException {
    StringBuilder header = new StringBuilder("{");
    header.append("\"__metadata__\":{\"long\":\"").append("v".repeat(30_000_000)).append("\"},");
    int count = 150_000;
    for (int i = 0; i < count; i++) {
      header.append(entry("model.layers." + i, "U8", "[1]", i, i + 1)).append(',');
    }
    String longName = "n".repeat(200_000);
    header.append(entry(longName, "U8", "[1]", count, count + 1)).append('}');
    Checkpoint checkpoint = open(bytes(header.toString(), new byte[count + 1]));
    assertThat(checkpoint.tensors()).hasSize(count + 1);
    assertThat(checkpoint.tensors().get(count).name()).isEqualTo(longName);
    assertThat(checkpoint.metadata().get("long")).hasSize(30_000_000);
  }

  @Test
  void readsWhatAnotherFilesNameHides() throws IOException {
    Path file = folder.resolve("weights.bin");
    Files.write(file, bytes("{" + entry("a", "F32", "[1]", 0, 4) + "}", new byte[4]));
    assertThat(Checkpoints.open(new HadoopStore(), file.toString()).tensors()).hasSize(1);
  }
}
