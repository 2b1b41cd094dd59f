package org.findthelady.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/** What config.json says of the weights beside it that they themselves contradict. */
public final class ConfigClaims {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long LARGEST_BYTES = 1 << 20;
  private static final Map<String, DType> TYPES =
      Map.of("float32", DType.F32, "float16", DType.F16, "bfloat16", DType.BF16);

  private ConfigClaims() {}

  /** Contradictions, for people; empty if there is no config.json or it says nothing wrong. */
  public static List<String> contradicted(Store store, Checkpoint checkpoint) throws IOException {
    String path = checkpoint.location().path();
    String folder =
        checkpoint.location().folder() ? path : path.substring(0, path.lastIndexOf('/') + 1);
    Optional<FileInfo> file = store.stat(folder + "/config.json").filter(f -> !f.folder());
    if (file.isEmpty() || file.get().length() > LARGEST_BYTES) {
      return List.of();
    }
    byte[] bytes = new byte[(int) file.get().length()];
    try (SeekableInput input = store.open(file.get())) {
      input.readFully(0, bytes, 0, bytes.length);
    }
    JsonNode config;
    try {
      config = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      return List.of();
    }
    List<String> notes = new ArrayList<>();
    type(checkpoint, config.path("torch_dtype").asText(config.path("dtype").asText()), notes);
    tied(checkpoint, config.path("tie_word_embeddings"), notes);
    return notes;
  }

  private static void type(Checkpoint checkpoint, String said, List<String> notes) {
    DType type = TYPES.get(said);
    if (type == null || !checkpoint.packing().isNone()) {
      return;
    }
    long all = 0;
    long other = 0;
    DType found = type;
    for (TensorInfo tensor : checkpoint.tensors()) {
      if (tensor.dtype().floating()) {
        long elements = tensor.shape().elements();
        all += elements;
        other += tensor.dtype() == type ? 0 : elements;
        found = tensor.dtype() == type ? found : tensor.dtype();
      }
    }
    if (2 * other > all) {
      notes.add(
          "config.json says %s; %d %% of the numbers are stored in another type, such as %s"
              .formatted(said, 100 * other / all, found));
    }
  }

  private static void tied(Checkpoint checkpoint, JsonNode said, List<String> notes) {
    boolean embedded =
        checkpoint.tensors().stream().anyMatch(t -> t.name().endsWith("embed_tokens.weight"));
    boolean head = checkpoint.tensors().stream().anyMatch(t -> t.name().equals("lm_head.weight"));
    if (!said.isBoolean() || !embedded || said.booleanValue() != head) {
      return;
    }
    notes.add(
        head
            ? "config.json says that the head is the embedding; 'lm_head.weight' is stored beside it"
            : "config.json says that the head is a weight of its own; there is no 'lm_head.weight'");
  }
}
