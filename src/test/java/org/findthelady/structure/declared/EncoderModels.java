package org.findthelady.structure.declared;

import java.util.HashMap;
import java.util.Map;

/** Small encoders, and networks of an encoder and a decoder. */
final class EncoderModels {
  private static final int LAYERS = 2;

  private EncoderModels() {}

  /** The names of one layer's parts: family by family the same layer under other names. */
  private record Names(
      String q, String k, String v, String out, String first, String up, String down, String last) {
    static final Names BERT =
        new Names(
            ".attention.self.query",
            ".attention.self.key",
            ".attention.self.value",
            ".attention.output.dense",
            ".attention.output.LayerNorm",
            ".intermediate.dense",
            ".output.dense",
            ".output.LayerNorm");
    static final Names CLIP =
        new Names(
            ".self_attn.q_proj",
            ".self_attn.k_proj",
            ".self_attn.v_proj",
            ".self_attn.out_proj",
            ".layer_norm1",
            ".mlp.fc1",
            ".mlp.fc2",
            ".layer_norm2");
    static final Names WHISPER =
        new Names(
            ".self_attn.q_proj",
            ".self_attn.k_proj",
            ".self_attn.v_proj",
            ".self_attn.out_proj",
            ".self_attn_layer_norm",
            ".fc1",
            ".fc2",
            ".final_layer_norm");
  }

  private static void layer(Weights w, String layer, Names n, int width, int mlp, boolean keyBias) {
    w.layer(layer + n.q, width, width).layer(layer + n.v, width, width);
    if (keyBias) {
      w.layer(layer + n.k, width, width);
    } else {
      w.add(layer + n.k + ".weight", width, width);
    }
    w.layer(layer + n.out, width, width)
        .layer(layer + n.first, width)
        .layer(layer + n.up, mlp, width)
        .layer(layer + n.down, width, mlp)
        .layer(layer + n.last, width);
  }

  private static double[][] attend(
      Layers net, double[][] from, double[][] to, String layer, Names n, Layers.Mask mask) {
    double[][] a =
        Layers.attention(
            net.linear(from, layer + n.q),
            net.linear(to, layer + n.k),
            net.linear(to, layer + n.v),
            3,
            3,
            mask);
    return net.linear(a, layer + n.out);
  }

  private static double[][] postNorm(Layers net, double[][] x, String layer, Names n) {
    double[][] a = Layers.add(x, attend(net, x, x, layer, n, Layers.Mask.NONE));
    double[][] y = net.layerNorm(a, layer + n.first);
    double[][] h = Layers.each(net.linear(y, layer + n.up), Layers::gelu);
    return net.layerNorm(Layers.add(y, net.linear(h, layer + n.down)), layer + n.last);
  }

  private static double[][] preNormAttention(
      Layers net, double[][] x, String layer, Names n, Layers.Mask mask) {
    double[][] h = net.layerNorm(x, layer + n.first);
    return Layers.add(x, attend(net, h, h, layer, n, mask));
  }

  private static double[][] preNormMlp(Layers net, double[][] x, String layer, Names n) {
    double[][] h = net.linear(net.layerNorm(x, layer + n.last), layer + n.up);
    return Layers.add(x, net.linear(Layers.each(h, Layers::gelu), layer + n.down));
  }

  private static Weights bertLike(String prefix) {
    Weights w =
        new Weights()
            .add(prefix + ".embeddings.word_embeddings.weight", 7, 12)
            .add(prefix + ".embeddings.position_embeddings.weight", 6, 12)
            .add(prefix + ".embeddings.token_type_embeddings.weight", 1, 12)
            .layer(prefix + ".embeddings.LayerNorm", 12);
    for (int i = 0; i < LAYERS; i++) {
      layer(w, prefix + ".encoder.layer." + i, Names.BERT, 12, 17, true);
    }
    return w;
  }

