package org.findthelady.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.findthelady.core.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a seeded Llama in Hugging Face's folder layout, in shards if it is large. */
@Command(name = "llama", description = "Write a seeded Llama-shaped checkpoint, bf16, sharded.")
final class LlamaGenerator implements Callable<Integer> {
  @Option(names = "--out", required = true, description = "Folder to make.")
  Path out;

  @Option(names = "--layers", defaultValue = "22")
  int layers;

  @Option(names = "--width", defaultValue = "2048")
  int width;

  @Option(names = "--mlp", defaultValue = "5632")
  int mlp;

  @Option(names = "--heads", defaultValue = "32")
  int heads;

  @Option(names = "--kv-heads", defaultValue = "4")
  int kvHeads;

  @Option(names = "--vocabulary", defaultValue = "32000")
  int vocabulary;

  @Option(names = "--seed", defaultValue = "1")
  long seed;

  @Option(names = "--shard-bytes", defaultValue = "5000000000", description = "Most bytes a shard.")
  long shardBytes;

  @Override
  public Integer call() throws IOException {
    LlamaShape shape = new LlamaShape(layers, width, mlp, heads, kvHeads, vocabulary);
    List<List<TensorInfo>> shards = shards(shape.tensors(), shardBytes);
    Files.createDirectories(out);
    Files.writeString(out.resolve("config.json"), shape.config());
    Map<String, String> shardOf = new TreeMap<>();
    for (int i = 0; i < shards.size(); i++) {
      String name =
          shards.size() == 1
              ? "model.safetensors"
              : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
      SeededTensors.write(shards.get(i), seed, out.resolve(name));
      shards.get(i).forEach(tensor -> shardOf.put(tensor.name(), name));
    }
    if (shards.size() > 1) {
      long bytes = shape.tensors().stream().mapToLong(TensorInfo::length).sum();
      new ObjectMapper()
          .writeValue(
              out.resolve("model.safetensors.index.json").toFile(),
              Map.of("metadata", Map.of("total_size", bytes), "weight_map", shardOf));
    }
    return 0;
  }

  private static List<List<TensorInfo>> shards(List<TensorInfo> tensors, long most) {
    List<List<TensorInfo>> shards = new ArrayList<>();
    long bytes = most;
    for (TensorInfo tensor : tensors) {
      bytes += tensor.length();
      if (bytes > most) {
        shards.add(new ArrayList<>());
        bytes = tensor.length();
      }
      shards.get(shards.size() - 1).add(tensor);
    }
    return shards;
  }
}
