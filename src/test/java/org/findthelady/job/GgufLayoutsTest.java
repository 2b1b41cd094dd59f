package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.findthelady.checkpoint.gguf.GgufBytes;
import org.findthelady.conversion.Conversion;
import org.findthelady.conversion.Fidelity;
import org.findthelady.conversion.TensorFidelity;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.Verdict;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small decoders against GGUF files that pack their matrices as llama.cpp may. */
class GgufLayoutsTest {
  private static final int HIDDEN = 64;
  private static final int UNITS = 96;
  private static final int EXPERTS = 4;
  private static final int F32 = 0;
  private static final int Q8_0 = 8;
  private static final int BLOCK = 32;
  private static final int BLOCK_BYTES = 34;

  @TempDir private Path folder;

  /** A decoder, its names in Hugging Face's words, and how a file of llama.cpp packs them. */
  private enum Kind {
    FUSED("llama", "phi3", false),
    FUSED_GATE_UP("llama", "llama", false),
    MIXTRAL("mixtral", "llama", true),
    MIXTRAL_GATE_UP("mixtral", "llama", true),
    MIXTRAL_APART("mixtral", "llama", true),
    QWEN("qwen2_moe", "qwen2moe", true),
    QWEN_GATE_UP("qwen3_moe", "qwen3moe", true);

    private final String type;
    private final String architecture;
    private final boolean experts;

    Kind(String type, String architecture, boolean experts) {
      this.type = type;
      this.architecture = architecture;
      this.experts = experts;
    }

    String moe() {
      return type.equals("mixtral") ? "block_sparse_moe." : "mlp.";
    }

    String matrix(int expert, String name) {
      String own =
          type.equals("mixtral")
              ? Map.of("gate", "w1", "up", "w3", "down", "w2").get(name)
              : name + "_proj";
      return moe() + "experts." + expert + "." + own + ".weight";
    }

    boolean sharesAnExpert() {
      return type.equals("qwen2_moe");
    }

    boolean turnsRotaryRows() {
      return architecture.equals("llama");
    }
  }

  private static final class Network {
    private final Kind kind;
    private final Map<String, float[]> values = new LinkedHashMap<>();
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    Network(Kind kind) {
      this.kind = kind;
      add("model.embed_tokens.weight", 40, HIDDEN);
      add("lm_head.weight", 40, HIDDEN);
      add("model.norm.weight", HIDDEN);
      String layer = "model.layers.0.";
      add(layer + "input_layernorm.weight", HIDDEN);
      add(layer + "post_attention_layernorm.weight", HIDDEN);
      add(layer + "self_attn.q_proj.weight", HIDDEN, HIDDEN);
      add(layer + "self_attn.k_proj.weight", HIDDEN / 2, HIDDEN);
      add(layer + "self_attn.v_proj.weight", HIDDEN / 2, HIDDEN);
      add(layer + "self_attn.o_proj.weight", HIDDEN, HIDDEN);
      if (!kind.experts) {
        gated(layer + "mlp.%s_proj.weight");
        return;
      }
      add(layer + kind.moe() + "gate.weight", EXPERTS, HIDDEN);
      for (int e = 0; e < EXPERTS; e++) {
        int expert = e;
        for (String name : List.of("gate", "up", "down")) {
          add(layer + kind.matrix(expert, name), name.equals("down") ? HIDDEN : UNITS, -1);
        }
      }
      if (kind.sharesAnExpert()) {
        gated(layer + "mlp.shared_expert.%s_proj.weight");
        add(layer + "mlp.shared_expert_gate.weight", 1, HIDDEN);
      }
    }

    private void gated(String name) {
      add(name.formatted("gate"), UNITS, HIDDEN);
      add(name.formatted("up"), UNITS, HIDDEN);
      add(name.formatted("down"), HIDDEN, UNITS);
    }

