package org.findthelady.match.rows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.findthelady.SharedModels;
import org.findthelady.core.Shape;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.RotaryLayout;
import org.findthelady.structure.Structure;
import org.findthelady.structure.declared.Architectures;
import org.junit.jupiter.api.Test;

/** On the real pair: stories260K in llama2.c's layout and in Hugging Face's. */
class RotaryRecognitionTest {
  private static final int LAYERS = 5;

  @Test
  void recognisesTheRealPairAndConvertsItBitForBit() throws IOException {
    ArrayWeights huggingFace = huggingFace();
    ArrayWeights llama2c = llama2c(huggingFace);
    Structure structure = structure(huggingFace);

    Optional<RotaryRecognition.Conversion> found =
        RotaryRecognition.recognise(structure, huggingFace, llama2c);

    assertThat(found)
        .contains(new RotaryRecognition.Conversion(RotaryLayout.META, RotaryLayout.HUGGING_FACE));
    Map<String, int[][]> gathers = found.get().from().gathers(structure, found.get().to());
    assertThat(gathers).hasSize(2 * LAYERS);
    Weights converted = new GatheredWeights(llama2c, gathers);
    for (String tensor : huggingFace.values.keySet()) {
      float[] expected = huggingFace.values.get(tensor);
      float[] actual = new float[expected.length];
      converted.read(tensor, 0, actual, 0, 5);
      converted.read(tensor, 5, actual, 5, actual.length - 5);
      assertThat(Arrays.equals(actual, expected)).as(tensor).isTrue();
    }
    assertThat(RotaryRecognition.recognise(structure, llama2c, huggingFace))
        .contains(new RotaryRecognition.Conversion(RotaryLayout.HUGGING_FACE, RotaryLayout.META));
  }

  @Test
  void recognisesItThroughShuffledHeadsAndColumnsAndNoise() throws IOException {
    ArrayWeights huggingFace = huggingFace();
    Structure structure = structure(huggingFace);
    for (long seed = 0; seed < 10; seed++) {
      ArrayWeights suspect =
          llama2c(huggingFace).moved(structure, GroupPermutations.random(structure, seed));
      suspect.addNoise(0.2, seed);
      assertThat(RotaryRecognition.recognise(structure, huggingFace, suspect))
          .contains(new RotaryRecognition.Conversion(RotaryLayout.META, RotaryLayout.HUGGING_FACE));
    }
  }

  @Test
  void numbersThatAreNoneSayNothingOfTheLayout() throws IOException {
    ArrayWeights huggingFace = huggingFace();
    Structure structure = structure(huggingFace);
    ArrayWeights suspect = huggingFace();
    suspect.values.forEach((name, values) -> values[values.length / 2] = Float.NaN);
    assertThat(RotaryRecognition.recognise(structure, huggingFace, suspect)).isEmpty();
  }

  @Test
  void findsNoConversionWhereNoneIsNeeded() throws IOException {
    ArrayWeights huggingFace = huggingFace();
    Structure structure = structure(huggingFace);
    assertThat(RotaryRecognition.recognise(structure, huggingFace, huggingFace)).isEmpty();
    for (long seed = 0; seed < 10; seed++) {
      ArrayWeights suspect =
          huggingFace.moved(structure, GroupPermutations.random(structure, seed));
      suspect.addNoise(0.5, seed);
      assertThat(RotaryRecognition.recognise(structure, huggingFace, suspect)).isEmpty();
    }
  }

  private static Structure structure(ArrayWeights weights) throws IOException {
    JsonNode config =
        new ObjectMapper()
            .readTree(SharedModels.path("models/llama-stories/hf/config.json").toFile());
    return Architectures.builtIn().choose(weights.shapes, Optional.of(config));
  }

  private static ArrayWeights huggingFace() throws IOException {
    Path path = SharedModels.path("models/llama-stories/hf/model.safetensors");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    int length = Math.toIntExact(bytes.getLong());
    byte[] json = new byte[length];
    bytes.get(json);
    ArrayWeights weights = new ArrayWeights();
    new ObjectMapper()
        .readTree(json)
        .properties()
        .forEach(
            entry -> {
              if (entry.getKey().equals("__metadata__")) {
                return;
              }
              JsonNode shape = entry.getValue().get("shape");
              long[] lengths = new long[shape.size()];
              for (int axis = 0; axis < lengths.length; axis++) {
                lengths[axis] = shape.get(axis).longValue();
              }
              float[] values = new float[Math.toIntExact(Shape.of(lengths).elements())];
              int start = entry.getValue().get("data_offsets").get(0).intValue();
              bytes.position(8 + length + start);
              bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
              weights.put(entry.getKey(), Shape.of(lengths), values);
            });
    return weights;
  }

  /** The same model out of llama2.c's file: header, then one array after the other. */
  private static ArrayWeights llama2c(ArrayWeights shapes) throws IOException {
    Path path = SharedModels.path("models/llama-stories/stories260K.bin");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(28);
    ArrayWeights weights = new ArrayWeights();
    take(weights, shapes, bytes, "model.embed_tokens.weight");
    for (String name :
        new String[] {
          "input_layernorm",
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.o_proj",
          "post_attention_layernorm",
          "mlp.gate_proj",
          "mlp.down_proj",
          "mlp.up_proj"
        }) {
      for (int layer = 0; layer < LAYERS; layer++) {
        take(weights, shapes, bytes, "model.layers." + layer + "." + name + ".weight");
      }
    }
    take(weights, shapes, bytes, "model.norm.weight");
    return weights;
  }

  private static void take(
      ArrayWeights weights, ArrayWeights shapes, ByteBuffer bytes, String name) {
    Shape shape = shapes.shape(name);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getFloat();
    }
    weights.put(name, shape, values);
  }

  /** Tensors in memory. */
  private static final class ArrayWeights implements Weights {
    private final Map<String, Shape> shapes = new HashMap<>();
    private final Map<String, float[]> values = new HashMap<>();

    void put(String name, Shape shape, float[] tensor) {
      shapes.put(name, shape);
      values.put(name, tensor);
    }

    ArrayWeights moved(Structure structure, GroupPermutations assignment) {
      ArrayWeights moved = new ArrayWeights();
      values.forEach(
          (name, tensor) -> {
            Shape shape = shapes.get(name);
            int[][] gathers = structure.gathers(name, assignment);
            int width = (int) (shape.elements() / shape.length(0));
            float[] target = new float[tensor.length];
            for (int i = 0; i < target.length; i++) {
              int row = gathers[0] == null ? i / width : gathers[0][i / width];
              int column =
                  gathers.length < 2 || gathers[1] == null ? i % width : gathers[1][i % width];
              target[i] = tensor[row * width + column];
            }
            moved.put(name, shape, target);
          });
      return moved;
    }

    void addNoise(double omega, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      for (float[] tensor : values.values()) {
        double square = 0;
        for (float value : tensor) {
          square += (double) value * value / tensor.length;
        }
        for (int i = 0; i < tensor.length; i++) {
          tensor[i] += (float) (omega * Math.sqrt(square) * random.nextGaussian());
        }
      }
    }

    @Override
    public boolean has(String tensor) {
      return values.containsKey(tensor);
    }

    @Override
    public Shape shape(String tensor) {
      return shapes.get(tensor);
    }

    @Override
    public void read(String tensor, long firstElement, float[] target, int offset, int count) {
      System.arraycopy(values.get(tensor), (int) firstElement, target, offset, count);
    }
  }
}
