package org.findthelady.structure.declared;

import java.util.HashMap;
import java.util.Map;

/** Small transformers and a recurrent network. */
final class TextModels {
  private static final int LAYERS = 2;

  private TextModels() {}

  static Map<String, Integer> perLayer(Map<String, Integer> once, Map<String, Integer> each) {
    Map<String, Integer> groups = new HashMap<>(once);
    for (int i = 0; i < LAYERS; i++) {
      for (Map.Entry<String, Integer> entry : each.entrySet()) {
        groups.put(entry.getKey() + "." + i, entry.getValue());
      }
    }
    return groups;
  }

  static ReferenceModel llama() {
    Weights w = new Weights().add("model.embed_tokens.weight", 7, 10);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i;
      w.add(layer + ".input_layernorm.weight", 10)
          .add(layer + ".self_attn.q_proj.weight", 24, 10)
          .add(layer + ".self_attn.k_proj.weight", 12, 10)
          .add(layer + ".self_attn.v_proj.weight", 12, 10)
          .add(layer + ".self_attn.o_proj.weight", 10, 24)
          .add(layer + ".post_attention_layernorm.weight", 10)
          .add(layer + ".mlp.gate_proj.weight", 9, 10)
          .add(layer + ".mlp.up_proj.weight", 9, 10)
          .add(layer + ".mlp.down_proj.weight", 10, 9);
    }
    w.add("model.norm.weight", 10).add("lm_head.weight", 7, 10);
    return new ReferenceModel(
        "llama",
        "{\"model_type\":\"llama\",\"hidden_size\":10,\"num_attention_heads\":6,"
            + "\"num_key_value_heads\":3,\"head_dim\":4,\"intermediate_size\":9}",
        w.fill(4),
        perLayer(Map.of("hidden", 10), Map.of("kv", 3, "query", 2, "value", 4, "mlp", 9)),
        TextModels::llama);
  }

  private static double[] llama(Weights weights) {
    Layers net = new Layers(weights);
    double[][] x = net.embed("model.embed_tokens.weight", 3, 1, 4, 6);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i;
      double[][] h = net.rmsNorm(x, layer + ".input_layernorm");
      double[][] a =
          Layers.attention(
              Layers.rotary(net.linear(h, layer + ".self_attn.q_proj"), 6, 4),
              Layers.rotary(net.linear(h, layer + ".self_attn.k_proj"), 3, 4),
              net.linear(h, layer + ".self_attn.v_proj"),
              6,
              3,
              Layers.Mask.CAUSAL);
      x = Layers.add(x, net.linear(a, layer + ".self_attn.o_proj"));
      h = net.rmsNorm(x, layer + ".post_attention_layernorm");
      double[][] gate = Layers.each(net.linear(h, layer + ".mlp.gate_proj"), Layers::silu);
      h = Layers.multiply(gate, net.linear(h, layer + ".mlp.up_proj"));
      x = Layers.add(x, net.linear(h, layer + ".mlp.down_proj"));
    }
    return Layers.flat(net.linear(net.rmsNorm(x, "model.norm"), "lm_head"));
  }

  static ReferenceModel gpt2() {
    Weights w = new Weights().add("wte.weight", 7, 12).add("wpe.weight", 6, 12);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "h." + i;
      w.layer(layer + ".ln_1", 12)
          .layer(layer + ".ln_2", 12)
          .add(layer + ".attn.bias", 1, 1, 6, 6)
          .add(layer + ".attn.masked_bias")
          .add(layer + ".attn.c_attn.weight", 12, 36)
          .add(layer + ".attn.c_attn.bias", 36)
          .add(layer + ".attn.c_proj.weight", 12, 12)
          .add(layer + ".attn.c_proj.bias", 12)
          .add(layer + ".mlp.c_fc.weight", 12, 20)
          .add(layer + ".mlp.c_fc.bias", 20)
          .add(layer + ".mlp.c_proj.weight", 20, 12)
          .add(layer + ".mlp.c_proj.bias", 12);
    }
    w.layer("ln_f", 12);
    return new ReferenceModel(
        "gpt2",
        "{\"model_type\":\"gpt2\",\"n_embd\":12,\"n_head\":3}",
        w.fill(5),
        perLayer(Map.of("hidden", 12), Map.of("head", 3, "qk", 4, "value", 4, "mlp", 20)),
        TextModels::gpt2);
  }

  private static double[] gpt2(Weights weights) {
    Layers net = new Layers(weights);
    double[][] x =
        Layers.add(net.embed("wte.weight", 3, 1, 4, 6), net.embed("wpe.weight", 0, 1, 2, 3));
    for (int i = 0; i < LAYERS; i++) {
      String layer = "h." + i;
      double[][] qkv =
          net.transposedLinear(net.layerNorm(x, layer + ".ln_1"), layer + ".attn.c_attn");
      double[][] a =
          Layers.attention(
              Layers.columns(qkv, 0, 12),
              Layers.columns(qkv, 12, 12),
              Layers.columns(qkv, 24, 12),
              3,
              3,
              Layers.Mask.CAUSAL);
      x = Layers.add(x, net.transposedLinear(a, layer + ".attn.c_proj"));
      double[][] h = net.transposedLinear(net.layerNorm(x, layer + ".ln_2"), layer + ".mlp.c_fc");
      x = Layers.add(x, net.transposedLinear(Layers.each(h, Layers::gelu), layer + ".mlp.c_proj"));
    }
    return Layers.flat(net.linear(net.layerNorm(x, "ln_f"), "wte"));
  }

  static ReferenceModel bert() {
    Weights w =
        new Weights()
            .add("bert.embeddings.word_embeddings.weight", 7, 12)
            .add("bert.embeddings.position_embeddings.weight", 6, 12)
            .add("bert.embeddings.token_type_embeddings.weight", 2, 12)
            .layer("bert.embeddings.LayerNorm", 12);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "bert.encoder.layer." + i;
      for (String name : new String[] {"query", "key", "value"}) {
        w.layer(layer + ".attention.self." + name, 12, 12);
      }
      w.layer(layer + ".attention.output.dense", 12, 12)
          .layer(layer + ".attention.output.LayerNorm", 12)
          .layer(layer + ".intermediate.dense", 17, 12)
          .layer(layer + ".output.dense", 12, 17)
          .layer(layer + ".output.LayerNorm", 12);
    }
    w.layer("bert.pooler.dense", 12, 12)
        .layer("cls.predictions.transform.dense", 12, 12)
        .layer("cls.predictions.transform.LayerNorm", 12)
        .add("cls.predictions.bias", 7)
        .layer("cls.seq_relationship", 2, 12);
    return new ReferenceModel(
        "bert",
        "{\"model_type\":\"bert\",\"hidden_size\":12,\"num_attention_heads\":3,"
            + "\"intermediate_size\":17}",
        w.fill(6),
        perLayer(
            Map.of("hidden", 12, "pooled", 12), Map.of("head", 3, "qk", 4, "value", 4, "mlp", 17)),
        TextModels::bert);
  }

  private static double[] bert(Weights weights) {
    Layers net = new Layers(weights);
    double[][] x =
        Layers.add(
            net.embed("bert.embeddings.word_embeddings.weight", 3, 1, 4, 6),
            Layers.add(
                net.embed("bert.embeddings.position_embeddings.weight", 0, 1, 2, 3),
                net.embed("bert.embeddings.token_type_embeddings.weight", 0, 0, 1, 1)));
    x = net.layerNorm(x, "bert.embeddings.LayerNorm");
    for (int i = 0; i < LAYERS; i++) {
      String layer = "bert.encoder.layer." + i;
      double[][] a =
          Layers.attention(
              net.linear(x, layer + ".attention.self.query"),
              net.linear(x, layer + ".attention.self.key"),
              net.linear(x, layer + ".attention.self.value"),
              3,
              3,
              Layers.Mask.NONE);
      a = Layers.add(x, net.linear(a, layer + ".attention.output.dense"));
      x = net.layerNorm(a, layer + ".attention.output.LayerNorm");
      double[][] h = Layers.each(net.linear(x, layer + ".intermediate.dense"), Layers::gelu);
      h = Layers.add(x, net.linear(h, layer + ".output.dense"));
      x = net.layerNorm(h, layer + ".output.LayerNorm");
    }
    double[][] pooled = new double[][] {x[0]};
    pooled = Layers.each(net.linear(pooled, "bert.pooler.dense"), Math::tanh);
    double[][] next = net.linear(pooled, "cls.seq_relationship");
    double[][] t = Layers.each(net.linear(x, "cls.predictions.transform.dense"), Layers::gelu);
    t = net.layerNorm(t, "cls.predictions.transform.LayerNorm");
    double[][] tokens =
        Layers.linear(
            t,
            weights.values("bert.embeddings.word_embeddings.weight"),
            7,
            false,
            weights.values("cls.predictions.bias"));
    return join(Layers.flat(next), Layers.flat(tokens));
  }

  static double[] join(double[] a, double[] b) {
    double[] c = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, c, a.length, b.length);
    return c;
  }

  static ReferenceModel vit() {
    Weights w =
        new Weights()
            .add("vit.embeddings.cls_token", 1, 1, 12)
            .add("vit.embeddings.position_embeddings", 1, 5, 12)
            .layer("vit.embeddings.patch_embeddings.projection", 12, 3, 4, 4);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "vit.encoder.layer." + i;
      for (String name : new String[] {"query", "key", "value"}) {
        w.layer(layer + ".attention.attention." + name, 12, 12);
      }
      w.layer(layer + ".attention.output.dense", 12, 12)
          .layer(layer + ".layernorm_before", 12)
          .layer(layer + ".layernorm_after", 12)
          .layer(layer + ".intermediate.dense", 17, 12)
          .layer(layer + ".output.dense", 12, 17);
    }
    w.layer("vit.layernorm", 12).layer("classifier", 5, 12);
    return new ReferenceModel(
        "vit",
        "{\"model_type\":\"vit\",\"hidden_size\":12,\"num_attention_heads\":3,"
            + "\"intermediate_size\":17}",
        w.fill(7),
        perLayer(Map.of("hidden", 12), Map.of("head", 3, "qk", 4, "value", 4, "mlp", 17)),
        TextModels::vit);
  }

  private static double[] vit(Weights weights) {
    Layers net = new Layers(weights);
    double[][] patches =
        new Images(weights)
            .conv(Images.input(3, 8, 9), "vit.embeddings.patch_embeddings.projection", 4, 0);
    double[][] x = new double[5][12];
    double[] position = weights.values("vit.embeddings.position_embeddings");
    for (int t = 0; t < 5; t++) {
      for (int d = 0; d < 12; d++) {
        double value = t == 0 ? weights.values("vit.embeddings.cls_token")[d] : patches[d][t - 1];
        x[t][d] = value + position[t * 12 + d];
      }
    }
    for (int i = 0; i < LAYERS; i++) {
      String layer = "vit.encoder.layer." + i;
      double[][] h = net.layerNorm(x, layer + ".layernorm_before");
      double[][] a =
          Layers.attention(
              net.linear(h, layer + ".attention.attention.query"),
              net.linear(h, layer + ".attention.attention.key"),
              net.linear(h, layer + ".attention.attention.value"),
              3,
              3,
              Layers.Mask.NONE);
      x = Layers.add(x, net.linear(a, layer + ".attention.output.dense"));
      h = net.linear(net.layerNorm(x, layer + ".layernorm_after"), layer + ".intermediate.dense");
      x = Layers.add(x, net.linear(Layers.each(h, Layers::gelu), layer + ".output.dense"));
    }
    x = net.layerNorm(x, "vit.layernorm");
    return net.linear(new double[][] {x[0]}, "classifier")[0];
  }

  static ReferenceModel silero() {
    Weights w =
        new Weights()
            .add("stft_conv.weight", 14, 1, 12)
            .layer("conv1", 6, 7, 3)
            .layer("conv2", 5, 6, 3)
            .layer("conv3", 4, 5, 3)
            .layer("conv4", 6, 4, 3)
            .add("lstm_cell.weight_ih", 20, 6)
            .add("lstm_cell.weight_hh", 20, 5)
            .add("lstm_cell.bias_ih", 20)
            .add("lstm_cell.bias_hh", 20)
            .layer("final_conv", 1, 5, 1);
    return new ReferenceModel(
        "silero-vad",
        null,
        w.fill(8),
        Map.of("bin", 7, "channel.1", 6, "channel.2", 5, "channel.3", 4, "channel.4", 6, "lstm", 5),
        TextModels::silero);
  }

  private static double[] silero(Weights weights) {
    double[][] audio = Layers.input(6, 12, 11);
    double[][] spectrum = Layers.linear(audio, weights.values("stft_conv.weight"), 14, false, null);
    double[][] x = new double[audio.length][7];
    for (int t = 0; t < x.length; t++) {
      for (int b = 0; b < 7; b++) {
        x[t][b] = Math.hypot(spectrum[t][b], spectrum[t][7 + b]);
      }
    }
    for (int c = 1; c <= 4; c++) {
      x = Layers.each(convolve(x, weights, "conv" + c), Layers::relu);
    }
    double[] hidden = new double[5];
    double[] cell = new double[5];
    double[] out = new double[x.length];
    for (int t = 0; t < x.length; t++) {
      double[][] gates =
          Layers.add(
              Layers.linear(
                  new double[][] {x[t]},
                  weights.values("lstm_cell.weight_ih"),
                  20,
                  false,
                  weights.values("lstm_cell.bias_ih")),
              Layers.linear(
                  new double[][] {hidden},
                  weights.values("lstm_cell.weight_hh"),
                  20,
                  false,
                  weights.values("lstm_cell.bias_hh")));
      double[] g = gates[0];
      hidden = new double[5];
      for (int u = 0; u < 5; u++) {
        cell[u] = Layers.sigmoid(g[5 + u]) * cell[u] + Layers.sigmoid(g[u]) * Math.tanh(g[10 + u]);
        hidden[u] = Layers.sigmoid(g[15 + u]) * Math.tanh(cell[u]);
      }
      double[][] last =
          Layers.linear(
              Layers.each(new double[][] {hidden}, Layers::relu),
              weights.values("final_conv.weight"),
              1,
              false,
              weights.values("final_conv.bias"));
      out[t] = last[0][0];
    }
    return out;
  }

  /** Convolution over time, kernel 3, padding 1. */
  static double[][] convolve(double[][] x, Weights weights, String name) {
    int out = weights.length(name + ".weight", 0);
    int in = weights.length(name + ".weight", 1);
    double[] weight = weights.values(name + ".weight");
    double[][] y = new double[x.length][out];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < out; o++) {
        y[t][o] = weights.values(name + ".bias")[o];
        for (int k = 0; k < 3; k++) {
          int from = t + k - 1;
          for (int i = 0; i < in && from >= 0 && from < x.length; i++) {
            y[t][o] += weight[(o * in + i) * 3 + k] * x[from][i];
          }
        }
      }
    }
    return y;
  }
}
