package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.findthelady.TestModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Verdict;
import org.findthelady.pair.StructureChoice;
import org.findthelady.pair.Structures;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.RotaryLayout;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Llama in Meta's rotary layout, shuffled on top: named as benign and put back bit for bit. */
class RotaryLayoutSparkTest {
  @TempDir private Path folder;

  @Test
  void theOtherLayoutIsConvertedAndNamed() throws IOException {
    Path llama = TestModels.llama(folder);
    Path meta = inMetaLayout(llama);
    Path shuffled = folder.resolve("shuffled");
    Permute.run(
        new Permute.Request(
            meta.toString(),
            shuffled.toString(),
            4,
            null,
            new StructureChoice("llama", null),
            Map.of()));
    try (Cluster cluster = Cluster.open("rotary")) {
      for (Path suspect : new Path[] {meta, shuffled}) {
        Path back = folder.resolve(suspect.getFileName() + "-back");
        Resync.Result result =
            Resync.run(
                new Resync.Request(
                    llama.toString(),
                    suspect.toString(),
                    back.toString(),
                    null,
                    null,
                    null,
                    StructureChoice.AUTOMATIC,
                    "all",
                    "one-to-one",
                    1,
                    Map.of()),
                cluster);
        assertThat(result.verdict()).as(result.text()).isEqualTo(Verdict.PERMUTED);
        assertThat(result.row().reason()).contains("Meta's interleaved rotary rows");
        assertThat(
                Files.mismatch(
                    llama.resolve("model.safetensors"), back.resolve("model.safetensors")))
            .isEqualTo(-1);
      }
    }
  }

  private Path inMetaLayout(Path llama) throws IOException {
    HadoopStore store = new HadoopStore();
    Checkpoint checkpoint = Checkpoints.open(store, llama.toString());
    Structure structure = Structures.of(store, checkpoint, StructureChoice.AUTOMATIC).structure();
    Map<String, Move> moves = new HashMap<>();
    RotaryLayout.HUGGING_FACE
        .gathers(structure, RotaryLayout.META)
        .forEach(
            (tensor, gathers) ->
                moves.put(tensor, new Move(checkpoint.tensor(tensor).orElseThrow(), gathers)));
    CheckpointFormat format = Checkpoints.format(checkpoint.format());
    Path target = folder.resolve("meta");
    try (TensorReader reader = format.reader(store, checkpoint)) {
      format.write(store, checkpoint, reader, moves, target.toString());
    }
    return target;
  }
}
