package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.Finding;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Llama that the program ships, laid out as other programs do, in both directions. */
class ConventionsTest {
  @TempDir private Path folder;
  private Path plain;
  private String config;

  @BeforeEach
  void unpackDemo() throws IOException {
    plain = DemoLlama.unpack(folder.resolve("plain"));
    config = Files.readString(plain.resolve("config.json"));
  }

  /** A way to lay out a network. */
  private enum Way {
    FUSED(FindingKind.FUSED, 25),
    TURNED(FindingKind.TURNED, 35);

    private final FindingKind kind;
    private final int tensors;

    Way(FindingKind kind, int tensors) {
      this.kind = kind;
      this.tensors = tensors;
    }
  }

  static Stream<Way> ways() {
    return Arrays.stream(Way.values());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void anotherLayoutIsAFindingAndNoChange(Way way) throws IOException {
    Path laidOut = laidOut(plain, "laid-out", way);
    for (List<Path> pair : List.of(List.of(plain, laidOut), List.of(laidOut, plain))) {
      PairOutcome outcome = LocalPair.resync(pair.get(0), pair.get(1), null);
      assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.IDENTICAL);
      assertThat(told(outcome, way)).hasSize(way.tensors).allMatch(Finding::explains);
      assertThat(outcome.findings()).hasSize(way.tensors);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aShuffledCopyInAnotherLayoutIsPermutedAndTheLayoutAFinding(Way way) throws IOException {
    Path shuffled = folder.resolve("shuffled");
    LocalPair.permute(plain, shuffled, 5, null);
    Path laidOut = laidOut(shuffled, "laid-out", way);
    for (List<Path> pair : List.of(List.of(plain, laidOut), List.of(laidOut, plain))) {
      PairOutcome outcome = LocalPair.resync(pair.get(0), pair.get(1), null);
      assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
      assertThat(told(outcome, way)).hasSize(way.tensors).allMatch(Finding::explains);
    }
  }

  private static List<Finding> told(PairOutcome outcome, Way way) {
    return outcome.findings().stream().filter(finding -> finding.kind() == way.kind).toList();
  }

  private Path laidOut(Path model, String name, Way way) throws IOException {
    Map<TensorInfo, float[]> numbers = DemoLlama.numbers(model);
    Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
    Map<String, Map<TensorInfo, float[]>> fused = new LinkedHashMap<>();
    numbers.forEach(
        (tensor, values) -> {
          String known = tensor.name();
          boolean matrix = known.contains("proj");
          if (way == Way.FUSED && matrix && !known.contains("o_proj") && !known.contains("down")) {
            String together = known.contains("mlp") ? "gate_up_proj" : "qkv_proj";
            String whole = known.replaceFirst("(gate|up|q|k|v)_proj", together);
            fused.computeIfAbsent(whole, n -> new LinkedHashMap<>()).put(tensor, values);
          } else if (way == Way.TURNED && matrix) {
            int rows = tensor.shape().intLength(0);
            int columns = tensor.shape().intLength(1);
            float[] turned = new float[values.length];
            for (int i = 0; i < values.length; i++) {
              turned[i % columns * rows + i / columns] = values[i];
            }
            file.put(
                DemoLlama.info(known, DType.F32, columns, rows),
                DemoLlama.encoded(DType.F32, turned));
          } else {
            file.put(
                DemoLlama.info(known, DType.F32, tensor.shape().toArray()),
                DemoLlama.encoded(DType.F32, values));
          }
        });
    fused.forEach((whole, parts) -> file.put(info(whole, parts), together(parts)));
    return DemoLlama.write(folder.resolve(name), config, "", file);
  }

  /** Parts below each other: queries, keys, values; gate, up. */
  private static TensorInfo info(String name, Map<TensorInfo, float[]> parts) {
    long rows = parts.keySet().stream().mapToLong(part -> part.shape().length(0)).sum();
    return DemoLlama.info(
        name, DType.F32, rows, parts.keySet().iterator().next().shape().length(1));
  }

  private static byte[] together(Map<TensorInfo, float[]> parts) {
    List<String> order = List.of("q_proj", "k_proj", "v_proj", "gate_proj", "up_proj");
    float[] all = new float[parts.values().stream().mapToInt(values -> values.length).sum()];
    int at = 0;
    for (String part : order) {
      for (Map.Entry<TensorInfo, float[]> entry : parts.entrySet()) {
        if (entry.getKey().name().contains("." + part)) {
          System.arraycopy(entry.getValue(), 0, all, at, entry.getValue().length);
          at += entry.getValue().length;
        }
      }
    }
    return DemoLlama.encoded(DType.F32, all);
  }
}
