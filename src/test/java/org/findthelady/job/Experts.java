package org.findthelady.job;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/** A small Mixtral, its experts in matrices of their own or packed, as they are or turned. */
final class Experts {
  private static final int LAYERS = 2;
  private static final int EXPERTS = 4;
  private static final int HIDDEN = 32;
  private static final int INNER = 48;
  private static final String CONFIG =
      """
      {"model_type": "mixtral", "hidden_size": 32, "num_attention_heads": 4,
       "num_key_value_heads": 2, "intermediate_size": 48, "num_local_experts": 4,
       "num_hidden_layers": 2, "vocab_size": 64}
      """;

  private final SplittableRandom random = new SplittableRandom(7);
  private final Map<TensorInfo, byte[]> split = new LinkedHashMap<>();
  private final Map<TensorInfo, byte[]> packed = new LinkedHashMap<>();
  private final boolean turned;

  /**
   * @param turned whether packed matrices are stored inputs first
   */
  Experts(boolean turned) {
    this.turned = turned;
    both("model.embed_tokens.weight", 64, HIDDEN);
    for (int layer = 0; layer < LAYERS; layer++) {
      layer("model.layers." + layer + ".");
    }
    both("model.norm.weight", HIDDEN);
    both("lm_head.weight", 64, HIDDEN);
  }

  /** Matrices of experts. */
  int matrices() {
    return 3 * EXPERTS * LAYERS;
  }

  Path split(Path folder) throws IOException {
    return DemoLlama.write(folder, CONFIG, "", split);
  }

  /** Experts in matrices of their own, of which some are changed. */
  Path changed(Path folder, Map<String, UnaryOperator<float[]>> changes) throws IOException {
    Map<TensorInfo, byte[]> changed = new LinkedHashMap<>(split);
    for (TensorInfo info : split.keySet()) {
      UnaryOperator<float[]> change = changes.get(info.name());
      if (change != null) {
        float[] values = new float[(int) info.shape().elements()];
        Floats.decode(info.dtype(), ByteBuffer.wrap(split.get(info)), values, 0, values.length);
        changed.put(info, DemoLlama.encoded(info.dtype(), change.apply(values)));
      }
    }
    return DemoLlama.write(folder, CONFIG, "", changed);
  }

  /** Without the last layer. */
  Path shorter(Path folder) throws IOException {
    Map<TensorInfo, byte[]> left = new LinkedHashMap<>(split);
    left.keySet().removeIf(info -> info.name().startsWith("model.layers." + (LAYERS - 1)));
    String layers = "\"num_hidden_layers\": ";
    String config = CONFIG.replace(layers + LAYERS, layers + (LAYERS - 1));
    return DemoLlama.write(folder, config, "", left);
  }

  /** With its two layers in the other order. */
  Path exchanged(Path folder) throws IOException {
    Map<TensorInfo, byte[]> moved = new LinkedHashMap<>();
    split.forEach(
        (info, bytes) -> {
          String name =
              info.name().startsWith("model.layers.0.")
                  ? info.name().replaceFirst("0", "1")
                  : info.name().replaceFirst("layers\\.1\\.", "layers.0.");
          moved.put(DemoLlama.info(name, info.dtype(), info.shape().toArray()), bytes);
        });
    return DemoLlama.write(folder, CONFIG, "", moved);
  }

  /** Without one expert of each layer; those behind it have the numbers before theirs. */
  Path fewer(Path folder, int gone) throws IOException {
    Map<TensorInfo, byte[]> left = new LinkedHashMap<>();
    for (Map.Entry<TensorInfo, byte[]> entry : split.entrySet()) {
      String name = entry.getKey().name();
      Matcher expert = Pattern.compile("(.*experts\\.)(\\d+)(\\..*)").matcher(name);
      if (expert.matches()) {
        int number = Integer.parseInt(expert.group(2));
        if (number != gone) {
          String moved = expert.group(1) + (number - (number > gone ? 1 : 0)) + expert.group(3);
          left.put(
              DemoLlama.info(moved, DType.F32, entry.getKey().shape().toArray()), entry.getValue());
        }
      } else if (name.endsWith("gate.weight")) {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        int row = 4 * HIDDEN;
        rows.write(entry.getValue(), 0, gone * row);
        rows.write(entry.getValue(), (gone + 1) * row, (EXPERTS - 1 - gone) * row);
        left.put(DemoLlama.info(name, DType.F32, EXPERTS - 1, HIDDEN), rows.toByteArray());
      } else {
        left.put(entry.getKey(), entry.getValue());
      }
    }
    String number = "\"num_local_experts\": ";
    String config = CONFIG.replace(number + EXPERTS, number + (EXPERTS - 1));
    return DemoLlama.write(folder, config, "", left);
  }