  private static double[][] bertLike(Weights weights, String prefix) {
    Layers net = new Layers(weights);
    double[][] x =
        Layers.add(
            net.embed(prefix + ".embeddings.word_embeddings.weight", 3, 1, 4, 6),
            Layers.add(
                net.embed(prefix + ".embeddings.position_embeddings.weight", 2, 3, 4, 5),
                net.embed(prefix + ".embeddings.token_type_embeddings.weight", 0, 0, 0, 0)));
    x = net.layerNorm(x, prefix + ".embeddings.LayerNorm");
    for (int i = 0; i < LAYERS; i++) {
      x = postNorm(net, x, prefix + ".encoder.layer." + i, Names.BERT);
    }
    return x;
  }

  private static Map<String, Integer> bertGroups(Map<String, Integer> once) {
    return TextModels.perLayer(once, Map.of("head", 3, "qk", 4, "value", 4, "mlp", 17));
  }

  private static ReferenceModel bertLike(
      String architecture,
      String match,
      Weights weights,
      Map<String, Integer> once,
      ReferenceModel.Forward forward) {
    return new ReferenceModel(
        architecture,
        "{" + match + ",\"hidden_size\":12,\"num_attention_heads\":3,\"intermediate_size\":17}",
        weights.fill(41),
        bertGroups(once),
        forward);
  }

  static ReferenceModel robertaForTokens() {
    Weights w =
        bertLike("roberta")
            .layer("lm_head.dense", 12, 12)
            .layer("lm_head.layer_norm", 12)
            .add("lm_head.bias", 7);
    return bertLike(
        "roberta",
        "\"model_type\":\"roberta\"",
        w,
        Map.of("hidden", 12),
        weights -> {
          Layers net = new Layers(weights);
          double[][] t = net.linear(bertLike(weights, "roberta"), "lm_head.dense");
          t = net.layerNorm(Layers.each(t, Layers::gelu), "lm_head.layer_norm");
          return Layers.flat(
              Layers.linear(
                  t,
                  weights.values("roberta.embeddings.word_embeddings.weight"),
                  7,
                  false,
                  weights.values("lm_head.bias")));
        });
  }

  static ReferenceModel robertaForSequences() {
    Weights w =
        bertLike("roberta").layer("classifier.dense", 12, 12).layer("classifier.out_proj", 3, 12);
    return bertLike(
        "roberta",
        "\"model_type\":\"xlm-roberta\"",
        w,
        Map.of("hidden", 12, "pooled", 12),
        weights -> {
          Layers net = new Layers(weights);
          double[][] first = {bertLike(weights, "roberta")[0]};
          first = Layers.each(net.linear(first, "classifier.dense"), Math::tanh);
          return Layers.flat(net.linear(first, "classifier.out_proj"));
        });
  }

  static ReferenceModel bertForTokens() {
    Weights w = bertLike("bert").layer("classifier", 3, 12).layer("bert.pooler.dense", 12, 12);
    return bertLike(
        "bert-token",
        "\"model_type\":\"bert\",\"architectures\":[\"BertForTokenClassification\"]",
        w,
        Map.of("hidden", 12),
        weights -> {
          Layers net = new Layers(weights);
          double[][] x = bertLike(weights, "bert");
          double[][] pooled = net.linear(new double[][] {x[0]}, "bert.pooler.dense");
          return TextModels.join(Layers.flat(net.linear(x, "classifier")), pooled[0]);
        });
  }

