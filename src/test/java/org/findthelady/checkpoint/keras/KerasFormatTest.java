package org.findthelady.checkpoint.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Encoding;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files beside this test were made with h5py 3; see README.md there. */
class KerasFormatTest {
  private final MemoryStore store = new MemoryStore();

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = KerasFormatTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private Checkpoint open(byte... bytes) {
    store.put("/model.h5", bytes);
    return Checkpoints.open(store, "/model.h5");
  }

  private float[] values(Checkpoint checkpoint, String name) throws IOException {
    TensorInfo tensor = checkpoint.tensor(name).orElseThrow();
    CheckpointFormat format = Checkpoints.format(checkpoint.format());
    try (TensorReader reader = format.reader(store, checkpoint)) {
      float[] floats = new float[(int) tensor.shape().elements()];
      Floats.decode(
          tensor.dtype(), ByteBuffer.wrap(reader.readAll(tensor)), floats, 0, floats.length);
      return floats;
    }
  }

  @Test
  void ordersLayersAsTheFileSaysAndKeepsNames() throws IOException {
    Checkpoint checkpoint = open(resource("model.h5"));
    assertThat(checkpoint.tensors())
        .extracting(TensorInfo::name)
        .containsExactly(
            "conv2d/conv2d/kernel:0",
            "conv2d/conv2d/bias:0",
            "z_first/unlisted",
            "optimizer_weights/Adam/conv2d/iter:0",
            "optimizer_weights/Adam/conv2d/kernel_m:0");
    assertThat(checkpoint.metadata())
        .containsEntry("keras_version", "2.3.0")
        .containsEntry("model_config", "{\"class_name\": \"Sequential\"}");
    TensorInfo kernel = checkpoint.tensors().get(0);
    assertThat(kernel.shape()).isEqualTo(Shape.of(3, 3, 2, 5));
    assertThat(kernel.dtype()).isEqualTo(DType.F32);
    float[] weights = values(checkpoint, kernel.name());
    float[] moments = values(checkpoint, "optimizer_weights/Adam/conv2d/kernel_m:0");
    for (int i = 0; i < weights.length; i++) {
      assertThat(moments[i]).isEqualTo(2 * weights[i]).isNotZero();
    }
    assertThat(checkpoint.tensor("optimizer_weights/Adam/conv2d/iter:0").orElseThrow().dtype())
        .isEqualTo(DType.I64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"storage_earliest.h5", "storage_latest.h5"})
  void readsEveryWayOfStoringTheSameNumbers(String file) throws IOException {
    Checkpoint checkpoint = open(resource(file));
    float[] expected = new float[35];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = i;
    }
    for (String name :
        new String[] {
          "plain",
          "big_endian",
          "chunked",
          "deflated",
          "big_deflated",
          "half",
          "wide",
          "bytes",
          "compact"
        }) {
      assertThat(checkpoint.tensor(name).orElseThrow().shape()).isEqualTo(Shape.of(7, 5));
      assertThat(values(checkpoint, name)).as(name).isEqualTo(expected);
    }
    assertThat(values(checkpoint, "scalar")).containsExactly(3);
    assertThat(values(checkpoint, "empty")).isEmpty();
    assertThat(checkpoint.notes())
        .containsExactlyInAnyOrder("not a tensor: text", "a link was not followed: soft");
  }

  @Test
  void readsTheWeightsInAnArchiveOfKeras3() throws IOException {
    store.put("/model.keras", resource("archive.keras"));
    Checkpoint checkpoint = Checkpoints.open(store, "/model.keras");
    assertThat(checkpoint.format()).isEqualTo("keras-hdf5");
    assertThat(checkpoint.metadata())
        .containsEntry("model_config", "{\"class_name\": \"Sequential\"}");
    assertThat(checkpoint.tensors())
        .extracting(TensorInfo::name)
        .containsExactlyInAnyOrder(
            "layers/dense/vars/0",
            "layers/dense/vars/1",
            "layers/dense_1/vars/0",
            "optimizer/vars/0");
    float[] packed = values(checkpoint, "layers/dense/vars/0");
    assertThat(packed).hasSize(35).startsWith(0, 1, 2).endsWith(34);
    assertThat(values(checkpoint, "layers/dense_1/vars/0")).isEqualTo(packed);
    store.put("/model.keras", resource("compressed.keras"));
    assertThatThrownBy(() -> Checkpoints.open(store, "/model.keras"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is compressed");
  }

  @Test
  void readsPartsOfTensors() throws IOException {
    Checkpoint checkpoint = open(resource("storage_earliest.h5"));
    try (TensorReader reader = new KerasFormat().reader(store, checkpoint)) {
      for (String name : new String[] {"plain", "deflated", "big_endian"}) {
        byte[] part = new byte[20];
        reader.read(checkpoint.tensor(name).orElseThrow(), 100, ByteBuffer.wrap(part));
        float[] floats = new float[5];
        Floats.decode(DType.F32, ByteBuffer.wrap(part), floats, 0, 5);
        assertThat(floats).containsExactly(25, 26, 27, 28, 29);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "external_link.h5, UNSAFE, link to another file",
    "external_storage.h5, UNSUPPORTED, External Data Files",
    "virtual.h5, UNSUPPORTED, Virtual storage",
    "cycle.h5, UNSAFE, reached twice",
    "lzf.h5, UNSUPPORTED, filter 32000",
    "unallocated.h5, TRUNCATED, 140 bytes"
  })
  void refuses(String file, Reason reason, String says) {
    assertThatThrownBy(() -> open(resource(file)))
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
        .hasMessageContaining("/model.h5")
        .hasMessageContaining(says);
  }

  @Test
  void refusesAChunkThatInflatesBeyondItsSize() throws IOException {
    // Says 4,000 bytes a chunk where the stream holds 4,000,000: both dataset and chunk.
    byte[] bomb = resource("bomb.h5");
    assertThat(replace(bomb, 4_000_000, 4_000)).isEqualTo(4);
    Checkpoint checkpoint = open(bomb);
    assertThat(checkpoint.tensors().get(0).length()).isEqualTo(4_000);
    assertThatThrownBy(() -> values(checkpoint, "x"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("holds more than 4004");
  }

  @Test
  void refusesToDeclareMoreThanCanBeStored() throws IOException {
    byte[] bomb = resource("bomb.h5");
    assertThat(replace(bomb, 4_000_000, 2_000_000_000)).isEqualTo(4);
    assertThatThrownBy(() -> open(bomb))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT))
        .hasMessageContaining("declares 2000000000 bytes");
  }

  private static int replace(byte[] bytes, int from, int to) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    int count = 0;
    for (int at = 0; at + 4 <= bytes.length; at++) {
      if (buffer.getInt(at) == from) {
        buffer.putInt(at, to);
        count++;
      }
    }
    return count;
  }

  @Test
  void everyPrefixIsRefusedOrReadWhole() throws IOException {
    byte[] whole = resource("storage_latest.h5");
    for (int length = 0; length < whole.length; length += 7) {
      byte[] cut = Arrays.copyOf(whole, length);
      try {
        Checkpoint checkpoint = open(cut);
        for (TensorInfo tensor : checkpoint.tensors()) {
          values(checkpoint, tensor.name());
        }
      } catch (CheckpointException e) {
        assertThat(e).hasMessageContaining("/model.h5").message().doesNotContain("BufferUnderflow");
      }
    }
    assertThatThrownBy(() -> open(Arrays.copyOf(whole, whole.length / 2)))
        .isInstanceOf(CheckpointException.class);
  }

  @Test
  void writesSafetensorsUnderTheSameNames() throws IOException {
    Checkpoint checkpoint = open(resource("model.h5"));
    TensorInfo bias = checkpoint.tensor("conv2d/conv2d/bias:0").orElseThrow();
    CheckpointFormat format = Checkpoints.format(checkpoint.format());
    assertThat(format.writtenAs()).isEqualTo("safetensors");
    try (TensorReader reader = format.reader(store, checkpoint)) {
      format.write(
          store,
          checkpoint,
          reader,
          Map.of(bias.name(), new Move(bias, new int[][] {{4, 2, 0, 1, 3}})),
          "/out.safetensors");
    }
    Checkpoint written = Checkpoints.open(store, "/out.safetensors");
    assertThat(written.tensors())
        .extracting(TensorInfo::name)
        .isEqualTo(checkpoint.tensors().stream().map(TensorInfo::name).toList());
    float[] before = values(checkpoint, bias.name());
    assertThat(values(written, bias.name()))
        .containsExactly(before[4], before[2], before[0], before[1], before[3]);
    assertThat(values(written, "conv2d/conv2d/kernel:0"))
        .isEqualTo(values(checkpoint, "conv2d/conv2d/kernel:0"));
  }

  @ParameterizedTest
  @CsvSource({
    "ad01.h5, 133",
    "pretrainedResnet.h5, 117",
    "str_ww_ref_model.h5, 63",
    "vww_96.h5, 385"
  })
  void opensRealModels(String file, int datasets) throws IOException {
    Path path = SharedModels.path("models/mlperf-tiny/" + file);
    Checkpoint checkpoint = Checkpoints.open(new HadoopStore(), path.toString());
    assertThat(checkpoint.tensors()).hasSize(datasets);
    assertThat(checkpoint.metadata()).containsKeys("keras_version", "model_config");
    assertThat(checkpoint.encoding()).isEqualTo(Encoding.of(new DatasetDecoder.Paths(Map.of())));
    assertThat(Files.size(path)).isGreaterThan(checkpoint.tensorBytes());
  }
}
