package org.findthelady.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/** Checkpoints that are recognised by their names and not read, with what to do about it. */
final class OtherFormats {
  private static final Map<String, String> BY_ENDING = new LinkedHashMap<>();

  static {
    String distributed =
        "a part of a distributed checkpoint of PyTorch (FSDP), which is not read; join its parts"
            + " with torch.distributed.checkpoint.format_utils";
    BY_ENDING.put(".msgpack", "Flax's msgpack, which is not read; convert it to safetensors");
    BY_ENDING.put(".distcp", distributed);
    BY_ENDING.put(".pb", "a TensorFlow graph, which is not read; save the model as .keras or .h5");
    BY_ENDING.put(".mlmodel", "Core ML's format, which is not read; export the model to ONNX");
    BY_ENDING.put(".pdparams", "Paddle's format, which is not read; convert it to safetensors");
    BY_ENDING.put(".ot", "Rust's tch archive, which is not read; convert it to safetensors");
  }

  private OtherFormats() {}

  /** What a file of that name is; null if nothing is known. */
  static String of(String name) {
    return BY_ENDING.entrySet().stream()
        .filter(entry -> name.endsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }
}
