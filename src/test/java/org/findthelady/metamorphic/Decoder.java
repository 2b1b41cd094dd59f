package org.findthelady.metamorphic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.FindingKind;

/** Things done to layers, heads, gates, tokens and adapters of the small Llama. */
final class Decoder {
  private static final String LAYERS = "model.layers.";
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final int DEPTH = 5;
  private static final int HEADS = 8;
  private static final int KEYS = 4;
  private static final int DIMENSIONS = 8;

  private final Network network;
  private final List<Mutation> made = new ArrayList<>();

  private Decoder(Network network) {
    this.network = network;
  }

  static List<Mutation> of(Network network) {
    Decoder decoder = new Decoder(network);
    decoder.layers();
    decoder.tokens();
    decoder.gates();
    decoder.heads();
    decoder.adapters();
    return decoder.made;
  }

  private void layers() {
    layers("layer 2 removed", FindingKind.LAYER_REMOVED, 2, 0, 1, 3, 4);
    layers("last layer removed", FindingKind.LAYER_REMOVED, 4, 0, 1, 2, 3);
    layers("layers 1 and 3 swapped", FindingKind.LAYER_MOVED, 1, 0, 3, 2, 1, 4);
    layers("layer 1 moved to the end", FindingKind.LAYER_MOVED, 1, 0, 2, 3, 4, 1);
    layers("layer 3 repeated", FindingKind.LAYER_REPEATED, 3, 0, 1, 2, 3, 3, 4);
    layers("layers 1 and 2 repeated", FindingKind.LAYER_REPEATED, 1, 0, 1, 2, 1, 2, 3, 4);
  }

  /** A suspect whose layers are these of the reference. */
  private void layers(String name, FindingKind kind, int place, int... from) {
    UnaryOperator<Network> change =
        suspect -> {
          Map<String, Network.Tensor> old = new LinkedHashMap<>(suspect.tensors);
          suspect.tensors.keySet().removeIf(tensor -> tensor.startsWith(LAYERS));
          for (int layer = 0; layer < from.length; layer++) {
            String front = LAYERS + from[layer] + ".";
            String to = LAYERS + layer + ".";
            old.forEach(
                (tensor, values) -> {
                  if (tensor.startsWith(front)) {
                    suspect.tensors.put(to + tensor.substring(front.length()), values.copy());
                  }
                });
          }
          return suspect;
        };
    for (boolean noised : new boolean[] {false, true}) {
      Network suspect = noised ? noised(network) : network.copy();
      made.add(
          new Mutation(
              noised ? name + ", noise" : name,
              suspect,
              Expected.place(kind, LAYERS + place, -1, ""),
              change));
    }
  }

  static Network noised(Network network) {
    Network noised = network.copy();
    noised.tensors.replaceAll(
        (name, tensor) ->
            tensor.shape().rank() < 2
                ? tensor
                : tensor.with(
                    tensor.shape(),
                    org.findthelady.match.Model.noise(0.1, name.hashCode())
                        .apply(tensor.values())));
    return noised;
  }

  private void tokens() {
    tokens("8 tokens added", FindingKind.ROW_ADDED, -1, 520, u -> u < 512 ? u : -1);
    tokens("last 12 tokens removed", FindingKind.ROW_REMOVED, 500, 500, u -> u);
    tokens(
        "tokens 100 to 109 removed", FindingKind.ROW_REMOVED, 100, 502, u -> u < 100 ? u : u + 10);
    tokens(
        "tokens 300 and 410 swapped",
        FindingKind.ROW_MOVED,
        300,
        512,
        u -> u == 300 ? 410 : u == 410 ? 300 : u);
    int[] order = IntStream.range(0, 512).toArray();
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 511; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
    tokens("all tokens shuffled", FindingKind.ROW_MOVED, -1, 512, u -> order[u]);
  }

  private void tokens(String name, FindingKind kind, int unit, int rows, IntUnaryOperator source) {
    SplittableRandom random = new SplittableRandom(6);
    UnaryOperator<Network> change =
        suspect -> {
          Network.Tensor old = suspect.get(EMBEDDING);
          int width = old.shape().intLength(1);
          double size = Mutations.rms(old.values());
          float[] values = new float[rows * width];
          for (int row = 0; row < rows; row++) {
            int from = source.applyAsInt(row);
            for (int i = 0; i < width; i++) {
              values[row * width + i] =
                  from < 0
                      ? (float) (size * random.nextGaussian())
                      : old.values()[from * width + i];
            }
          }
          suspect.tensors.put(EMBEDDING, old.with(Shape.of(rows, width), values));
          return suspect;
        };
    for (boolean noised : new boolean[] {false, true}) {
      made.add(
          new Mutation(
              noised ? name + ", noise" : name,
              noised ? noised(network) : network.copy(),
              Expected.place(kind, EMBEDDING, unit, ""),
              change));
    }
  }

