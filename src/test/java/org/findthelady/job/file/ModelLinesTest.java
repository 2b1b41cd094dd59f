package org.findthelady.job.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.UserException;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLinesTest {
  private static final Path MODEL = Path.of("jobs/models/abcrown/mnist_6_100_nat.pth");

  @TempDir Path folder;

  private Path model(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.copy(MODEL, file);
  }

  private List<ModelLine> suspects(String source) throws IOException {
    JobFile job =
        JobFile.parse(
            "{\"name\": \"n\", \"references\": [{\"path\": \"own.pth\"}], \"suspects\": [%s]}"
                .formatted(source),
            "f.json");
    ModelLines lines =
        new ModelLines(
            job,
            folder.resolve("job.json").toString(),
            folder.resolve("audits").toString(),
            new HadoopStore());
    String own = lines.references().get(0).path();
    assertThat(lines.references().get(0).id()).isEqualTo("own.pth");
    return lines.suspects(Set.of(own));
  }

  private static List<String> ids(List<ModelLine> lines) {
    return lines.stream().map(ModelLine::id).toList();
  }

  @Test
  void aFolderHoldsItsModelsButNoReferenceNothingHiddenAndNoResultOfOurs() throws IOException {
    model("own.pth");
    model("a/b/deep.pth");
    model("c.pth");
    model(".hidden/d.pth");
    model("_staging/e.pth");
    model("audits/runs/1/models/f.pth");
    Files.writeString(folder.resolve("notes.txt"), "no model");
    Files.createFile(folder.resolve("empty.txt"));
    Files.createFile(folder.resolve("failed.safetensors"));
    assertThat(ids(suspects("{\"folder\": \".\"}")))
        .containsExactly("a/b/deep.pth", "c.pth", "failed.safetensors");
  }

  @Test
  void aLinkThatLeadsNowhereIsASuspectThatIsMissing() throws IOException {
    model("own.pth");
    model("fleet/there.pth");
    Files.createSymbolicLink(folder.resolve("fleet/gone.pth"), folder.resolve("nowhere.pth"));
    Files.createSymbolicLink(folder.resolve("fleet/out.pth"), folder.resolve("own.pth"));
    assertThat(ids(suspects("{\"folder\": \"fleet\"}"))).containsExactly("gone.pth", "there.pth");
    assertThat(ids(suspects("{\"glob\": \"fleet/*\"}")))
        .containsExactly("gone.pth", "out.pth", "there.pth");
  }

  @Test
  void aGlobLeavesOutTheJobItsListsAndItsResults() throws IOException {
    model("own.pth");
    model("a/m.pth");
    Files.writeString(folder.resolve("job.json"), "{}");
    Files.writeString(folder.resolve("list.jsonl"), "a/m.pth\n");
    model("audits/runs/1/models/x.pth");
    assertThat(ids(suspects("{\"glob\": \"*\"}, {\"manifest\": \"list.jsonl\"}")))
        .containsExactly("a", "m.pth");
    assertThat(ids(suspects("{\"glob\": \"*/*\"}"))).containsExactly("m.pth");
  }

  @Test
  void namesWhatHoldsNoModel() throws IOException {
    model("own.pth");
    assertThatThrownBy(() -> suspects("{\"glob\": \"other/*.pth\"}"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "no suspect was found, there is no model in " + folder + "/other/*.pth");
  }

  @Test
  void aHubCacheHoldsOneModelARepositoryAndAPointerIsCounted() throws IOException {
    model("own.pth");
    Path blob = model("hub/models--org--net/blobs/0123");
    for (String revision : List.of("0123456789ab", "ba9876543210")) {
      Path snapshot = folder.resolve("hub/models--org--net/snapshots/" + revision);
      Files.createDirectories(snapshot);
      Files.createSymbolicLink(snapshot.resolve("pytorch_model.bin"), blob);
    }
    Files.createDirectories(folder.resolve("hub/models--org--net/refs"));
    Files.writeString(folder.resolve("hub/models--org--net/refs/main"), "ba9876543210");
    Path pointer =
        Files.writeString(
            folder.resolve("hub/missing.safetensors"),
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n");
    List<ModelLine> lines = suspects("{\"folder\": \"hub\"}");
    assertThat(ids(lines)).containsExactly("missing.safetensors", "org/net@ba98765");
    assertThat(Checkpoints.open(new HadoopStore(), lines.get(1).path()).tensors()).isNotEmpty();
    assertThatThrownBy(() -> Checkpoints.open(new HadoopStore(), pointer.toString()))
        .hasMessageContaining("pointer of Git LFS");
  }

  @Test
  void aManifestMayBeJsonLinesOrCsv() throws IOException {
    Files.writeString(
        folder.resolve("list.jsonl"),
        """
        # comment
        x.pth

        {"id": "second", "path": "y.pth", "reference": "own.pth"}
        """);
    Files.writeString(
        folder.resolve("list.csv"),
        "\uFEFFpath,id,truth\r\n\"a, b.pth\",\"the \"\"first\"\"\",\nz.pth,,t.json\n");
    List<ModelLine> lines =
        suspects("{\"manifest\": \"list.jsonl\"}, {\"manifest\": \"list.csv\"}");
    assertThat(ids(lines)).containsExactly("second", "the \"first\"", "x.pth", "z.pth");
    assertThat(lines.get(1).path()).isEqualTo(folder.resolve("a, b.pth").toString());
    assertThat(lines.get(3).truth()).isEqualTo(folder.resolve("t.json").toString());
    assertThat(lines.get(0).reference()).isEqualTo("own.pth");
    assertThat(lines.get(2).reference()).isNull();
  }

  @Test
  void tellsAllMistakesOfAManifestWithTheirLines() throws IOException {
    Files.writeString(
        folder.resolve("list.jsonl"), "x.pth\n{\"pth\": \"y\"}\n{\"path\": 3}\n{\"path\"\n");
    Files.writeString(folder.resolve("list.csv"), "pathh,id\na.pth,b\nc.pth\n");
    assertThatThrownBy(() -> suspects("{\"manifest\": \"list.jsonl\"}"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("list.jsonl: 4 mistakes")
        .hasMessageContaining("line 2: unknown key 'pth'; did you mean 'path'?")
        .hasMessageContaining("line 2: key 'path' is missing")
        .hasMessageContaining("line 3: path: must be a text in quotes, not 3")
        .hasMessageContaining("line 4: not JSON");
    assertThatThrownBy(() -> suspects("{\"manifest\": \"list.csv\"}"))
        .hasMessageContaining("line 1: unknown column 'pathh'; did you mean 'path'?")
        .hasMessageContaining("line 3: 1 values, but the first line has 2 columns");
  }

  @Test
  void anIdStandsForOneModel() {
    assertThatThrownBy(() -> suspects("{\"path\": \"a/x.pth\"}, {\"path\": \"b/x.pth\"}"))
        .hasMessageContaining("id 'x.pth' stands for both")
        .hasMessageContaining("give one of them an id of its own");
    assertThatThrownBy(() -> suspects("{\"path\": \"a/x.pth\"}, {\"path\": \"a/x.pth\"}"))
        .hasMessageContaining("a/x.pth is named twice");
    assertThatThrownBy(() -> suspects("{\"glob\": \"nothing*\"}"))
        .hasMessageContaining("no suspect was found");
  }
}
