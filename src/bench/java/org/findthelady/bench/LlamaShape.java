package org.findthelady.bench;

import java.util.List;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/**
 * Sizes of a Llama, by Hugging Face's names; the embedding is not tied to the head.
 *
 * @param layers decoder layers
 * @param width of the residual stream
 * @param mlp units of each gated MLP
 * @param heads query heads; {@code width / heads} dimensions each
 * @param kvHeads key and value heads
 * @param vocabulary token ids
 */
record LlamaShape(int layers, int width, int mlp, int heads, int kvHeads, int vocabulary) {
  LlamaShape {
    if (layers < 1 || mlp < 1 || vocabulary < 1 || width % heads != 0 || heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "no Llama has %d layers, width %d, MLP %d, %d heads over %d, vocabulary %d"
              .formatted(layers, width, mlp, heads, kvHeads, vocabulary));
    }
  }

  /** All tensors in Hugging Face's order, bf16, one after the other in file 0. */
  List<TensorInfo> tensors() {
    TensorList tensors = new TensorList(DType.BF16);
    tensors.add("model.embed_tokens.weight", vocabulary, width);
    int keys = width / heads * kvHeads;
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "model.layers." + layer + ".";
      tensors.add(prefix + "input_layernorm.weight", width);
      tensors.add(prefix + "self_attn.q_proj.weight", width, width);
      tensors.add(prefix + "self_attn.k_proj.weight", keys, width);
      tensors.add(prefix + "self_attn.v_proj.weight", keys, width);
      tensors.add(prefix + "self_attn.o_proj.weight", width, width);
      tensors.add(prefix + "post_attention_layernorm.weight", width);
      tensors.add(prefix + "mlp.gate_proj.weight", mlp, width);
      tensors.add(prefix + "mlp.up_proj.weight", mlp, width);
      tensors.add(prefix + "mlp.down_proj.weight", width, mlp);
    }
    tensors.add("model.norm.weight", width);
    tensors.add("lm_head.weight", vocabulary, width);
    return tensors.all();
  }

  /** Hugging Face's {@code config.json}. */
  String config() {
    return """
        {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "hidden_size": %d,
          "intermediate_size": %d,
          "num_hidden_layers": %d,
          "num_attention_heads": %d,
          "num_key_value_heads": %d,
          "vocab_size": %d,
          "tie_word_embeddings": false,
          "torch_dtype": "bfloat16"
        }
        """
        .formatted(width, mlp, layers, heads, kvHeads, vocabulary);
  }
}