  private void gates() {
    for (int all = 0; all < 2; all++) {
      boolean every = all == 1;
      Network gated = network.copy();
      rows(gated, LAYERS + "2.mlp.up_proj.weight", 0, u -> factor(u, every));
      rows(gated, LAYERS + "2.mlp.down_proj.weight", 1, u -> 1 / factor(u, every));
      String name = (every ? "all units" : "unit") + " up x k, down / k";
      made.add(new Mutation(name, gated, Expected.verdict(Verdict.RESCALED, "keeps the function")));
    }
    Network up = network.copy();
    rows(up, LAYERS + "2.mlp.up_proj.weight", 0, u -> u == 20 ? 1.7 : 1);
    made.add(
        new Mutation(
            "up x 1.7, no more",
            up,
            Expected.unit(FindingKind.UNIT_SCALED, LAYERS + "2.mlp.up_proj.weight", 20, 1.7)));
    Network gate = network.copy();
    rows(gate, LAYERS + "2.mlp.gate_proj.weight", 0, u -> u == 20 ? 1.7 : 1);
    rows(gate, LAYERS + "2.mlp.down_proj.weight", 1, u -> u == 20 ? 1 / 1.7 : 1);
    Expected expected =
        Expected.unit(FindingKind.UNIT_SCALED, LAYERS + "2.mlp.gate_proj.weight", 20, 1.7);
    made.add(new Mutation("gate x 1.7, down / 1.7", gate, expected.saying("is changed")));
  }

  private static double factor(int unit, boolean every) {
    return every ? (unit % 3 == 0 ? -1 : 1) * (0.5 + unit % 7) : unit == 20 ? -1.7 : 1;
  }

  private interface Factor {
    double of(int unit);
  }

  private static void rows(Network changed, String name, int axis, Factor factor) {
    Network.Tensor tensor = changed.get(name);
    for (int i = 0; i < tensor.values().length; i++) {
      tensor.values()[i] = (float) (tensor.values()[i] * factor.of(tensor.index(i, axis)));
    }
  }

  private void heads() {
    for (int all = 0; all < 2; all++) {
      boolean every = all == 1;
      String of = every ? "all heads: " : "one head: ";
      Network mixed = network.copy();
      Network turned = network.copy();
      Network scaled = network.copy();
      SplittableRandom random = new SplittableRandom(8);
      for (int layer = every ? 0 : 2; layer < (every ? DEPTH : 3); layer++) {
        for (int head = every ? 0 : 1; head < (every ? KEYS : 2); head++) {
          mix(mixed, layer, head, random);
          turn(turned, layer, head, random, false);
          turn(scaled, layer, head, random, true);
        }
      }
      Expected basis =
          new Expected(
              java.util.EnumSet.of(Verdict.ROTATED),
              java.util.EnumSet.of(FindingKind.BASIS_CHANGED),
              "heads",
              -1,
              Double.NaN,
              "");
      made.add(new Mutation(of + "other value basis", mixed, basis));
      made.add(new Mutation(of + "query and key turned", turned, basis));
      made.add(
          new Mutation(
              of + "query x k, key / k",
              scaled,
              new Expected(
                  java.util.EnumSet.of(Verdict.ROTATED, Verdict.RESCALED),
                  java.util.EnumSet.noneOf(FindingKind.class),
                  null,
                  -1,
                  0,
                  "the function")));
    }
    Network folded = network.copy();
    for (int layer = 0; layer < DEPTH; layer++) {
      fold(folded, LAYERS + layer + ".input_layernorm.weight", layer, "q", "k", "v");
      fold(folded, LAYERS + layer + ".post_attention_layernorm.weight", layer, "gate", "up");
    }
    made.add(
        new Mutation(
            "gains folded", folded, Expected.verdict(Verdict.ROTATED, "gains were folded")));
    Network half = network.copy();
    fold(half, LAYERS + "1.input_layernorm.weight", 1, "q", "k", "v");
    made.add(
        new Mutation(
            "one gain folded", half, Expected.verdict(Verdict.ROTATED, "gains were folded")));
  }

  private static void fold(Network changed, String gain, int layer, String... readers) {
    float[] gains = changed.values(gain).clone();
    for (String reader : readers) {
      String part = readers.length == 3 ? ".self_attn." : ".mlp.";
      rows(changed, LAYERS + layer + part + reader + "_proj.weight", 1, u -> gains[u]);
    }
    Arrays.fill(changed.values(gain), 1);
  }

