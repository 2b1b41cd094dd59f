package org.findthelady.checkpoint;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.findthelady.core.CheckpointException;

/**
 * Folders of shards, wrappers and files of other programs under each other's names, some damaged:
 * read and written, or refused, and nothing outside of them is touched.
 */
class FolderFuzzTest {
  private static final String[] NAMES = {
    "pytorch_model.bin.index.json",
    "model.safetensors.index.json",
    "diffusion_pytorch_model.safetensors.index.json",
    "a",
    "b",
    "a.bin",
    "b.bin",
    "pytorch_model.bin",
    "model.safetensors",
    "adapter_model.safetensors",
    "diffusion_pytorch_model.safetensors",
    "model_index.json",
    "config.json",
    "MLmodel",
    "latest",
    "step/mp_rank_00_model_states.pt",
    "mp_rank_00_model_states.pt",
    "mp_rank_01_model_states.pt",
    "unet/diffusion_pytorch_model.safetensors",
    "flax_model.msgpack",
    "model.nemo",
    "model.tar",
    "model.tar.gz",
    "model-00001-of-00002.gguf",
    "model-00002-of-00002.gguf",
    "model.onnx",
    "model.tflite",
    "model.npz",
    "model.keras"
  };
  private static final List<byte[]> CONTENTS =
      List.of(
          text("{\"weight_map\":{\"a\":\"a\",\"b\":\"b\"}}"),
          text("{\"weight_map\":{\"w\":\"a.bin\",\"v\":\"b.bin\"}}"),
          text("{\"weight_map\":{\"w\":\"../a.bin\"}}"),
          text("flavors: {python_function: {data: a}}\nartifact_path: model\n"),
          text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
          text("step"),
          text("<!doctype html>"),
          new byte[0],
          tar(),
          text("\u001f\u008b\b\0\0\0\0\0\0\3"),
          text("\u0081\u00a1w\u0092\u0001\u0002"),
          seed("safetensors/SafetensorsFuzzTestInputs/readsOrRefuses/two_tensors"),
          seed("safetensors/SafetensorsFuzzTestInputs/readsOrRefuses/hole"),
          seed("pytorch/ArchiveFuzzTestInputs/readsOrRefuses/plain"),
          seed("pytorch/ArchiveFuzzTestInputs/readsOrRefuses/strided"),
          seed("pytorch/LegacyFuzzTestInputs/readsOrRefuses/plain"),
          seed("gguf/GgufFuzzTestInputs/readsOrRefuses/written_by_python"),
          seed("onnx/OnnxFuzzTestInputs/readsOrRefuses/stored_ways"),
          seed("tflite/TfliteFuzzTestInputs/readsOrRefuses/quantised"),
          seed("numpy/NpzFuzzTestInputs/readsOrRefuses/stored.npz"),
          seed("keras/KerasFuzzTestInputs/readsOrRefuses/archive"));

  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(FuzzedDataProvider data) throws IOException {
    MemoryStore store = new MemoryStore();
    store.put("/a.bin", CONTENTS.get(CONTENTS.size() - 1));
    for (int count = data.consumeInt(1, 4); count > 0; count--) {
      store.put("/in/" + data.pickValue(NAMES), content(data));
    }
    open(store, "/in");
    for (FileInfo file : store.list("/in")) {
      open(store, file.path());
    }
    for (String opened : store.opened()) {
      boolean within = opened.startsWith("/in/") || opened.startsWith("/out/");
      if (!within || opened.contains("..")) {
        throw new AssertionError("read from " + opened);
      }
    }
    for (String created : store.created()) {
      if (!created.startsWith("/out/") || created.contains("..")) {
        throw new AssertionError("wrote to " + created);
      }
    }
  }

  private static byte[] content(FuzzedDataProvider data) {
    byte[] bytes = data.pickValue(CONTENTS).clone();
    for (int changes = data.consumeInt(0, 3); changes > 0 && bytes.length > 0; changes--) {
      int at = data.consumeInt(0, bytes.length - 1);
      if (data.consumeBoolean()) {
        bytes[at] = data.consumeByte();
      } else {
        bytes = Arrays.copyOf(bytes, at);
      }
    }
    return bytes;
  }

  private static void open(MemoryStore store, String path) throws IOException {
    try {
      Checkpoint checkpoint = Checkpoints.open(store, path);
      CheckpointFormat format = Checkpoints.format(checkpoint.format());
      try (TensorReader reader = format.reader(store, checkpoint)) {
        if (checkpoint.tensorBytes() <= 1 << 20) {
          format.write(store, checkpoint, reader, Map.of(), "/out/of" + path.replace('/', '_'));
        }
      }
    } catch (CheckpointException e) {
      // A format that turns a library's exception into its own words has given a reason.
      if (e.getCause() instanceof RuntimeException cause && e.getMessage().endsWith(": " + cause)) {
        throw cause;
      }
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] tar() {
    byte[] tar = new byte[1024];
    System.arraycopy(text("model_weights.ckpt"), 0, tar, 0, 18);
    System.arraycopy(text("ustar"), 0, tar, 257, 5);
    return tar;
  }

  private static byte[] seed(String name) {
    try (InputStream in = FolderFuzzTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
