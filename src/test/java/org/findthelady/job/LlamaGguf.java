package org.findthelady.job;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.gguf.GgufBytes;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;

/** Writes a llama2.c file as llama.cpp would: its names, Meta's rotary rows. */
final class LlamaGguf {
  private static final int F32 = 0;
  private static final int Q8_0 = 8;
  private static final int BLOCK = 32;

  private static final Map<String, String> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put("tok_embeddings", "token_embd");
    NAMES.put("attention_norm", "attn_norm");
    NAMES.put("attention.wq", "attn_q");
    NAMES.put("attention.wk", "attn_k");
    NAMES.put("attention.wv", "attn_v");
    NAMES.put("attention.wo", "attn_output");
    NAMES.put("ffn_norm", "ffn_norm");
    NAMES.put("feed_forward.w1", "ffn_gate");
    NAMES.put("feed_forward.w2", "ffn_down");
    NAMES.put("feed_forward.w3", "ffn_up");
    NAMES.put("norm", "output_norm");
  }

  private LlamaGguf() {}

  /**
   * @param quantised whether matrices with whole blocks in their rows are kept in Q8_0
   */
  static Path write(Path llama2c, boolean quantised, Path target) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, llama2c.toString());
    List<TensorInfo> kept = new ArrayList<>(checkpoint.tensors());
    kept.removeIf(tensor -> tensor.name().startsWith("freqs"));
    GgufBytes header =
        GgufBytes.file(3, kept.size(), 3)
            .textValue("general.architecture", "llama")
            .u32Value("llama.attention.head_count", 8)
            .u32Value("llama.attention.head_count_kv", 4);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      for (TensorInfo tensor : kept) {
        long width = tensor.shape().length(tensor.shape().rank() - 1);
        boolean blocks = quantised && tensor.shape().rank() == 2 && width % BLOCK == 0;
        long[] axes =
            tensor.shape().rank() == 1
                ? new long[] {width}
                : new long[] {width, tensor.shape().length(0)};
        header.tensor(name(tensor.name()), blocks ? Q8_0 : F32, data.size(), axes);
        byte[] floats = reader.readAll(tensor);
        data.writeBytes(blocks ? blocks(floats) : floats);
        while (data.size() % BLOCK != 0) {
          data.write(0);
        }
      }
    }
    Files.write(target, header.align(BLOCK).bytes(data.toByteArray()).done());
    return target;
  }

  private static String name(String meta) {
    for (Map.Entry<String, String> entry : NAMES.entrySet()) {
      String plain = meta.replaceFirst("^layers\\.\\d+\\.", "");
      if (plain.equals(entry.getKey() + ".weight")) {
        String layer = meta.substring(0, meta.length() - plain.length());
        return layer.replace("layers.", "blk.") + entry.getValue() + ".weight";
      }
    }
    throw new IllegalArgumentException(meta);
  }

  /** Q8_0: a float16 scale and 32 signed bytes. */
  private static byte[] blocks(byte[] floats) {
    ByteBuffer source = ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer blocks =
        ByteBuffer.allocate(floats.length / 4 / BLOCK * (BLOCK + 2)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[BLOCK];
    while (source.hasRemaining()) {
      float most = 0;
      for (int i = 0; i < BLOCK; i++) {
        values[i] = source.getFloat();
        most = Math.max(most, Math.abs(values[i]));
      }
      // A power of two is exact in float16.
      int exponent = most == 0 ? 0 : Math.getExponent(most / 127) + 1;
      float scale = (float) Math.scalb(1.0, exponent);
      blocks.putShort((short) ((exponent + 15) << 10));
      for (float value : values) {
        blocks.put((byte) Math.round(value / scale));
      }
    }
    return blocks.array();
  }
}
