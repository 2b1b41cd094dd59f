package org.findthelady.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
  private static final HadoopStore STORE = new HadoopStore();

  @TempDir Path folder;

  private void refuses(String path, Reason reason, String says) {
    assertThatThrownBy(() -> Checkpoints.open(STORE, path))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(path)
        .hasMessageContaining(says);
  }

  private static byte[] oneTensor() {
    byte[] json =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}"
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(9 + json.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put((byte) 1)
        .array();
  }

  @Test
  void saysWhatIsWrongWithAPathThatHoldsNoCheckpoint() throws IOException {
    refuses(folder + "/none", Reason.MISSING, "nothing is there");
    Path empty = Files.createFile(folder.resolve("empty"));
    refuses(empty.toString(), Reason.TRUNCATED, "empty");
    Path text = Files.writeString(folder.resolve("text"), "To be, or not to be");
    refuses(text.toString(), Reason.UNSUPPORTED, "safetensors");
    refuses(folder.toString(), Reason.MISSING, "no checkpoint");
  }

  @Test
  void opensTheOnlyCheckpointOfAFolder() throws IOException {
    Files.writeString(folder.resolve("README.md"), "# Model");
    Path weights = Files.write(folder.resolve("weights.safetensors"), oneTensor());
    Checkpoint checkpoint = Checkpoints.open(STORE, folder.toString());
    assertThat(checkpoint.location().path()).isEqualTo(weights.toString());
    Files.write(folder.resolve("more.safetensors"), oneTensor());
    refuses(folder.toString(), Reason.UNSUPPORTED, "more.safetensors, weights.safetensors");
    Files.write(folder.resolve("model.safetensors"), oneTensor());
    assertThat(Checkpoints.open(STORE, folder.toString()).location().path())
        .isEqualTo(folder.toString());
  }

  @Test
  void everyFormatIsFoundByItsName() {
    assertThat(Checkpoints.formats()).isNotEmpty();
    for (CheckpointFormat format : Checkpoints.formats()) {
      assertThat(Checkpoints.format(format.name())).isSameAs(format);
      assertThat(Checkpoints.format(format.writtenAs())).isNotNull();
    }
    assertThatThrownBy(() -> Checkpoints.format("none"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFailingStoreIsAReasonNotACrash() {
    refuses("no-such-scheme://host/model", Reason.IO, "no-such-scheme");
  }
}