  /** Another basis for the values of a head. */
  private static void mix(Network changed, int layer, int head, SplittableRandom random) {
    double[][] basis = new double[DIMENSIONS][DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      for (int j = 0; j < DIMENSIONS; j++) {
        basis[i][j] = random.nextGaussian() + (i == j ? 3 : 0);
      }
    }
    double[][] inverse =
        org.apache.commons.math3.linear.MatrixUtils.inverse(
                org.apache.commons.math3.linear.MatrixUtils.createRealMatrix(basis))
            .getData();
    float[] values = changed.values(LAYERS + layer + ".self_attn.v_proj.weight");
    float[] old = values.clone();
    for (int i = 0; i < DIMENSIONS; i++) {
      for (int c = 0; c < 64; c++) {
        double sum = 0;
        for (int j = 0; j < DIMENSIONS; j++) {
          sum += basis[i][j] * old[(head * DIMENSIONS + j) * 64 + c];
        }
        values[(head * DIMENSIONS + i) * 64 + c] = (float) sum;
      }
    }
    float[] output = changed.values(LAYERS + layer + ".self_attn.o_proj.weight");
    float[] before = output.clone();
    for (int query = 0; query < HEADS / KEYS; query++) {
      int first = (head * (HEADS / KEYS) + query) * DIMENSIONS;
      for (int row = 0; row < 64; row++) {
        for (int j = 0; j < DIMENSIONS; j++) {
          double sum = 0;
          for (int i = 0; i < DIMENSIONS; i++) {
            sum += before[row * 64 + first + i] * inverse[i][j];
          }
          output[row * 64 + first + j] = (float) sum;
        }
      }
    }
  }

  /** Turns or scales each rotary pair of a head's keys, and its queries the other way. */
  private static void turn(
      Network changed, int layer, int head, SplittableRandom random, boolean scale) {
    float[] keys = changed.values(LAYERS + layer + ".self_attn.k_proj.weight");
    float[] queries = changed.values(LAYERS + layer + ".self_attn.q_proj.weight");
    for (int pair = 0; pair < DIMENSIONS / 2; pair++) {
      double angle = scale ? 0 : random.nextDouble(0.3, 2);
      double factor = scale ? random.nextDouble(1.2, 3) : 1;
      rotate(keys, head * DIMENSIONS + pair, angle, factor);
      for (int query = 0; query < HEADS / KEYS; query++) {
        int first = (head * (HEADS / KEYS) + query) * DIMENSIONS;
        rotate(queries, first + pair, angle, 1 / factor);
      }
    }
  }

  private static void rotate(float[] values, int row, double angle, double factor) {
    for (int c = 0; c < 64; c++) {
      double x = values[row * 64 + c];
      double y = values[(row + DIMENSIONS / 2) * 64 + c];
      values[row * 64 + c] = (float) (factor * (Math.cos(angle) * x - Math.sin(angle) * y));
      values[(row + DIMENSIONS / 2) * 64 + c] =
          (float) (factor * (Math.sin(angle) * x + Math.cos(angle) * y));
    }
  }

  private void adapters() {
    for (DType type : new DType[] {DType.F32, DType.BF16, DType.F16}) {
      Network merged = network.copy();
      for (int layer = 0; layer < DEPTH; layer++) {
        for (String part : List.of("q", "v")) {
          String name = LAYERS + layer + ".self_attn." + part + "_proj.weight";
          Network.Tensor tensor = merged.get(name);
          drift(tensor.values(), 64, 3, 0.2, 31 * layer + part.hashCode());
        }
      }
      merged.tensors.replaceAll((name, tensor) -> tensor.as(type));
      String what = type == DType.F32 ? "" : ", cast " + type;
      made.add(
          new Mutation(
              "adapter of rank 3 merged" + what,
              merged,
              new Expected(
                  java.util.EnumSet.of(Verdict.DERIVED),
                  java.util.EnumSet.of(FindingKind.LOW_RANK_DRIFT),
                  LAYERS + "2.self_attn.q_proj.weight",
                  -1,
                  3,
                  type == DType.F32 ? "" : "cast to " + type)));
    }
  }

  static void drift(float[] values, int columns, int rank, double share, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int rows = values.length / columns;
    double size = share * Mutations.rms(values) / Math.sqrt(rank);
    for (int r = 0; r < rank; r++) {
      double[] down = random.doubles(columns, -1.7, 1.7).toArray();
      double[] up = random.doubles(rows, -1.7, 1.7).toArray();
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) (size * up[i / columns] * down[i % columns]);
      }
    }
  }
}