    private void add(String name, long... lengths) {
      if (lengths[lengths.length - 1] < 0) {
        lengths[1] = lengths[0] == UNITS ? HIDDEN : UNITS;
      }
      Shape shape = Shape.of(lengths);
      SplittableRandom random = new SplittableRandom(name.hashCode());
      float[] numbers = new float[(int) shape.elements()];
      for (int i = 0; i < numbers.length; i++) {
        int row = i / shape.intLength(shape.rank() - 1);
        numbers[i] = (float) (0.05 * (1 + 0.02 * row) * random.nextGaussian());
      }
      values.put(name, numbers);
      shapes.put(name, shape);
    }

    Path write(Path target) throws IOException {
      String config =
          ("{\"model_type\":\"%s\",\"hidden_size\":%d,\"num_attention_heads\":4,"
                  + "\"num_key_value_heads\":2,\"head_dim\":16,\"num_hidden_layers\":1}")
              .formatted(kind.type, HIDDEN);
      Map<TensorInfo, byte[]> file = new LinkedHashMap<>();
      values.forEach(
          (name, numbers) ->
              file.put(
                  DemoLlama.info(name, DType.F32, shapes.get(name).toArray()),
                  DemoLlama.encoded(DType.F32, numbers)));
      return DemoLlama.write(target, config, "", file);
    }

    static Network read(Kind kind, Path model) throws IOException {
      Network network = new Network(kind);
      DemoLlama.numbers(model)
          .forEach((tensor, numbers) -> network.values.put(tensor.name(), numbers));
      return network;
    }
  }

  /** A GGUF file of a network. */
  private static final class Gguf {
    private final Network network;
    private final int type;
    private final Map<String, float[]> values = new LinkedHashMap<>();
    private final Map<String, Shape> shapes = new LinkedHashMap<>();
    private final Map<String, Integer> places = new LinkedHashMap<>();

    Gguf(Network network, int type) {
      this.network = network;
      this.type = type;
      Kind kind = network.kind;
      String layer = "model.layers.0.";
      add("token_embd", "model.embed_tokens.weight");
      add("output", "lm_head.weight");
      add("output_norm", "model.norm.weight");
      add("blk.0.attn_norm", layer + "input_layernorm.weight");
      add("blk.0.ffn_norm", layer + "post_attention_layernorm.weight");
      add("blk.0.attn_output", layer + "self_attn.o_proj.weight");
      String projection = layer + "self_attn.%s_proj.weight";
      if (kind.experts) {
        add("blk.0.attn_q", projection.formatted("q"));
        add("blk.0.attn_k", projection.formatted("k"));
        add("blk.0.attn_v", projection.formatted("v"));
        add("blk.0.ffn_gate_inp", layer + kind.moe() + "gate.weight");
        experts(kind, layer);
      } else {
        add(
            "blk.0.attn_qkv",
            projection.formatted("q"),
            projection.formatted("k"),
            projection.formatted("v"));
        String mlp = layer + "mlp.%s_proj.weight";
        String both = kind == Kind.FUSED ? "blk.0.ffn_up" : "blk.0.ffn_gate_up";
        add(both, mlp.formatted("gate"), mlp.formatted("up"));
        add("blk.0.ffn_down", mlp.formatted("down"));
      }
      if (kind.sharesAnExpert()) {
        for (String name : List.of("gate", "up", "down")) {
          add("blk.0.ffn_" + name + "_shexp", layer + "mlp.shared_expert." + name + "_proj.weight");
        }
        add("blk.0.ffn_gate_inp_shexp", layer + "mlp.shared_expert_gate.weight");
        shapes.put("blk.0.ffn_gate_inp_shexp", Shape.of(HIDDEN));
      }
    }

    private void experts(Kind kind, String layer) {
      boolean fused = kind.name().endsWith("GATE_UP");
      for (String name : List.of("gate", "up", "down")) {
        String[] own = new String[EXPERTS];
        Arrays.setAll(own, e -> layer + kind.matrix(e, name));
        for (int e = 0; kind == Kind.MIXTRAL_APART && e < EXPERTS; e++) {
          add("blk.0.ffn_" + name + "." + e, own[e]);
        }
        if (kind != Kind.MIXTRAL_APART && !(fused && !name.equals("down"))) {
          add("blk.0.ffn_" + name + "_exps", own);
          pack(name);
        }
      }
      if (fused) {
        String[] own = new String[2 * EXPERTS];
        Arrays.setAll(own, i -> layer + kind.matrix(i / 2, i % 2 == 0 ? "gate" : "up"));
        add("blk.0.ffn_gate_up_exps", own);
        pack("gate_up");
      }
    }

