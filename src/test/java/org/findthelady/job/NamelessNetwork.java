package org.findthelady.job;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** A small residual network that no architecture file knows, as a safetensors file. */
final class NamelessNetwork {
  private static final int INPUTS = 20;
  private static final int HIDDEN = 32;
  private static final int INNER = 48;
  private static final int CLASSES = 10;
  private static final int BLOCKS = 4;
  private static final int GROUPS = 4;

  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, int[]> shapes = new LinkedHashMap<>();

  /** Weights with heavy units, as trained networks have them. */
  static NamelessNetwork of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NamelessNetwork network = new NamelessNetwork();
    network.add(random, "stem.proj.kernel", HIDDEN, INPUTS);
    for (int block = 0; block < BLOCKS; block++) {
      String front = "trunk." + block + ".";
      network.add(random, front + "ln.gain", HIDDEN);
      network.add(random, front + "up.kernel", INNER, HIDDEN);
      network.add(random, front + "up.offset", INNER);
      network.add(random, front + "gate.kernel", INNER, HIDDEN);
      network.add(random, front + "down.kernel", HIDDEN, INNER);
    }
    network.add(random, "readout.kernel", CLASSES, HIDDEN);
    return network;
  }

  /**
   * A network of experts, numbers for names.
   *
   * @param experts of each of two layers, beside a router with a row for each
   */
  static NamelessNetwork ofExperts(int experts, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NamelessNetwork network = new NamelessNetwork();
    network.add(random, "0000", 100, HIDDEN);
    for (int layer = 0; layer < 2; layer++) {
      network.add(random, "1%d00".formatted(layer), experts, HIDDEN);
      for (int expert = 0; expert < experts; expert++) {
        network.add(random, expert(layer, expert, 1), INNER, HIDDEN);
        network.add(random, expert(layer, expert, 2), HIDDEN, INNER);
      }
    }
    network.add(random, "3000", 100, HIDDEN);
    return network;
  }

  private static String expert(int layer, int expert, int matrix) {
    return "1%d%d%d".formatted(layer, expert + 1, matrix);
  }

  /** A copy with experts, their units and the hidden stream in another order. */
  NamelessNetwork shuffledExperts(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NamelessNetwork copy = copy();
    int[] hidden = order(random, HIDDEN);
    copy.move("0000", null, hidden);
    copy.move("3000", null, hidden);
    for (int layer = 0; layer < 2; layer++) {
      String router = "1%d00".formatted(layer);
      int[] experts = order(random, shapes.get(router)[0]);
      copy.move(router, experts, hidden);
      for (int expert = 0; expert < experts.length; expert++) {
        int[] units = order(random, INNER);
        for (int matrix = 1; matrix <= 2; matrix++) {
          String name = expert(layer, expert, matrix);
          copy.values.put(name, values.get(expert(layer, experts[expert], matrix)));
          copy.move(name, matrix == 1 ? units : hidden, matrix == 1 ? hidden : units);
        }
      }
    }
    return copy;
  }

  /** A convolution of four groups between two matrices; kernels of one position. */
  static NamelessNetwork ofGroups(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NamelessNetwork network = new NamelessNetwork();
    network.add(random, "before", INNER, 40);
    network.add(random, "grouped", HIDDEN, INNER / GROUPS);
    network.add(random, "after", 40, HIDDEN);
    network.shapes.put("grouped", new int[] {HIDDEN, INNER / GROUPS, 1, 1});
    return network;
  }

  /** A copy whose groups trade places, inputs and outputs of each in another order. */
  NamelessNetwork shuffledGroups(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NamelessNetwork copy = copy();
    int[] groups = order(random, GROUPS);
    int[] inputs = within(random, groups, INNER / GROUPS);
    int[] outputs = within(random, groups, HIDDEN / GROUPS);
    copy.move("before", inputs, null);
    copy.move("after", null, outputs);
    copy.move("grouped", outputs, null);
    float[] rows = copy.values.get("grouped");
    float[] moved = new float[rows.length];
    int each = INNER / GROUPS;
    for (int i = 0; i < moved.length; i++) {
      int first = i / each / (HIDDEN / GROUPS) * each;
      moved[i] = rows[i / each * each + inputs[first + i % each] % each];
    }
    copy.values.put("grouped", moved);
    return copy;
  }

  private static int[] within(SplittableRandom random, int[] groups, int size) {
    int[] all = new int[groups.length * size];
    for (int group = 0; group < groups.length; group++) {
      int[] own = order(random, size);
      for (int i = 0; i < size; i++) {
        all[group * size + i] = groups[group] * size + own[i];
      }
    }
    return all;
  }

  /** One of its tensors alone. */
  NamelessNetwork only(String name) {
    NamelessNetwork only = new NamelessNetwork();
    only.values.put(name, values.get(name));
    only.shapes.put(name, shapes.get(name));
    return only;
  }

  /** A copy with the experts of each layer packed in two tensors. */
  NamelessNetwork packed() {
    NamelessNetwork copy = new NamelessNetwork();
    values.forEach(
        (name, tensor) -> {
          boolean expert = name.startsWith("1") && !name.endsWith("00");
          String whole = expert ? name.substring(0, 2) + "0" + name.charAt(3) : name;
          float[] before = copy.values.getOrDefault(whole, new float[0]);
          float[] all = Arrays.copyOf(before, before.length + tensor.length);
          System.arraycopy(tensor, 0, all, before.length, tensor.length);
          int[] shape = shapes.get(name);
          copy.values.put(whole, all);
          copy.shapes.put(
              whole, expert ? new int[] {all.length / tensor.length, shape[0], shape[1]} : shape);
        });
    return copy;
  }

  private void add(SplittableRandom random, String name, int... shape) {
    int columns = shape.length == 1 ? 1 : shape[1];
    float[] tensor = new float[shape[0] * columns];
    double[] across = new double[columns];
    Arrays.setAll(across, c -> Math.exp(0.3 * random.nextGaussian()));
    for (int row = 0; row < shape[0]; row++) {
      double along = Math.exp(0.4 * random.nextGaussian());
      for (int column = 0; column < columns; column++) {
        tensor[row * columns + column] =
            (float) (along * across[column] * (shape.length == 1 ? 1 : random.nextGaussian()));
      }
    }
    values.put(name, tensor);
    shapes.put(name, shape);
  }

  /** A copy with every weight changed by a share of its tensor's size. */
  NamelessNetwork noised(double share, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NamelessNetwork copy = copy();
    copy.values.forEach(
        (name, tensor) -> {
          double squares = 0;
          for (float value : tensor) {
            squares += value * value;
          }
          double size = share * Math.sqrt(squares / tensor.length);
          for (int i = 0; i < tensor.length; i++) {
            tensor[i] += (float) (size * random.nextGaussian());
          }
        });
    return copy;
  }

  /** The sum of a share of this network and a share of another, as they lie. */
  NamelessNetwork mixed(float own, NamelessNetwork other, float theirs) {
    NamelessNetwork copy = copy();
    copy.values.forEach(
        (name, tensor) -> {
          for (int i = 0; i < tensor.length; i++) {
            tensor[i] = own * tensor[i] + theirs * other.values.get(name)[i];
          }
        });
    return copy;
  }

  /** A copy with every weight below a size set to zero. */
  NamelessNetwork pruned(float least) {
    NamelessNetwork copy = copy();
    copy.values.forEach(
        (name, tensor) -> {
          for (int i = 0; i < tensor.length && shapes.get(name).length > 1; i++) {
            tensor[i] = Math.abs(tensor[i]) < least ? 0 : tensor[i];
          }
        });
    return copy;
  }

  /** A copy with the hidden stream and the units of every block in another order. */
  NamelessNetwork shuffled(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NamelessNetwork copy = copy();
    int[] hidden = order(random, HIDDEN);
    copy.move("stem.proj.kernel", hidden, null);
    for (int block = 0; block < BLOCKS; block++) {
      copy.move("trunk." + block + ".ln.gain", hidden, null);
      copy.moveBlock(block, order(random, INNER), hidden);
    }
    copy.move("readout.kernel", null, hidden);
    return copy;
  }

  /** A copy with the units of the first block in another order. */
  NamelessNetwork shuffledInPart(long seed) {
    NamelessNetwork copy = copy();
    copy.moveBlock(0, order(new SplittableRandom(seed), INNER), null);
    return copy;
  }

  /** A copy whose first block has small weights. */
  NamelessNetwork faintInPart() {
    NamelessNetwork copy = copy();
    copy.values.forEach(
        (name, tensor) -> {
          for (int i = 0; i < tensor.length && name.startsWith("trunk.0."); i++) {
            tensor[i] *= 0.2f;
          }
        });
    return copy;
  }

  private void moveBlock(int block, int[] inner, int[] hidden) {
    String front = "trunk." + block + ".";
    move(front + "up.kernel", inner, hidden);
    move(front + "up.offset", inner, null);
    move(front + "gate.kernel", inner, hidden);
    move(front + "down.kernel", hidden, inner);
  }

  private void move(String name, int[] rows, int[] columns) {
    float[] tensor = values.get(name);
    int width = tensor.length / shapes.get(name)[0];
    float[] moved = new float[tensor.length];
    for (int i = 0; i < tensor.length; i++) {
      int row = rows == null ? i / width : rows[i / width];
      int column = columns == null ? i % width : columns[i % width];
      moved[i] = tensor[row * width + column];
    }
    values.put(name, moved);
  }

  private static int[] order(SplittableRandom random, int length) {
    int[] order = new int[length];
    for (int i = 0; i < length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** A copy under other names. */
  NamelessNetwork renamed(UnaryOperator<String> rename) {
    NamelessNetwork copy = new NamelessNetwork();
    values.forEach(
        (name, tensor) -> {
          copy.values.put(rename.apply(name), tensor.clone());
          copy.shapes.put(rename.apply(name), shapes.get(name));
        });
    return copy;
  }

  /** A copy with two tensors under each other's names. */
  NamelessNetwork exchanged(String one, String other) {
    NamelessNetwork copy = copy();
    copy.values.put(one, values.get(other));
    copy.values.put(other, values.get(one));
    return copy;
  }

  /** A copy with the tensors of another beside its own. */
  NamelessNetwork with(NamelessNetwork other) {
    NamelessNetwork copy = copy();
    copy.values.putAll(other.values);
    copy.shapes.putAll(other.shapes);
    return copy;
  }

  NamelessNetwork copy() {
    return renamed(name -> name);
  }

  /** Writes it as an ONNX model whose graph has no operators: nothing is traced from it. */
  Path writeOnnx(Path file) throws IOException {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("weights");
    values.forEach(
        (name, tensor) -> {
          ByteBuffer bytes =
              ByteBuffer.allocate(Float.BYTES * tensor.length).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(tensor);
          TensorProto.Builder stored = TensorProto.newBuilder().setName(name).setDataType(1);
          Arrays.stream(shapes.get(name)).forEach(stored::addDims);
          graph.addInitializer(stored.setRawData(ByteString.copyFrom(bytes.array())));
        });
    return Files.write(file, ModelProto.newBuilder().setGraph(graph).build().toByteArray());
  }

  /** Writes it where nothing may be. */
  Path write(Path file) throws IOException {
    StringBuilder header = new StringBuilder();
    int offset = 0;
    for (Map.Entry<String, float[]> tensor : values.entrySet()) {
      int end = offset + Float.BYTES * tensor.getValue().length;
      header
          .append(header.isEmpty() ? "{" : ",")
          .append(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(
                      tensor.getKey(),
                      Arrays.toString(shapes.get(tensor.getKey())).replace(" ", ""),
                      offset,
                      end));
      offset = end;
    }
    byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + offset).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    for (float[] tensor : values.values()) {
      for (float value : tensor) {
        bytes.putFloat(value);
      }
    }
    return Files.write(file, bytes.array());
  }
}
