package org.findthelady.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;

class GgufPartsTest {
  private static final String FIRST = "/model/m-00001-of-00003.gguf";
  private static final String SECOND = "/model/m-00002-of-00003.gguf";
  private static final String THIRD = "/model/m-00003-of-00003.gguf";

  private final MemoryStore store = new MemoryStore();

  private static GgufBytes header(int number, int tensors, boolean big, int values) {
    GgufBytes bytes =
        big ? GgufBytes.bigEndian(3, tensors, values) : GgufBytes.file(3, tensors, values);
    return bytes
        .u16Value("split.no", number)
        .u16Value("split.count", 3)
        .i32Value("split.tensors.count", 2);
  }

  private static GgufBytes part(int number, String tensor, int value) {
    return header(number, 1, false, 3).tensor(tensor, 0, 0, 2).align(32).i32(value).i32(value + 1);
  }

  private void putAll() {
    store.put(FIRST, header(0, 0, false, 4).textValue("general.architecture", "llama").done());
    store.put(SECOND, part(1, "a", 10).align(32).done());
    store.put(THIRD, part(2, "b", 20).align(32).done());
  }

  @Test
  void readsAllPartsWhicheverIsNamed() throws IOException {
    putAll();
    for (String path : new String[] {FIRST, SECOND, THIRD, "/model"}) {
      Checkpoint checkpoint = Checkpoints.open(store, path);
      assertThat(checkpoint.tensors()).extracting(TensorInfo::name).containsExactly("a", "b");
      assertThat(checkpoint.metadata()).containsEntry("general.architecture", "llama");
      TensorInfo last = checkpoint.tensors().get(1);
      assertThat(last.file()).isEqualTo(2);
      try (TensorReader reader = Checkpoints.format("gguf").reader(store, checkpoint)) {
        assertThat(ByteBuffer.wrap(reader.readAll(last)).order(ByteOrder.LITTLE_ENDIAN).getInt())
            .isEqualTo(20);
      }
    }
  }

  @Test
  void writesEveryPart() throws IOException {
    putAll();
    Checkpoint checkpoint = Checkpoints.open(store, SECOND);
    TensorInfo b = checkpoint.tensors().get(1);
    Map<String, Move> moves = Map.of("b", new Move(b, new int[][] {{1, 0}}));
    try (TensorReader reader = Checkpoints.format("gguf").reader(store, checkpoint)) {
      Checkpoints.format("gguf").write(store, checkpoint, reader, moves, "/out");
    }
    assertThat(store.bytes("/out/m-00001-of-00003.gguf")).isEqualTo(store.bytes(FIRST));
    assertThat(store.bytes("/out/m-00002-of-00003.gguf")).isEqualTo(store.bytes(SECOND));
    assertThat(store.bytes("/out/m-00003-of-00003.gguf"))
        .isEqualTo(
            header(2, 1, false, 3).tensor("b", 0, 0, 2).align(32).i32(21).i32(20).align(32).done());
  }

  @Test
  void namesThePartThatIsMissing() {
    putAll();
    store.delete(SECOND);
    assertThatThrownBy(() -> Checkpoints.open(store, "/model"))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING))
        .hasMessageContaining(SECOND);
  }

  @Test
  void aPartUnderAnotherNameIsNoModel() {
    store.put("/other/model.gguf", part(1, "a", 10).align(32).done());
    for (String path : new String[] {"/other/model.gguf", "/other"}) {
      assertThatThrownBy(() -> Checkpoints.open(store, path))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(
              "/other/model.gguf", "(1, from 0)", "in 3 parts", "1 tensors of 2");
    }
  }

  @Test
  void namesThePartThatIsOfAnotherModel() {
    putAll();
    store.put(THIRD, part(1, "b", 20).align(32).done());
    assertThatThrownBy(() -> Checkpoints.open(store, FIRST))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(THIRD)
        .hasMessageContaining("split.no is 1, not 2");
  }

  @Test
  void refusesPartsThatDoNotHoldAllTensors() {
    putAll();
    store.put(THIRD, header(2, 0, false, 3).done());
    assertThatThrownBy(() -> Checkpoints.open(store, FIRST))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("hold 1 tensors, 2 are said to be there");
  }

  @Test
  void refusesATensorInTwoParts() {
    putAll();
    store.put(THIRD, part(2, "a", 20).align(32).done());
    assertThatThrownBy(() -> Checkpoints.open(store, FIRST))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tensor 'a' is in " + SECOND);
  }

  @Test
  void readsAndWritesBigEndian() throws IOException {
    byte[] block = new byte[34];
    ByteBuffer.wrap(block).putShort((short) 0x3c00).put((byte) 3);
    GgufBytes file =
        GgufBytes.bigEndian(3, 2, 1)
            .u32Value("llama.block_count", 7)
            .tensor("f", 0, 0, 2)
            .tensor("q", 8, 32, 32)
            .align(32)
            .i32(Float.floatToIntBits(1.5f))
            .i32(Float.floatToIntBits(-2f))
            .align(32)
            .bytes(block);
    store.put("/big.gguf", file.done());
    Checkpoint checkpoint = Checkpoints.open(store, "/big.gguf");
    assertThat(checkpoint.metadata()).containsEntry("llama.block_count", "7");
    TensorInfo f = checkpoint.tensors().get(0);
    try (TensorReader reader = Checkpoints.format("gguf").reader(store, checkpoint)) {
      assertThat(reader.readFloats(f)).containsExactly(1.5f, -2f);
      assertThat(reader.readFloats(checkpoint.tensors().get(1))).startsWith(3f, 0f);
      Map<String, Move> moves = Map.of("f", new Move(f, new int[][] {{1, 0}}));
      Checkpoints.format("gguf").write(store, checkpoint, reader, moves, "/out.gguf");
    }
    Checkpoint written = Checkpoints.open(store, "/out.gguf");
    try (TensorReader reader = Checkpoints.format("gguf").reader(store, written)) {
      assertThat(reader.readFloats(written.tensors().get(0))).containsExactly(-2f, 1.5f);
      assertThat(reader.readFloats(written.tensors().get(1))).startsWith(3f, 0f);
    }
  }
}