    /** Rows of all experts as an axis of experts before the rows of each. */
    private void pack(String name) {
      String whole = "blk.0.ffn_" + name + "_exps";
      Shape rows = shapes.get(whole);
      shapes.put(whole, Shape.of(EXPERTS, rows.length(0) / EXPERTS, rows.length(1)));
    }

    private void add(String name, String... parts) {
      long rows = 0;
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (String part : parts) {
        float[] numbers = network.values.get(part);
        boolean turned =
            network.kind.turnsRotaryRows() && part.matches(".*self_attn\\.[qk]_proj.*");
        all.writeBytes(DemoLlama.encoded(DType.F32, turned ? interleaved(numbers) : numbers));
        rows += network.shapes.get(part).length(0);
      }
      float[] values = new float[all.size() / Float.BYTES];
      ByteBuffer.wrap(all.toByteArray()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      long[] lengths = network.shapes.get(parts[0]).toArray();
      lengths[0] = rows;
      this.values.put(name, values);
      shapes.put(name, Shape.of(lengths));
    }

    /** Rows of halves of each head's dimensions in turns. */
    private static float[] interleaved(float[] numbers) {
      float[] turned = new float[numbers.length];
      for (int row = 0; row < numbers.length / HIDDEN; row++) {
        int within = row % 16;
        int from = row - within + within % 2 * 8 + within / 2;
        System.arraycopy(numbers, from * HIDDEN, turned, row * HIDDEN, HIDDEN);
      }
      return turned;
    }

    byte[] bytes() {
      GgufBytes header =
          GgufBytes.file(3, values.size(), 3)
              .textValue("general.architecture", network.kind.architecture)
              .u32Value(network.kind.architecture + ".attention.head_count", 4)
              .u32Value(network.kind.architecture + ".attention.head_count_kv", 2);
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      values.forEach(
          (name, numbers) -> {
            long[] lengths = shapes.get(name).toArray();
            boolean blocks = lengths.length > 1 && type == Q8_0 && !name.contains("inp");
            long[] axes = new long[lengths.length];
            Arrays.setAll(axes, i -> lengths[lengths.length - 1 - i]);
            header.tensor(name + ".weight", blocks ? Q8_0 : F32, data.size(), axes);
            places.put(name, data.size());
            data.writeBytes(blocks ? blocks(numbers) : DemoLlama.encoded(DType.F32, numbers));
          });
      byte[] file = header.align(BLOCK).bytes(data.toByteArray()).done();
      places.replaceAll((name, at) -> at + file.length - data.size());
      return file;
    }

    /** As ggml rounds to Q8_0: a scale of the largest number, 127 levels on either side. */
    private static byte[] blocks(float[] numbers) {
      ByteArrayOutputStream blocks = new ByteArrayOutputStream();
      for (int at = 0; at < numbers.length; at += BLOCK) {
        float most = 0;
        for (int i = at; i < at + BLOCK; i++) {
          most = Math.max(most, Math.abs(numbers[i]));
        }
        float scale = most / 127;
        blocks.writeBytes(DemoLlama.encoded(DType.F16, scale));
        for (int i = at; i < at + BLOCK; i++) {
          blocks.write(Math.round(numbers[i] / scale));
        }
      }
      return blocks.toByteArray();
    }
  }

  private static Conversion verify(Path original, Path converted) {
    return VerifyConversion.run(
            original.toString(), converted.toString(), StructureChoice.AUTOMATIC, Map.of())
        .conversion();
  }

  private Path shuffled(Path plain) throws IOException {
    Path shuffled = folder.resolve("shuffled");
    LocalPair.permute(plain, shuffled, 5, null);
    return shuffled;
  }