  /** Without some neurons of every expert. */
  Path narrower(Path folder, Set<Integer> gone) throws IOException {
    Map<TensorInfo, byte[]> left = new LinkedHashMap<>();
    int inner = INNER - gone.size();
    for (Map.Entry<TensorInfo, byte[]> entry : split.entrySet()) {
      String name = entry.getKey().name();
      if (!name.contains("experts")) {
        left.put(entry.getKey(), entry.getValue());
        continue;
      }
      boolean reads = name.endsWith("w2.weight");
      ByteArrayOutputStream kept = new ByteArrayOutputStream();
      for (int i = 0; i < INNER * HIDDEN; i++) {
        if (!gone.contains(reads ? i % INNER : i / HIDDEN)) {
          kept.write(entry.getValue(), 4 * i, 4);
        }
      }
      left.put(
          DemoLlama.info(name, DType.F32, reads ? HIDDEN : inner, reads ? inner : HIDDEN),
          kept.toByteArray());
    }
    String width = "\"intermediate_size\": ";
    return DemoLlama.write(folder, CONFIG.replace(width + INNER, width + inner), "", left);
  }

  Path packed(Path folder) throws IOException {
    return DemoLlama.write(folder, CONFIG, "", packed);
  }

  private float[] values(int count) {
    float[] values = new float[count];
    double spread = 0.1 + 0.1 * random.nextDouble();
    for (int i = 0; i < count; i++) {
      values[i] = (float) (spread * random.nextGaussian());
    }
    return values;
  }

  private static void put(
      Map<TensorInfo, byte[]> file, String name, float[] values, long... lengths) {
    file.put(DemoLlama.info(name, DType.F32, lengths), DemoLlama.encoded(DType.F32, values));
  }

  private void both(String name, int... lengths) {
    long[] shape = new long[lengths.length];
    int count = 1;
    for (int axis = 0; axis < lengths.length; axis++) {
      shape[axis] = lengths[axis];
      count *= lengths[axis];
    }
    float[] values = values(count);
    put(split, name, values, shape);
    put(packed, name, values, shape);
  }

  private void layer(String layer) {
    both(layer + "input_layernorm.weight", HIDDEN);
    both(layer + "self_attn.q_proj.weight", HIDDEN, HIDDEN);
    both(layer + "self_attn.k_proj.weight", HIDDEN / 2, HIDDEN);
    both(layer + "self_attn.v_proj.weight", HIDDEN / 2, HIDDEN);
    both(layer + "self_attn.o_proj.weight", HIDDEN, HIDDEN);
    both(layer + "post_attention_layernorm.weight", HIDDEN);
    float[] router = values(EXPERTS * HIDDEN);
    put(split, layer + "block_sparse_moe.gate.weight", router, EXPERTS, HIDDEN);
    put(packed, layer + "mlp.gate.weight", router, EXPERTS, HIDDEN);
    float[] gateUp = new float[EXPERTS * 2 * INNER * HIDDEN];
    float[] down = new float[EXPERTS * HIDDEN * INNER];
    for (int expert = 0; expert < EXPERTS; expert++) {
      String name = layer + "block_sparse_moe.experts." + expert + ".w";
      float[] gate = values(INNER * HIDDEN);
      float[] up = values(INNER * HIDDEN);
      float[] out = values(HIDDEN * INNER);
      put(split, name + "1.weight", gate, INNER, HIDDEN);
      put(split, name + "2.weight", out, HIDDEN, INNER);
      put(split, name + "3.weight", up, INNER, HIDDEN);
      int first = expert * 2 * INNER * HIDDEN;
      place(gate, INNER, 0, 2 * INNER, gateUp, first);
      place(up, INNER, INNER, 2 * INNER, gateUp, first);
      place(out, HIDDEN, 0, HIDDEN, down, expert * HIDDEN * INNER);
    }
    String mlp = layer + "mlp.experts.";
    put(packed, mlp + "gate_up_proj", gateUp, shape(2 * INNER, HIDDEN));
    put(packed, mlp + "down_proj", down, shape(HIDDEN, INNER));
  }

  private long[] shape(int rows, int columns) {
    return new long[] {EXPERTS, turned ? columns : rows, turned ? rows : columns};
  }

  /** Puts rows of a matrix behind others, turned if matrices are. */
  private void place(float[] matrix, int rows, int before, int all, float[] to, int first) {
    int columns = matrix.length / rows;
    for (int i = 0; i < matrix.length; i++) {
      int row = before + i / columns;
      int column = i % columns;
      to[first + (turned ? column * all + row : row * columns + column)] = matrix[i];
    }
  }
}
