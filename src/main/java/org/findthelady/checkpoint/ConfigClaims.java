package org.findthelady.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/**
 * What config.json, the model card beside it, or a GGUF header say of a checkpoint. It is told
 * where the weights or the reference say otherwise, and never trusted.
 */
public final class ConfigClaims {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long LARGEST_BYTES = 1 << 20;
  private static final String HEADS = "num_attention_heads";
  private static final String GGUF_BASE = "general.base_model.%d.name";
  private static final Map<String, DType> TYPES =
      Map.of("float32", DType.F32, "float16", DType.F16, "bfloat16", DType.BF16);

  /** What changes a network's function though its weights are the same. */
  private static final List<String> OF_FUNCTION =
      List.of(
          "model_type",
          HEADS,
          "num_key_value_heads",
          "head_dim",
          "num_experts_per_tok",
          "hidden_act",
          "rope_theta",
          "partial_rotary_factor",
          "sliding_window",
          "rms_norm_eps",
          "layer_norm_eps",
          "layer_norm_epsilon");

  private static final Map<String, String> OF_GGUF =
      Map.of(
          HEADS,
          ".attention.head_count",
          "num_key_value_heads",
          ".attention.head_count_kv",
          "rope_theta",
          ".rope.freq_base");

  /** The key of a model card with its value, or with the lines of its list. */
  private static final Pattern BASE =
      Pattern.compile("(?m)^base_model:([^\\n]*(?:\\n[ \\t]*-[ \\t]+[^\\n]*)*)");

  private static final Pattern NAME = Pattern.compile("[^\\s\"',\\[\\]]{2,}|[^\\s\"',\\[\\]-]");

  private final Checkpoint checkpoint;
  private final JsonNode config;
  private final List<String> bases;

  private ConfigClaims(Checkpoint checkpoint, JsonNode config, List<String> bases) {
    this.checkpoint = checkpoint;
    this.config = config;
    this.bases = bases;
  }

  /** Reads what is said of a checkpoint; nothing is claimed where there is nothing to read. */
  public static ConfigClaims of(Store store, Checkpoint checkpoint) throws IOException {
    String path = checkpoint.location().path();
    String folder =
        checkpoint.location().folder()
            ? path
            : path.substring(0, Math.max(0, path.lastIndexOf('/')));
    JsonNode config = MissingNode.getInstance();
    try {
      Optional<String> text = text(store, folder + "/config.json");
      config = text.isPresent() ? JSON.readTree(text.get()) : config;
    } catch (JsonProcessingException e) {
      // Who needs it for the architecture says so.
    }
    List<String> bases = new ArrayList<>();
    for (int i = 0; checkpoint.metadata().containsKey(GGUF_BASE.formatted(i)); i++) {
      bases.add(checkpoint.metadata().get(GGUF_BASE.formatted(i)));
    }
    Optional<String> card = text(store, folder + "/README.md").filter(t -> t.startsWith("---"));
    if (card.isPresent()) {
      Matcher said =
          BASE.matcher(card.get().substring(0, Math.max(3, card.get().indexOf("\n---"))));
      if (said.find()) {
        bases.clear();
        NAME.matcher(said.group(1)).results().map(MatchResult::group).forEach(bases::add);
      }
    }
    return new ConfigClaims(checkpoint, config, bases);
  }

  private static Optional<String> text(Store store, String path) throws IOException {
    Optional<FileInfo> file = store.stat(path).filter(f -> !f.folder());
    if (file.isEmpty() || file.get().length() > LARGEST_BYTES) {
      return Optional.empty();
    }
    byte[] bytes = new byte[(int) file.get().length()];
    try (SeekableInput input = store.open(file.get())) {
      input.readFully(0, bytes, 0, bytes.length);
    }
    return Optional.of(new String(bytes, StandardCharsets.UTF_8));
  }

  /** What the weights themselves contradict, or cannot show, for people. */
  public List<String> contradicted() {
    List<String> notes = new ArrayList<>();
    type(config.path("torch_dtype").asText(config.path("dtype").asText()), notes);
    tied(config.path("tie_word_embeddings"), notes);
    heads(HEADS, ".q_proj.weight", notes);
    heads("num_key_value_heads", ".k_proj.weight", notes);
    if (!bases.isEmpty()) {
      notes.add(
          "its card says that it was made from '%s', which is a claim"
              .formatted(String.join("' and '", bases)));
    }
    return notes;
  }

  /** The models that it says it was made from. */
  public List<String> bases() {
    return List.copyOf(bases);
  }

  /** Where another checkpoint's description says something else of the function, for people. */
  public List<String> differing(ConfigClaims reference) {
    List<String> notes = new ArrayList<>();
    for (String key : OF_FUNCTION) {
      String ours = reference.said(key);
      String theirs = said(key);
      if (!ours.isEmpty() && !theirs.isEmpty() && !same(ours, theirs)) {
        notes.add(
            "its configuration says %s %s; the reference's says %s".formatted(key, theirs, ours));
      }
    }
    return notes;
  }

  private String said(String key) {
    JsonNode value = config.path(key);
    if (value.isValueNode() && !value.isNull()) {
      return value.asText();
    }
    String ending = OF_GGUF.get(key);
    return ending == null
        ? ""
        : checkpoint.metadata().entrySet().stream()
            .filter(entry -> entry.getKey().endsWith(ending))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("");
  }

  private static boolean same(String one, String other) {
    try {
      double a = Double.parseDouble(one);
      double b = Double.parseDouble(other);
      return Math.abs(a - b) <= 1e-6 * Math.abs(a);
    } catch (NumberFormatException e) {
      return one.equals(other);
    }
  }

  private void type(String said, List<String> notes) {
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

  private void tied(JsonNode said, List<String> notes) {
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

  /** Whether a number of heads goes with the rows of the matrix that makes them. */
  private void heads(String key, String ending, List<String> notes) {
    long heads = config.path(key).asLong();
    long all = config.path(HEADS).asLong();
    long dimensions =
        config.path("head_dim").asLong(all > 0 ? config.path("hidden_size").asLong() / all : 0);
    if (heads < 1 || dimensions < 1) {
      return;
    }
    checkpoint.tensors().stream()
        .filter(t -> t.name().endsWith(ending) && t.shape().rank() == 2)
        // Gated attention has a gate of as many rows in the same matrix.
        .filter(t -> t.shape().length(0) % (heads * dimensions) != 0)
        .findFirst()
        .ifPresent(
            t ->
                notes.add(
                    "config.json says %s %d of %d dimensions; '%s' has %d rows"
                        .formatted(key, heads, dimensions, t.name(), t.shape().length(0))));
  }
}
