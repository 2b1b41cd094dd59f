package org.findthelady.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.TestModels;
import org.findthelady.candidate.ReferenceSketches;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.Verdict;
import org.findthelady.job.Permute;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.NotAudited;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuspectAuditTest {
  @TempDir private Path folder;
  private final HadoopStore store = new HadoopStore();
  private Path reference;
  private Path suspect;

  @BeforeEach
  void shuffle() {
    reference = TestModels.resnet20(folder);
    suspect = folder.resolve("suspect.safetensors");
    Permute.run(
        new Permute.Request(
            reference.toString(),
            suspect.toString(),
            4,
            null,
            StructureChoice.AUTOMATIC,
            Map.of()));
  }

  private PairRequest against(Path other, Path stage) {
    return new PairRequest(
        "suspect",
        other.toString(),
        suspect.toString(),
        StructureChoice.AUTOMATIC,
        MatchOptions.defaults(),
        store,
        null,
        stage == null ? null : stage.toString());
  }

  private static PairOutcome nearest(List<PairRequest> pairs, List<FileInfo> planned) {
    List<String> ids = pairs.stream().map(pair -> Path.of(pair.reference()).toString()).toList();
    return SuspectAudit.nearest(
            new Suspect(pairs, ids, planned), new LocalExecution(), ReferenceSketches.none())
        .outcome();
  }

  @Test
  void writesTheSuspectInTheOrderOfTheNearestReference() throws IOException {
    Path other = TestModels.resnet56(folder);
    Path stage = folder.resolve("stage.safetensors");
    List<PairRequest> pairs = List.of(against(other, stage), against(reference, stage));
    PairOutcome outcome = nearest(pairs, Suspect.files(store, suspect.toString()));
    assertThat(outcome.verdict()).isEqualTo(Verdict.PERMUTED);
    assertThat(outcome.pair().reference()).isEqualTo(reference.toString());
    assertThat(outcome.written()).containsOnlyKeys(stage.toString());
    Path straight = folder.resolve("straight.safetensors");
    nearest(List.of(against(reference, straight)), List.of());
    assertThat(Files.mismatch(stage, straight)).isEqualTo(-1);
  }

  @Test
  void aFileThatChangedSinceThePlanIsNotAudited() throws IOException {
    List<FileInfo> planned = new ArrayList<>();
    for (FileInfo file : Suspect.files(store, suspect.toString())) {
      planned.add(new FileInfo(file.path(), file.length(), file.modifiedMillis() - 1, false));
    }
    Path stage = folder.resolve("stage.safetensors");
    PairOutcome outcome = nearest(List.of(against(reference, stage)), planned);
    assertThat(outcome.audited()).isFalse();
    assertThat(outcome.notAudited().cause()).isEqualTo(NotAudited.Cause.CHANGED_DURING_RUN);
    assertThat(outcome.notAudited().reason()).contains(suspect.toString());
    assertThat(stage).doesNotExist();
    Files.write(suspect, new byte[] {1, 2});
    assertThat(nearest(List.of(against(reference, null)), planned).audited()).isFalse();
  }

  @Test
  void aReferenceThatCannotBeReadLeavesOnlyWhatAnotherShows() throws IOException {
    Path broken = Files.write(folder.resolve("broken.safetensors"), new byte[] {1, 2, 3});
    PairOutcome found =
        nearest(List.of(against(broken, null), against(reference, null)), List.of());
    assertThat(found.verdict()).isEqualTo(Verdict.PERMUTED);
    PairOutcome unknown =
        nearest(
            List.of(against(broken, null), against(TestModels.resnet56(folder), null)), List.of());
    assertThat(unknown.audited()).isFalse();
    assertThat(unknown.notAudited().cause()).isEqualTo(NotAudited.Cause.REFERENCE);
  }
}
