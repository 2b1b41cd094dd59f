package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.findthelady.TestModels;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs whose tensors have numbers for names: nothing says what network they are. */
class FoundStructureTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path folder;
  private Path reference;
  private Path shuffled;

  @BeforeEach
  void takeNamesAway() throws IOException {
    Path silero = TestModels.silero(folder);
    Path moved = folder.resolve("moved.safetensors");
    LocalPair.permute(silero, moved, 5, null);
    reference = numbered(silero, "reference.safetensors");
    shuffled = numbered(moved, "suspect.safetensors");
  }

  @Test
  void aShuffledCopyOfAnUnknownNetworkIsPutBack() throws IOException {
    Path back = folder.resolve("back").resolve("model.safetensors");
    PairOutcome outcome = LocalPair.resync(reference, shuffled, back);
    assertThat(outcome.judgement().verdict()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.judgement().reason())
        .contains("6 groups were found from the pair")
        .contains("not proven");
    assertThat(Files.mismatch(reference, back)).isEqualTo(-1);
  }

  @Test
  void anUnrelatedNetworkOfTheSameShapesIsNotAccused() throws IOException {
    Path other = folder.resolve("other.safetensors");
    byte[] bytes = Files.readAllBytes(reference);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int start = 8 + Math.toIntExact(buffer.getLong(0));
    Random random = new Random(1);
    for (int at = start; at < bytes.length; at += Float.BYTES) {
      buffer.putFloat(at, (float) (0.1 * random.nextGaussian()));
    }
    Files.write(other, bytes);
    PairOutcome outcome = LocalPair.resync(reference, other, null);
    assertThat(outcome.judgement().verdict())
        .isIn(Verdict.INCOMPARABLE, Verdict.UNDECIDED, Verdict.UNRELATED);
  }

  @Test
  void thePairIsShownWithProbabilitiesAndExported() {
    Inspect.Result shown =
        Inspect.run(
            new Inspect.Request(
                reference.toString(),
                shuffled.toString(),
                StructureChoice.AUTOMATIC,
                false,
                Map.of(),
                Map.of()));
    assertThat(shown.text()).contains("groups       6").contains("found from the pair");
    assertThat(shown.text()).containsPattern("w0\\d+ axis 0: .*, p = \\d");
    Path exported = folder.resolve("exported.json");
    int groups =
        ExportStructure.run(
            reference.toString(),
            shuffled.toString(),
            exported.toString(),
            "mine",
            StructureChoice.AUTOMATIC,
            Map.of());
    assertThat(groups).isEqualTo(6);
    Inspect.Result read =
        Inspect.run(
            new Inspect.Request(
                shuffled.toString(),
                null,
                new StructureChoice(exported.toString(), null),
                false,
                Map.of(),
                Map.of()));
    assertThat(read.text()).contains("groups       6");
  }

  @Test
  void aPairOfOtherShapesIsRefused() {
    Path llama = TestModels.llama(folder);
    assertThatThrownBy(
            () ->
                Inspect.run(
                    new Inspect.Request(
                        reference.toString(),
                        llama.toString(),
                        StructureChoice.AUTOMATIC,
                        false,
                        Map.of(),
                        Map.of())))
        .isInstanceOf(UserException.class);
  }

  /** A safetensors file whose tensors are called w000, w001 and so on. */
  private Path numbered(Path file, String name) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int length = Math.toIntExact(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
    JsonNode header = JSON.readTree(Arrays.copyOfRange(bytes, 8, 8 + length));
    List<String> names = new ArrayList<>();
    header.fieldNames().forEachRemaining(names::add);
    names.remove("__metadata__");
    Collections.sort(names);
    ObjectNode renamed = JSON.createObjectNode();
    for (int i = 0; i < names.size(); i++) {
      renamed.set("w%03d".formatted(i), header.get(names.get(i)));
    }
    byte[] json = JSON.writeValueAsBytes(renamed);
    int padded = (json.length + 7) / 8 * 8;
    ByteBuffer written =
        ByteBuffer.allocate(8 + padded + bytes.length - 8 - length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded)
            .put(json);
    while (written.position() < 8 + padded) {
      written.put((byte) ' ');
    }
    written.put(bytes, 8 + length, bytes.length - 8 - length);
    return Files.write(folder.resolve(name), written.array());
  }
}
