package org.findthelady.structure.declared;

import java.util.Map;

/** Small decoders of the Llama family and its cousins. */
final class DecoderModels {
  private static final int LAYERS = 2;
  private static final String CONFIG =
      "{\"model_type\":\"%s\",\"hidden_size\":10,\"num_attention_heads\":6,"
          + "\"num_key_value_heads\":3,\"head_dim\":4,\"intermediate_size\":9,"
          + "\"num_local_experts\":4}";
  private static final Map<String, Integer> GROUPS =
      TextModels.perLayer(Map.of("hidden", 10), Map.of("kv", 3, "query", 2, "value", 4, "mlp", 9));

  private DecoderModels() {}

  private static ReferenceModel model(
      String architecture, String type, Weights weights, Map<String, Integer> groups) {
    return new ReferenceModel(
        architecture, CONFIG.formatted(type), weights.fill(31), groups, DecoderModels::run);
  }

  private static Weights grouped(boolean bias) {
    Weights w = new Weights().add("model.embed_tokens.weight", 7, 10);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i;
      w.add(layer + ".input_layernorm.weight", 10);
      rows(w, layer + ".self_attn.q_proj", 24, bias);
      rows(w, layer + ".self_attn.k_proj", 12, bias);
      rows(w, layer + ".self_attn.v_proj", 12, bias);
      w.add(layer + ".self_attn.o_proj.weight", 10, 24)
          .add(layer + ".post_attention_layernorm.weight", 10);
    }
    return w.add("model.norm.weight", 10);
  }

  private static void rows(Weights w, String name, int rows, boolean bias) {
    w.add(name + ".weight", rows, 10);
    if (bias) {
      w.add(name + ".bias", rows);
    }
  }

  private static Weights gated(Weights w) {
    for (int i = 0; i < LAYERS; i++) {
      gated(w, "model.layers." + i + ".mlp", 9);
    }
    return w;
  }

  private static Weights gated(Weights w, String mlp, int units) {
    return w.add(mlp + ".gate_proj.weight", units, 10)
        .add(mlp + ".up_proj.weight", units, 10)
        .add(mlp + ".down_proj.weight", 10, units);
  }

  static ReferenceModel qwen2() {
    return model("qwen", "qwen2", gated(grouped(true)).add("lm_head.weight", 7, 10), GROUPS);
  }

  static ReferenceModel qwen3() {
    Weights w = gated(grouped(false));
    for (int i = 0; i < LAYERS; i++) {
      w.add("model.layers." + i + ".self_attn.q_norm.weight", 4)
          .add("model.layers." + i + ".self_attn.k_norm.weight", 4);
    }
    return model("qwen", "qwen3", w, GROUPS);
  }

  static ReferenceModel gemma() {
    return model("gemma", "gemma", gated(grouped(false)), GROUPS);
  }

  static ReferenceModel gemma3() {
    Weights w = gated(grouped(false));
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i;
      w.add(layer + ".self_attn.q_norm.weight", 4)
          .add(layer + ".self_attn.k_norm.weight", 4)
          .add(layer + ".pre_feedforward_layernorm.weight", 10)
          .add(layer + ".post_feedforward_layernorm.weight", 10);
    }
    return model("gemma", "gemma3_text", w, GROUPS);
  }

  /** Eight experts, as Mixtral has them. */
  static ReferenceModel mixtral() {
    Weights w = grouped(false);
    for (int i = 0; i < LAYERS; i++) {
      String moe = "model.layers." + i + ".block_sparse_moe";
      w.add(moe + ".gate.weight", 8, 10);
      for (int e = 0; e < 8; e++) {
        w.add(moe + ".experts." + e + ".w1.weight", 9, 10)
            .add(moe + ".experts." + e + ".w2.weight", 10, 9)
            .add(moe + ".experts." + e + ".w3.weight", 9, 10);
      }
    }
    return new ReferenceModel(
        "mixtral",
        CONFIG.formatted("mixtral").replace("experts\":4", "experts\":8"),
        w.add("lm_head.weight", 7, 10).fill(31),
        TextModels.perLayer(
            Map.of("hidden", 10), Map.of("kv", 3, "query", 2, "value", 4, "mlp", 9, "expert", 8)),
        DecoderModels::run);
  }

  /** Qwen2's kind has biases and an expert that all share, Qwen3's has norms over heads. */
  static ReferenceModel qwenMoe(boolean shared) {
    Weights w = grouped(shared);
    for (int i = 0; i < LAYERS; i++) {
      String mlp = "model.layers." + i + ".mlp";
      w.add(mlp + ".gate.weight", 4, 10);
      for (int e = 0; e < 4; e++) {
        gated(w, mlp + ".experts." + e, 9);
      }
      if (shared) {
        gated(w, mlp + ".shared_expert", 5).add(mlp + ".shared_expert_gate.weight", 1, 10);
      } else {
        w.add("model.layers." + i + ".self_attn.q_norm.weight", 4)
            .add("model.layers." + i + ".self_attn.k_norm.weight", 4);
      }
    }
    Map<String, Integer> units =
        shared
            ? Map.of("kv", 3, "query", 2, "value", 4, "mlp", 9, "expert", 4, "shared", 5)
            : Map.of("kv", 3, "query", 2, "value", 4, "mlp", 9, "expert", 4);
    return new ReferenceModel(
        "qwen-moe",
        CONFIG
            .formatted(shared ? "qwen2_moe" : "qwen3_moe")
            .replace("num_local_experts", "num_experts"),
        w.add("lm_head.weight", 7, 10).fill(31),
        TextModels.perLayer(Map.of("hidden", 10), units),
        DecoderModels::run);
  }

  static ReferenceModel gptOss() {
    Weights w = grouped(true);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i;
      w.add(layer + ".self_attn.o_proj.bias", 10).add(layer + ".self_attn.sinks", 6);
      w.layer(layer + ".mlp.router", 4, 10);
      for (int e = 0; e < 4; e++) {
        String expert = layer + ".mlp.experts." + e;
        w.layer(expert + ".gate_proj", 9, 10)
            .layer(expert + ".up_proj", 9, 10)
            .layer(expert + ".down_proj", 10, 9);
      }
    }
    return model(
        "gpt-oss",
        "gpt_oss",
        w.add("lm_head.weight", 7, 10),
        TextModels.perLayer(
            Map.of("hidden", 10), Map.of("kv", 3, "query", 2, "value", 4, "mlp", 9, "expert", 4)));
  }

  static ReferenceModel phi3() {
    Weights w = new Weights().add("model.embed_tokens.weight", 7, 10);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i;
      w.add(layer + ".input_layernorm.weight", 10)
          .add(layer + ".self_attn.qkv_proj.weight", 48, 10)
          .add(layer + ".self_attn.o_proj.weight", 10, 24)
          .add(layer + ".post_attention_layernorm.weight", 10)
          .add(layer + ".mlp.gate_up_proj.weight", 18, 10)
          .add(layer + ".mlp.down_proj.weight", 10, 9);
    }
    return model("phi3", "phi3", w.add("model.norm.weight", 10), GROUPS);
  }

  private static double[] run(Weights weights) {
    Layers net = new Layers(weights);
    double[][] x = net.embed("model.embed_tokens.weight", 3, 1, 4, 6);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i;
      double[][] a = attention(net, weights, net.rmsNorm(x, layer + ".input_layernorm"), layer);
      boolean sandwich = weights.has(layer + ".pre_feedforward_layernorm.weight");
      String next = layer + (sandwich ? ".pre_feedforward_layernorm" : ".post_attention_layernorm");
      x = Layers.add(x, sandwich ? net.rmsNorm(a, layer + ".post_attention_layernorm") : a);
      double[][] h = feedForward(net, weights, net.rmsNorm(x, next), layer);
      x = Layers.add(x, sandwich ? net.rmsNorm(h, layer + ".post_feedforward_layernorm") : h);
    }
    boolean tied = !weights.has("lm_head.weight");
    x = net.rmsNorm(x, "model.norm");
    return Layers.flat(net.linear(x, tied ? "model.embed_tokens" : "lm_head"));
  }

  private static double[][] attention(Layers net, Weights weights, double[][] h, String layer) {
    double[][] q;
    double[][] k;
    double[][] v;
    if (weights.has(layer + ".self_attn.qkv_proj.weight")) {
      double[][] qkv = net.linear(h, layer + ".self_attn.qkv_proj");
      q = Layers.columns(qkv, 0, 24);
      k = Layers.columns(qkv, 24, 12);
      v = Layers.columns(qkv, 36, 12);
    } else {
      q = net.linear(h, layer + ".self_attn.q_proj");
      k = net.linear(h, layer + ".self_attn.k_proj");
      v = net.linear(h, layer + ".self_attn.v_proj");
    }
    if (weights.has(layer + ".self_attn.q_norm.weight")) {
      q = headNorm(q, weights.values(layer + ".self_attn.q_norm.weight"));
      k = headNorm(k, weights.values(layer + ".self_attn.k_norm.weight"));
    }
    if (weights.has(layer + ".self_attn.sinks")) {
      double[] sinks = weights.values(layer + ".self_attn.sinks");
      double[][] a = sunk(Layers.rotary(q, 6, 4), Layers.rotary(k, 3, 4), v, sinks);
      return net.linear(a, layer + ".self_attn.o_proj");
    }
    double[][] a =
        Layers.attention(
            Layers.rotary(q, 6, 4), Layers.rotary(k, 3, 4), v, 6, 3, Layers.Mask.CAUSAL);
    return net.linear(a, layer + ".self_attn.o_proj");
  }

  /** Attention in which every head has one more score that no value goes with: its sink. */
  private static double[][] sunk(double[][] q, double[][] k, double[][] v, double... sinks) {
    double[][] zeros = new double[v.length + 1][v[0].length];
    double[][] keys = new double[k.length + 1][k[0].length];
    System.arraycopy(v, 0, zeros, 0, v.length);
    System.arraycopy(k, 0, keys, 0, k.length);
    Layers.Mask mask = (h, t, s) -> s == k.length ? sinks[h] : Layers.Mask.CAUSAL.bias(h, t, s);
    return Layers.attention(q, keys, zeros, 6, 3, mask);
  }

  private static double[][] headNorm(double[][] x, double[] scale) {
    double[][] y = new double[x.length][x[0].length];
    for (int h = 0; h < x[0].length / scale.length; h++) {
      double[][] head =
          Layers.norm(Layers.columns(x, h * scale.length, scale.length), scale, null, false, 1);
      for (int t = 0; t < x.length; t++) {
        System.arraycopy(head[t], 0, y[t], h * scale.length, scale.length);
      }
    }
    return y;
  }

  private static double[][] feedForward(Layers net, Weights weights, double[][] h, String layer) {
    if (weights.has(layer + ".block_sparse_moe.gate.weight")) {
      return experts(net, h, layer + ".block_sparse_moe", ".gate");
    }
    if (weights.has(layer + ".mlp.router.weight")) {
      return experts(net, h, layer + ".mlp", ".router");
    }
    if (weights.has(layer + ".mlp.shared_expert_gate.weight")) {
      double[][] share = net.linear(h, layer + ".mlp.shared_expert_gate");
      double[][] out = experts(net, h, layer + ".mlp", ".gate");
      double[][] all = expert(net, h, layer + ".mlp.shared_expert");
      for (int t = 0; t < out.length; t++) {
        for (int d = 0; d < out[t].length; d++) {
          out[t][d] += Layers.sigmoid(share[t][0]) * all[t][d];
        }
      }
      return out;
    }
    if (weights.has(layer + ".mlp.gate.weight")) {
      return experts(net, h, layer + ".mlp", ".gate");
    }
    double[][] gate;
    double[][] up;
    if (weights.has(layer + ".mlp.gate_up_proj.weight")) {
      double[][] both = net.linear(h, layer + ".mlp.gate_up_proj");
      gate = Layers.columns(both, 0, 9);
      up = Layers.columns(both, 9, 9);
    } else {
      gate = net.linear(h, layer + ".mlp.gate_proj");
      up = net.linear(h, layer + ".mlp.up_proj");
    }
    double[][] product = Layers.multiply(Layers.each(gate, Layers::silu), up);
    return net.linear(product, layer + ".mlp.down_proj");
  }

  /** The two experts with the largest scores, weighed by them. */
  private static double[][] experts(Layers net, double[][] h, String moe, String router) {
    double[][] scores = net.linear(h, moe + router);
    double[][] out = new double[h.length][h[0].length];
    for (int t = 0; t < h.length; t++) {
      int first = 0;
      int second = -1;
      for (int e = 1; e < scores[t].length; e++) {
        if (scores[t][e] > scores[t][first]) {
          second = first;
          first = e;
        } else if (second < 0 || scores[t][e] > scores[t][second]) {
          second = e;
        }
      }
      double share = Layers.sigmoid(scores[t][first] - scores[t][second]);
      double[][] token = {h[t]};
      double[][] a = expert(net, token, moe + ".experts." + first);
      double[][] b = expert(net, token, moe + ".experts." + second);
      for (int d = 0; d < out[t].length; d++) {
        out[t][d] = share * a[0][d] + (1 - share) * b[0][d];
      }
    }
    return out;
  }

  private static double[][] expert(Layers net, double[][] token, String name) {
    if (!name.contains("sparse_moe")) {
      double[][] gate = Layers.each(net.linear(token, name + ".gate_proj"), Layers::silu);
      double[][] up = net.linear(token, name + ".up_proj");
      return net.linear(Layers.multiply(gate, up), name + ".down_proj");
    }
    double[][] gate = Layers.each(net.linear(token, name + ".w1"), Layers::silu);
    return net.linear(Layers.multiply(gate, net.linear(token, name + ".w3")), name + ".w2");
  }

  static ReferenceModel phi() {
    Weights w = new Weights().add("model.embed_tokens.weight", 7, 24);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i;
      w.layer(layer + ".input_layernorm", 24);
      for (String name : new String[] {"q_proj", "k_proj", "v_proj", "dense"}) {
        w.layer(layer + ".self_attn." + name, 24, 24);
      }
      w.layer(layer + ".mlp.fc1", 11, 24).layer(layer + ".mlp.fc2", 24, 11);
    }
    w.layer("model.final_layernorm", 24).layer("lm_head", 7, 24);
    return new ReferenceModel(
        "phi",
        "{\"model_type\":\"phi\",\"hidden_size\":24,\"num_attention_heads\":3,"
            + "\"intermediate_size\":11,\"partial_rotary_factor\":0.5}",
        w.fill(32),
        TextModels.perLayer(
            Map.of("hidden", 24), Map.of("head", 3, "qk", 4, "value", 8, "mlp", 11)),
        DecoderModels::runPhi);
  }

  private static double[] runPhi(Weights weights) {
    Layers net = new Layers(weights);
    double[][] x = net.embed("model.embed_tokens.weight", 3, 1, 4, 6);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i;
      double[][] h = net.layerNorm(x, layer + ".input_layernorm");
      double[][] a =
          Layers.attention(
              Layers.rotary(net.linear(h, layer + ".self_attn.q_proj"), 3, 4),
              Layers.rotary(net.linear(h, layer + ".self_attn.k_proj"), 3, 4),
              net.linear(h, layer + ".self_attn.v_proj"),
              3,
              3,
              Layers.Mask.CAUSAL);
      double[][] m = Layers.each(net.linear(h, layer + ".mlp.fc1"), Layers::gelu);
      x = Layers.add(x, net.linear(a, layer + ".self_attn.dense"));
      x = Layers.add(x, net.linear(m, layer + ".mlp.fc2"));
    }
    return Layers.flat(net.linear(net.layerNorm(x, "model.final_layernorm"), "lm_head"));
  }

  static ReferenceModel gptNeoX() {
    Weights w = new Weights().add("gpt_neox.embed_in.weight", 7, 24);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "gpt_neox.layers." + i;
      w.layer(layer + ".input_layernorm", 24)
          .layer(layer + ".post_attention_layernorm", 24)
          .add(layer + ".attention.bias", 1, 1, 6, 6)
          .add(layer + ".attention.masked_bias")
          .add(layer + ".attention.rotary_emb.inv_freq", 1)
          .layer(layer + ".attention.query_key_value", 72, 24)
          .layer(layer + ".attention.dense", 24, 24)
          .layer(layer + ".mlp.dense_h_to_4h", 11, 24)
          .layer(layer + ".mlp.dense_4h_to_h", 24, 11);
    }
    w.layer("gpt_neox.final_layer_norm", 24).add("embed_out.weight", 7, 24);
    return new ReferenceModel(
        "gpt-neox",
        "{\"model_type\":\"gpt_neox\",\"hidden_size\":24,\"num_attention_heads\":3,"
            + "\"intermediate_size\":11,\"rotary_pct\":0.25}",
        w.fill(33),
        TextModels.perLayer(
            Map.of("hidden", 24), Map.of("head", 3, "qk", 6, "value", 8, "mlp", 11)),
        DecoderModels::runNeoX);
  }

  private static double[] runNeoX(Weights weights) {
    Layers net = new Layers(weights);
    double[][] x = net.embed("gpt_neox.embed_in.weight", 3, 1, 4, 6);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "gpt_neox.layers." + i;
      double[][] qkv =
          net.linear(
              net.layerNorm(x, layer + ".input_layernorm"), layer + ".attention.query_key_value");
      double[][][] parts = new double[3][x.length][24];
      for (int t = 0; t < x.length; t++) {
        for (int c = 0; c < 72; c++) {
          parts[c / 8 % 3][t][c / 24 * 8 + c % 8] = qkv[t][c];
        }
      }
      double[][] a =
          Layers.attention(
              Layers.rotary(parts[0], 3, 2),
              Layers.rotary(parts[1], 3, 2),
              parts[2],
              3,
              3,
              Layers.Mask.CAUSAL);
      double[][] h = net.layerNorm(x, layer + ".post_attention_layernorm");
      h = Layers.each(net.linear(h, layer + ".mlp.dense_h_to_4h"), Layers::gelu);
      x = Layers.add(x, net.linear(a, layer + ".attention.dense"));
      x = Layers.add(x, net.linear(h, layer + ".mlp.dense_4h_to_h"));
    }
    return Layers.flat(net.linear(net.layerNorm(x, "gpt_neox.final_layer_norm"), "embed_out"));
  }
}
