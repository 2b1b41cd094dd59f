package org.findthelady.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.findthelady.core.Shape;
import org.findthelady.match.Model;

/** Small decoders of Llama's layout with drawn weights, and small models as safetensors files. */
final class SmallFamilies {
  private static final int WIDTH = 32;
  private static final int INNER = 48;
  private static final int LAYERS = 2;
  private static final int VOCABULARY = 96;
  private static final LlamaShape SHAPE = new LlamaShape(LAYERS, WIDTH, INNER, 4, 2, VOCABULARY);

  private SmallFamilies() {}

  /** A decoder of two layers, all weights drawn; gains spread around 1. */
  static Model llama(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Model model = new Model(null);
    SHAPE
        .tensors()
        .forEach(
            tensor -> {
              float[] values = new float[(int) tensor.shape().elements()];
              boolean gain = tensor.shape().rank() == 1;
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) (gain ? 1 : 0) + 0.2f * (float) random.nextGaussian();
              }
              model.put(tensor.name(), tensor.shape(), values);
            });
    return model;
  }

  /** Adds a matrix of rank 2 to every matrix: an adapter that was merged into the weights. */
  static Model adapted(Model model, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Model adapted = model.copy();
    for (String name : model.names()) {
      Shape shape = model.shape(name);
      if (shape.rank() == 2 && name.contains("_proj")) {
        float[] values = adapted.values.get(name);
        for (int rank = 0; rank < 2; rank++) {
          double[] up = random.doubles(shape.length(0), -0.2, 0.2).toArray();
          double[] down = random.doubles(shape.length(1), -0.2, 0.2).toArray();
          for (int i = 0; i < values.length; i++) {
            values[i] += (float) (up[i / down.length] * down[i % down.length]);
          }
        }
      }
    }
    return adapted;
  }

  /** The same function with the residual stream in a drawn orthogonal basis, gains folded. */
  static Model rotated(Model model, long seed) {
    Model turned = model.copy();
    for (int layer = 0; layer < LAYERS; layer++) {
      String prefix = "model.layers." + layer + ".";
      fold(turned, prefix + "input_layernorm", List.of("q_proj", "k_proj", "v_proj"), prefix);
      fold(turned, prefix + "post_attention_layernorm", List.of("gate_proj", "up_proj"), prefix);
    }
    fold(turned, "model.norm", List.of("lm_head"), "");
    SplittableRandom random = new SplittableRandom(seed);
    double[][] drawn = new double[WIDTH][WIDTH];
    Arrays.stream(drawn).forEach(row -> Arrays.setAll(row, i -> random.nextGaussian()));
    RealMatrix turn = new QRDecomposition(new Array2DRowRealMatrix(drawn)).getQ();
    for (String name : turned.names()) {
      if (turned.shape(name).rank() == 2) {
        boolean writes = name.contains("o_proj") || name.contains("down_proj");
        RealMatrix weights = matrix(turned, name);
        put(turned, name, writes ? turn.transpose().multiply(weights) : weights.multiply(turn));
      }
    }
    return turned;
  }

  private static void fold(Model model, String norm, List<String> readers, String prefix) {
    float[] gains = model.values.get(norm + ".weight");
    for (String name : model.names()) {
      if (name.startsWith(prefix) && readers.stream().anyMatch(name::contains)) {
        float[] values = model.values.get(name);
        for (int i = 0; i < values.length; i++) {
          values[i] *= gains[i % WIDTH];
        }
      }
    }
    Arrays.fill(gains, 1);
  }

  private static RealMatrix matrix(Model model, String name) {
    int columns = model.shape(name).intLength(1);
    float[] values = model.values.get(name);
    RealMatrix matrix = new Array2DRowRealMatrix(values.length / columns, columns);
    for (int i = 0; i < values.length; i++) {
      matrix.setEntry(i / columns, i % columns, values[i]);
    }
    return matrix;
  }

  private static void put(Model model, String name, RealMatrix matrix) {
    float[] values = model.values.get(name);
    int columns = matrix.getColumnDimension();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) matrix.getEntry(i / columns, i % columns);
    }
  }

  /** The average of two models of one shape. */
  static Model merged(Model first, Model second) {
    Model merged = first.copy();
    merged.values.forEach(
        (name, values) -> {
          float[] other = second.values.get(name);
          for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] + other[i]) / 2;
          }
        });
    return merged;
  }

  /** Writes safetensors in float32, tensors under {@code names}. */
  static void write(Model model, Map<String, String> names, Path file) throws IOException {
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (String name : model.names()) {
      long end = at + 4L * model.values.get(name).length;
      header
          .append(header.length() > 1 ? "," : "")
          .append("\"%s\":{\"dtype\":\"F32\",\"shape\":".formatted(names.getOrDefault(name, name)))
          .append(Arrays.toString(model.shape(name).toArray()))
          .append(",\"data_offsets\":[%d,%d]}".formatted(at, end));
      at = end;
    }
    byte[] json = header.append('}').toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file)) {
      ByteBuffer all = ByteBuffer.allocate(8 + json.length + (int) at);
      all.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json);
      model.values.values().forEach(values -> put(all, values));
      out.write(all.array());
    }
  }

  private static void put(ByteBuffer target, float[] values) {
    for (float value : values) {
      target.putFloat(value);
    }
  }

  /** A folder with the model and its {@code config.json}. */
  static void writeLlama(Model model, Path folder) throws IOException {
    write(model, Map.of(), folder.resolve("model.safetensors"));
    Files.writeString(folder.resolve("config.json"), SHAPE.config());
  }

  /** Names that say nothing. */
  static Map<String, String> numbered(Model model) {
    Map<String, String> names = new LinkedHashMap<>();
    model.names().forEach(name -> names.put(name, "t" + names.size()));
    return names;
  }
}