  private Path written(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  @ParameterizedTest
  @EnumSource
  void whatOneSidePacksIsCheckedWholeAlsoShuffled(Kind kind) throws IOException {
    Path plain = new Network(kind).write(folder.resolve("plain"));
    Path shuffled = shuffled(plain);
    for (Path from : List.of(plain, shuffled)) {
      Path gguf = written("q.gguf", new Gguf(Network.read(kind, from), Q8_0).bytes());
      Conversion found = verify(plain, gguf);
      assertThat(found.fidelity()).as(found.notes().toString()).isEqualTo(Fidelity.FAITHFUL);
      assertThat(found.notCheckedElements()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatOneSidePacksIsAFindingAndNoChange(Kind kind) throws IOException {
    Path plain = new Network(kind).write(folder.resolve("plain"));
    Path shuffled = shuffled(plain);
    Path same = written("same.gguf", new Gguf(new Network(kind), F32).bytes());
    Path moved = written("moved.gguf", new Gguf(Network.read(kind, shuffled), F32).bytes());
    for (List<Path> pair : List.of(List.of(plain, same), List.of(same, plain))) {
      PairOutcome outcome = LocalPair.resync(pair.get(0), pair.get(1), null);
      assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.IDENTICAL);
      assertThat(outcome.findings().stream().anyMatch(f -> f.kind() == FindingKind.FUSED))
          .isEqualTo(kind != Kind.MIXTRAL_APART);
    }
    for (Path reference : List.of(plain, same)) {
      PairOutcome outcome = LocalPair.resync(reference, moved, null);
      assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.PERMUTED);
    }
  }

  /** One code, and one scale by a twentieth, in the middle of what is packed. */
  @ParameterizedTest
  @EnumSource
  void aChangeInWhatIsPackedIsFoundThere(Kind kind) throws IOException {
    Path plain = new Network(kind).write(folder.resolve("plain"));
    for (boolean scale : new boolean[] {false, true}) {
      Gguf gguf = new Gguf(new Network(kind), Q8_0);
      byte[] bytes = gguf.bytes();
      String name =
          gguf.values.keySet().stream()
              .filter(Predicate.not(n -> n.matches(".*(down|inp|shexp|output).*")))
              .reduce((one, other) -> other)
              .orElseThrow();
      int block = (int) (gguf.shapes.get(name).elements() / BLOCK * 3 / 4);
      int at = gguf.places.get(name) + block * BLOCK_BYTES;
      ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      if (scale) {
        file.putShort(at, (short) (file.getShort(at) + 40));
      } else {
        int code = at + 2;
        while (Math.abs(file.get(code)) < 3 || Math.abs(file.get(code)) > 100) {
          code++;
        }
        file.put(code, (byte) (file.get(code) - 1));
      }
      Conversion found = verify(plain, written("changed.gguf", bytes));
      List<TensorFidelity> wrong =
          found.tensors().stream().filter(t -> t.fidelity() == Fidelity.NOT_FAITHFUL).toList();
      assertThat(wrong).as(name).hasSize(1);
      assertThat(wrong.get(0).converted()).isEqualTo(name + ".weight");
      assertThat(wrong.get(0).blocks()).hasSize(1);
      assertThat(wrong.get(0).blocks().get(0).block()).isEqualTo(block);
    }
  }

  /** The other side may pack the same experts in a way of its own. */
  @Test
  void expertsThatBothSidesPackInTheirOwnWaysAreTheSame() throws IOException {
    Path apart = written("apart.gguf", new Gguf(new Network(Kind.MIXTRAL_APART), F32).bytes());
    Path three = written("three.gguf", new Gguf(new Network(Kind.MIXTRAL), F32).bytes());
    Path two = written("two.gguf", new Gguf(new Network(Kind.MIXTRAL_GATE_UP), F32).bytes());
    for (List<Path> pair : List.of(List.of(two, three), List.of(three, two), List.of(apart, two))) {
      PairOutcome outcome = LocalPair.resync(pair.get(0), pair.get(1), null);
      assertThat(outcome.verdict()).as(outcome.judgement().reason()).isEqualTo(Verdict.IDENTICAL);
    }
  }
}