  static ReferenceModel clip() {
    Weights w =
        new Weights()
            .add("logit_scale")
            .add("text_model.embeddings.token_embedding.weight", 7, 12)
            .add("text_model.embeddings.position_embedding.weight", 6, 12)
            .add("text_model.embeddings.position_ids", 1, 6)
            .layer("text_model.final_layer_norm", 12)
            .add("vision_model.embeddings.class_embedding", 15)
            .add("vision_model.embeddings.patch_embedding.weight", 15, 3, 4, 4)
            .add("vision_model.embeddings.position_embedding.weight", 5, 15)
            .add("vision_model.embeddings.position_ids", 1, 5)
            .layer("vision_model.pre_layrnorm", 15)
            .layer("vision_model.post_layernorm", 15)
            .add("text_projection.weight", 8, 12)
            .add("visual_projection.weight", 8, 15);
    Map<String, Integer> groups = new HashMap<>(Map.of("text.hidden", 12, "vision.hidden", 15));
    for (int i = 0; i < LAYERS; i++) {
      layer(w, "text_model.encoder.layers." + i, Names.CLIP, 12, 17, true);
      layer(w, "vision_model.encoder.layers." + i, Names.CLIP, 15, 18, true);
      groups.putAll(Map.of("text.head." + i, 3, "text.qk." + i, 4, "text.value." + i, 4));
      groups.putAll(Map.of("vision.head." + i, 3, "vision.qk." + i, 5, "vision.value." + i, 5));
      groups.putAll(Map.of("text.mlp." + i, 17, "vision.mlp." + i, 18));
    }
    return new ReferenceModel(
        "clip",
        "{\"model_type\":\"clip\",\"text_config\":{\"num_attention_heads\":3},"
            + "\"vision_config\":{\"num_attention_heads\":3}}",
        w.fill(42),
        groups,
        EncoderModels::runClip);
  }

  private static double[] runClip(Weights weights) {
    Layers net = new Layers(weights);
    double[][] t =
        Layers.add(
            net.embed("text_model.embeddings.token_embedding.weight", 3, 1, 4, 6),
            net.embed("text_model.embeddings.position_embedding.weight", 0, 1, 2, 3));
    double[][] patches =
        new Images(weights)
            .conv(Images.input(3, 8, 9), "vision_model.embeddings.patch_embedding", 4, 0);
    double[][] v = net.embed("vision_model.embeddings.position_embedding.weight", 0, 1, 2, 3, 4);
    for (int d = 0; d < 15; d++) {
      v[0][d] += weights.values("vision_model.embeddings.class_embedding")[d];
      for (int p = 1; p < 5; p++) {
        v[p][d] += patches[d][p - 1];
      }
    }
    v = net.layerNorm(v, "vision_model.pre_layrnorm");
    for (int i = 0; i < LAYERS; i++) {
      String layer = "text_model.encoder.layers." + i;
      t = preNormAttention(net, t, layer, Names.CLIP, Layers.Mask.CAUSAL);
      t = preNormMlp(net, t, layer, Names.CLIP);
      layer = "vision_model.encoder.layers." + i;
      v = preNormAttention(net, v, layer, Names.CLIP, Layers.Mask.NONE);
      v = preNormMlp(net, v, layer, Names.CLIP);
    }
    t = net.linear(net.layerNorm(t, "text_model.final_layer_norm"), "text_projection");
    double[][] first = {v[0]};
    v = net.linear(net.layerNorm(first, "vision_model.post_layernorm"), "visual_projection");
    return TextModels.join(t[3], v[0]);
  }

  static ReferenceModel whisper() {
    Weights w =
        new Weights()
            .layer("model.encoder.conv1", 11, 5, 3)
            .layer("model.encoder.conv2", 12, 11, 3)
            .add("model.encoder.embed_positions.weight", 4, 12)
            .layer("model.encoder.layer_norm", 12)
            .add("model.decoder.embed_tokens.weight", 7, 12)
            .add("model.decoder.embed_positions.weight", 6, 12)
            .layer("model.decoder.layer_norm", 12);
    Map<String, Integer> groups =
        new HashMap<>(Map.of("audio", 11, "encoder.hidden", 12, "decoder.hidden", 12));
    for (int i = 0; i < LAYERS; i++) {
      layer(w, "model.encoder.layers." + i, Names.WHISPER, 12, 17, false);
      String layer = "model.decoder.layers." + i;
      layer(w, layer, Names.WHISPER, 12, 16, false);
      w.layer(layer + ".encoder_attn.q_proj", 12, 12)
          .add(layer + ".encoder_attn.k_proj.weight", 12, 12)
          .layer(layer + ".encoder_attn.v_proj", 12, 12)
          .layer(layer + ".encoder_attn.out_proj", 12, 12)
          .layer(layer + ".encoder_attn_layer_norm", 12);
      groups.put("encoder.mlp." + i, 17);
      groups.put("decoder.mlp." + i, 16);
      for (String side : new String[] {"encoder.self", "decoder.self", "cross"}) {
        groups.put(side + ".head." + i, 3);
        groups.put(side + ".qk." + i, 4);
        groups.put(side + ".value." + i, 4);
      }
    }
    return new ReferenceModel(
        "whisper",
        "{\"model_type\":\"whisper\",\"d_model\":12,\"encoder_attention_heads\":3,"
            + "\"decoder_attention_heads\":3,\"encoder_ffn_dim\":17,\"decoder_ffn_dim\":16}",
        w.fill(43),
        groups,
        EncoderModels::runWhisper);
  }

