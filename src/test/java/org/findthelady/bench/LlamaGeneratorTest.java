package org.findthelady.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.job.Permute;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LlamaGeneratorTest {
  private static final String[] SMALL = {
    "--layers",
    "2",
    "--width",
    "32",
    "--mlp",
    "48",
    "--heads",
    "4",
    "--kv-heads",
    "2",
    "--vocabulary",
    "100"
  };

  @TempDir Path folder;

  @Test
  void writesShardsThatTheLlamaStructureFits() throws IOException {
    Path sharded = generate("sharded", "--shard-bytes", "20000");
    Checkpoint checkpoint = Checkpoints.open(new HadoopStore(), sharded.toString());

    assertThat(checkpoint.files()).hasSizeGreaterThan(2);
    assertThat(checkpoint.tensors()).hasSize(2 * 9 + 3);
    Permute.Result permuted =
        Permute.run(
            new Permute.Request(
                sharded.toString(),
                folder.resolve("permuted").toString(),
                7,
                null,
                StructureChoice.AUTOMATIC,
                Map.of()));
    assertThat(permuted.structure()).isEqualTo("llama");
    assertThat(permuted.neurons()).isEqualTo(32 + 2 * (48 + 2 + 2 * 2 + 2 * 8));
    assertThat(permuted.moved()).isGreaterThan(100);
  }

  @Test
  void isTheSameForTheSameSeedOnly() throws IOException {
    byte[] one = Files.readAllBytes(generate("one", "--seed", "5").resolve("model.safetensors"));
    byte[] same = Files.readAllBytes(generate("same", "--seed", "5").resolve("model.safetensors"));
    byte[] other =
        Files.readAllBytes(generate("other", "--seed", "6").resolve("model.safetensors"));

    assertThat(same).isEqualTo(one);
    assertThat(other).isNotEqualTo(one);
  }

  private Path generate(String name, String... options) {
    Path out = folder.resolve(name);
    String[] arguments = new String[3 + SMALL.length + options.length];
    arguments[0] = "llama";
    arguments[1] = "--out";
    arguments[2] = out.toString();
    System.arraycopy(SMALL, 0, arguments, 3, SMALL.length);
    System.arraycopy(options, 0, arguments, 3 + SMALL.length, options.length);
    assertThat(new CommandLine(new Bench()).execute(arguments)).isZero();
    return out;
  }
}
