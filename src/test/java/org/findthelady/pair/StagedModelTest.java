package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.findthelady.bench.Bench;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.Verdict;
import org.findthelady.job.LocalPair;
import org.findthelady.match.MatchOptions;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.run.RunRows;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Llama whose MLP is large enough for sketches, in two shards. */
class StagedModelTest {
  @TempDir private Path folder;
  private final HadoopStore store = new HadoopStore();
  private Path reference;
  private Path suspect;
  private Path truth;

  @BeforeEach
  void shuffle() {
    reference = folder.resolve("reference");
    suspect = folder.resolve("suspect");
    truth = folder.resolve("truth.json");
    String shape = "--layers 1 --width 192 --mlp 4096 --heads 4 --kv-heads 2 --vocabulary 1500";
    String[] arguments =
        ("llama --out " + reference + " --shard-bytes 5000000 " + shape).split(" ");
    assertThat(Bench.run(arguments)).isZero();
    LocalPair.permute(reference, suspect, 5, truth);
  }

  @Test
  void writesOnceWhatIsTheReferenceAndSaysSo() throws IOException {
    Path stage = folder.resolve("stage");
    StagedModel output = output(stage);
    assertThat(output.writesTheReference(resync())).isTrue();
    assertThat(output.isSame(resync())).isTrue();
    assertThat(output.isSame(GroupPermutations.identity())).isFalse();
    assertThat(output.bytesCompared()).isEqualTo(2 * checkpoint(reference).tensorBytes());
    assertSameTensors(stage);
    for (Path file : files(stage)) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    }
    Map<String, String> digests = output.write(resync());
    assertThat(digests).hasSize(files(stage).size());
    for (Path file : files(stage)) {
      assertThat(Files.getLastModifiedTime(file).toMillis()).isEqualTo(1_000);
      assertThat(digests.get(file.toString()))
          .isEqualTo(DigestingStore.sha256(store, file.toString()));
    }
    Map<String, String> others = output.write(GroupPermutations.identity());
    assertThat(others).isNotEqualTo(digests);
    assertThat(Files.mismatch(shard(stage, 1), shard(suspect, 1))).isEqualTo(-1);
    output.discard();
    assertThat(stage).doesNotExist();
  }

  @Test
  void leavesNothingOfWhatIsNotTheReference() throws IOException {
    Path stage = folder.resolve("stage");
    assertThat(output(stage).writesTheReference(GroupPermutations.identity())).isFalse();
    assertThat(stage).doesNotExist();
    assertThat(output(null).writesTheReference(resync())).isFalse();
    changeLastByte();
    StagedModel output = output(stage);
    assertThat(output.writesTheReference(resync())).isFalse();
    assertThat(stage).doesNotExist();
    assertThat(output.write(resync())).hasSize(files(suspect).size());
    assertThat(Files.mismatch(shard(stage, 2), shard(reference, 2)))
        .isGreaterThanOrEqualTo(Files.size(shard(stage, 2)) - 2 * 192);
  }

  @Test
  void aPairComesToTheSameWithAndWithoutOutput() throws IOException {
    for (boolean changed : new boolean[] {false, true}) {
      if (changed) {
        changeLastByte();
      }
      Path stage = folder.resolve("stage-" + changed);
      PairOutcome plain = LocalPair.resync(reference, suspect, null);
      PairOutcome written = LocalPair.resync(reference, suspect, stage);
      assertThat(written.verdict()).isEqualTo(changed ? Verdict.DERIVED : Verdict.PERMUTED);
      assertThat(written.verdict()).isEqualTo(plain.verdict());
      assertThat(RunRows.of("run", written).groups()).isEqualTo(RunRows.of("run", plain).groups());
      assertThat(RunRows.of("run", written).layers()).isEqualTo(RunRows.of("run", plain).layers());
      assertThat(RunRows.of("run", written).neurons())
          .isEqualTo(RunRows.of("run", plain).neurons());
      assertThat(written.written()).hasSize(files(suspect).size());
      assertThat(Files.mismatch(shard(stage, 1), shard(reference, 1))).isEqualTo(-1);
    }
  }

  @Test
  void tellsAnOutputThatFailsFromADifference() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    Path stage = file.resolve("stage");
    assertThatThrownBy(() -> output(stage).writesTheReference(resync()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void writesAJudgedPairOnAnotherStageWithoutJudgingItAgain() throws IOException {
    PairRequest pair =
        new PairRequest(
            "pair",
            reference.toString(),
            suspect.toString(),
            StructureChoice.AUTOMATIC,
            MatchOptions.defaults(),
            store,
            null,
            null);
    PairAudit audit = new PairAudit();
    JudgedPair judged = audit.judge(pair, new LocalExecution());
    assertThat(judged.outcome().written()).isEmpty();
    Path stage = folder.resolve("stage");
    PairOutcome outcome = audit.publish(judged, stage.toString());
    assertSameTensors(stage);
    assertThat(outcome.pair().stage()).isEqualTo(stage.toString());
    assertThat(outcome.written()).hasSize(files(stage).size());
    assertThat(outcome.bytesRead()).isEqualTo(judged.outcome().bytesRead());
    assertThat(audit.publish(judged, null).written()).isEmpty();
  }

  private void changeLastByte() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(shard(suspect, 2).toFile(), "rw")) {
      file.seek(file.length() - 1);
      int last = file.read();
      file.seek(file.length() - 1);
      file.write(last ^ 1);
    }
  }

  private static Path shard(Path of, int number) {
    return of.resolve("model-0000" + number + "-of-00002.safetensors");
  }

  private void assertSameTensors(Path stage) throws IOException {
    assertThat(Files.mismatch(shard(stage, 1), shard(reference, 1))).isEqualTo(-1);
    assertThat(Files.mismatch(shard(stage, 2), shard(reference, 2))).isEqualTo(-1);
    assertThat(Files.mismatch(shard(suspect, 1), shard(reference, 1))).isNotNegative();
  }

  private static List<Path> files(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return List.copyOf(new TreeSet<>(files.toList()));
    }
  }

  private Checkpoint checkpoint(Path path) {
    return Checkpoints.open(store, path.toString());
  }

  private Structure structure() throws IOException {
    OpenedReference opened =
        OpenedReference.open(store, reference.toString(), StructureChoice.AUTOMATIC);
    AlignedPair aligned =
        new AlignedPair(store, opened, checkpoint(suspect), StructureChoice.AUTOMATIC);
    return aligned.structure(aligned.alignment());
  }

  private GroupPermutations resync() throws IOException {
    Structure structure = structure();
    try (var json = Files.newInputStream(truth)) {
      return PermutationFile.read(json, structure).assignment().inverse(structure);
    }
  }

  private StagedModel output(Path stage) throws IOException {
    OpenedReference opened =
        OpenedReference.open(store, reference.toString(), StructureChoice.AUTOMATIC);
    AlignedPair aligned =
        new AlignedPair(store, opened, checkpoint(suspect), StructureChoice.AUTOMATIC);
    return new StagedModel(
        stage == null ? null : stage.toString(),
        new PairContext(
            store,
            structure(),
            opened.checkpoint(),
            checkpoint(suspect),
            aligned.alignment(),
            new HashMap<>()));
  }
}