  private static double[] runWhisper(Weights weights) {
    Layers net = new Layers(weights);
    double[][] e = Layers.input(4, 5, 12);
    e = Layers.each(TextModels.convolve(e, weights, "model.encoder.conv1"), Layers::gelu);
    e = Layers.each(TextModels.convolve(e, weights, "model.encoder.conv2"), Layers::gelu);
    e = Layers.add(e, net.embed("model.encoder.embed_positions.weight", 0, 1, 2, 3));
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.encoder.layers." + i;
      e = preNormAttention(net, e, layer, Names.WHISPER, Layers.Mask.NONE);
      e = preNormMlp(net, e, layer, Names.WHISPER);
    }
    e = net.layerNorm(e, "model.encoder.layer_norm");
    double[][] d =
        Layers.add(
            net.embed("model.decoder.embed_tokens.weight", 3, 1, 4, 6),
            net.embed("model.decoder.embed_positions.weight", 0, 1, 2, 3));
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.decoder.layers." + i;
      d = preNormAttention(net, d, layer, Names.WHISPER, Layers.Mask.CAUSAL);
      double[][] a =
          Layers.attention(
              net.linear(
                  net.layerNorm(d, layer + ".encoder_attn_layer_norm"),
                  layer + ".encoder_attn.q_proj"),
              net.linear(e, layer + ".encoder_attn.k_proj"),
              net.linear(e, layer + ".encoder_attn.v_proj"),
              3,
              3,
              Layers.Mask.NONE);
      d = Layers.add(d, net.linear(a, layer + ".encoder_attn.out_proj"));
      d = preNormMlp(net, d, layer, Names.WHISPER);
    }
    d = net.layerNorm(d, "model.decoder.layer_norm");
    return Layers.flat(net.linear(d, "model.decoder.embed_tokens"));
  }

  static ReferenceModel t5(boolean gated) {
    Weights w = new Weights().add("shared.weight", 7, 10);
    Map<String, Integer> groups = new HashMap<>(Map.of("hidden", 10));
    for (String side : new String[] {"encoder", "decoder"}) {
      w.add(side + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight", 7, 3);
      groups.put(side + ".head", 3);
      for (int i = 0; i < LAYERS; i++) {
        String block = side + ".block." + i;
        t5Attention(w, block + ".layer.0", "SelfAttention");
        groups.put(side + ".qk." + i, 4);
        groups.put(side + ".value." + i, 4);
        int last = 1;
        if (side.equals("decoder")) {
          t5Attention(w, block + ".layer.1", "EncDecAttention");
          groups.put("cross.head." + i, 3);
          groups.put("cross.qk." + i, 4);
          groups.put("cross.value." + i, 4);
          last = 2;
        }
        String mlp = block + ".layer." + last;
        for (String in : gated ? new String[] {"wi_0", "wi_1"} : new String[] {"wi"}) {
          w.add(mlp + ".DenseReluDense." + in + ".weight", 13, 10);
        }
        w.add(mlp + ".DenseReluDense.wo.weight", 10, 13).add(mlp + ".layer_norm.weight", 10);
        groups.put(side + ".mlp." + i, 13);
      }
      w.add(side + ".final_layer_norm.weight", 10);
    }
    if (gated) {
      w.add("lm_head.weight", 7, 10);
    }
    return new ReferenceModel(
        "t5",
        "{\"model_type\":\"t5\",\"d_model\":10,\"num_heads\":3,\"d_kv\":4,\"d_ff\":13}",
        w.fill(44),
        groups,
        EncoderModels::runT5);
  }

  private static void t5Attention(Weights w, String layer, String kind) {
    for (String name : new String[] {"q", "k", "v"}) {
      w.add(layer + "." + kind + "." + name + ".weight", 12, 10);
    }
    w.add(layer + "." + kind + ".o.weight", 10, 12).add(layer + ".layer_norm.weight", 10);
  }

  static ReferenceModel t5Encoder() {
    Weights w =
        new Weights()
            .add("shared.weight", 7, 10)
            .add("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", 7, 3);
    Map<String, Integer> groups = new HashMap<>(Map.of("head", 3));
    for (int i = 0; i < LAYERS; i++) {
      String block = "encoder.block." + i;
      t5Attention(w, block + ".layer.0", "SelfAttention");
      w.add(block + ".layer.1.DenseReluDense.wi.weight", 13, 10)
          .add(block + ".layer.1.DenseReluDense.wo.weight", 10, 13)
          .add(block + ".layer.1.layer_norm.weight", 10);
      groups.putAll(Map.of("qk." + i, 4, "value." + i, 4, "mlp." + i, 13));
    }
    w.add("encoder.final_layer_norm.weight", 10);
    return new ReferenceModel(
        "t5-encoder",
        "{\"model_type\":\"t5\",\"architectures\":[\"T5EncoderModel\"],"
            + "\"num_heads\":3,\"d_kv\":4,\"d_ff\":13}",
        w.fill(45),
        groups,
        weights -> Layers.flat(t5Stack(weights, "encoder", new int[] {3, 1, 4, 6}, null)));
  }

  private static double[] runT5(Weights weights) {
    double[][] e = t5Stack(weights, "encoder", new int[] {3, 1, 4, 6}, null);
    double[][] d = t5Stack(weights, "decoder", new int[] {2, 5, 0}, e);
    boolean tied = !weights.has("lm_head.weight");
    return Layers.flat(new Layers(weights).linear(d, tied ? "shared" : "lm_head"));
  }

  private static double[][] t5Stack(Weights weights, String side, int[] ids, double[][] encoded) {
    Layers net = new Layers(weights);
    double[] bias =
        weights.values(side + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight");
    boolean causal = encoded != null;
    Layers.Mask mask =
        (h, t, s) -> causal && s > t ? Double.NEGATIVE_INFINITY : bias[(s - t + 3) * 3 + h];
    double[][] x = net.embed("shared.weight", ids);
    for (int i = 0; i < LAYERS; i++) {
      String block = side + ".block." + i;
      double[][] h = net.rmsNorm(x, block + ".layer.0.layer_norm");
      x = Layers.add(x, t5Attend(net, h, h, block + ".layer.0.SelfAttention", mask));
      if (encoded != null) {
        h = net.rmsNorm(x, block + ".layer.1.layer_norm");
        x =
            Layers.add(
                x, t5Attend(net, h, encoded, block + ".layer.1.EncDecAttention", Layers.Mask.NONE));
      }
      String mlp = block + ".layer." + (encoded == null ? 1 : 2);
      h = net.rmsNorm(x, mlp + ".layer_norm");
      mlp += ".DenseReluDense";
      if (weights.has(mlp + ".wi.weight")) {
        h = Layers.each(net.linear(h, mlp + ".wi"), Layers::relu);
      } else {
        double[][] gate = Layers.each(net.linear(h, mlp + ".wi_0"), Layers::gelu);
        h = Layers.multiply(gate, net.linear(h, mlp + ".wi_1"));
      }
      x = Layers.add(x, net.linear(h, mlp + ".wo"));
    }
    return net.rmsNorm(x, side + ".final_layer_norm");
  }

  private static double[][] t5Attend(
      Layers net, double[][] from, double[][] to, String name, Layers.Mask mask) {
    double[][] a =
        Layers.attention(
            net.linear(from, name + ".q"),
            net.linear(to, name + ".k"),
            net.linear(to, name + ".v"),
            3,
            3,
            mask);
    return net.linear(a, name + ".o");
  }
}
