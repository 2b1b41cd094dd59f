package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.findthelady.core.UserException;
import org.findthelady.job.file.JobFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstJobTest {
  private static final Path MODEL = Path.of("jobs/models/abcrown/mnist_6_100_nat.pth");

  @TempDir Path folder;

  private Path model(String name, long time) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.copy(MODEL, file);
    return Files.setLastModifiedTime(file, FileTime.fromMillis(time));
  }

  private JobFile written() throws IOException {
    return JobFile.parse(Files.readString(folder.resolve("job.json")), "job.json");
  }

  @Test
  void takesTheOldestModelAsReference() throws IOException {
    model("b.pth", 3_000);
    model("a/old.pth", 2_000);
    assertThat(FirstJob.write(folder.toString(), List.of(), null, Map.of()).text())
        .contains("old.pth, the oldest", "ftl audit --job " + folder.resolve("job.json"));
    assertThat(written().references().get(0).path()).isEqualTo("a/old.pth");
    assertThat(written().suspects().get(0).folder()).isEqualTo(".");
    assertThat(written().outputs().folder()).isEqualTo("audits");
    assertThatThrownBy(() -> FirstJob.write(folder.toString(), List.of(), null, Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("something is there already");
  }

  @Test
  void takesAFolderOfReferencesOrWhatTheUserNames() throws IOException {
    model("found/b.pth", 1_000);
    String mine = model("references/a.pth", 2_000).toString();
    FirstJob.write(folder.toString(), List.of(), null, Map.of());
    assertThat(written().references().get(0).folder()).isEqualTo("references");
    String other = folder.resolve("other.json").toString();
    FirstJob.write(folder.toString(), List.of(mine), other, Map.of());
    assertThat(Files.readString(Path.of(other))).contains("\"path\" : \"references/a.pth\"");
  }

  @Test
  void aReferenceMayLieElsewhereAndAnEmptyFolderOfReferencesIsNone() throws IOException {
    String own = model("own.pth", 1).toString();
    model("in/a b/m.pth", 2);
    Path in = folder.resolve("in/a b");
    String job = in.resolve("job.json").toString();
    assertThat(FirstJob.write(in.toString(), List.of(own), null, Map.of()).text())
        .contains("ftl plan --job '" + job + "'");
    Files.createDirectories(in.resolve("references"));
    model("in/a b/n.pth", 3);
    String other = in.resolve("other.json").toString();
    assertThat(FirstJob.write(in.toString(), List.of(), other, Map.of()).references())
        .containsExactly(in.resolve("m.pth") + ", the oldest");
    assertThatThrownBy(() -> FirstJob.write(own, List.of(), null, Map.of()))
        .hasMessageEndingWith("own.pth: is a file, not a folder of models");
  }

  @Test
  void aFolderOfReferencesAloneIsNoJob() throws IOException {
    model("references/a.pth", 1);
    model("references/b.pth", 2);
    assertThatThrownBy(() -> FirstJob.write(folder.toString(), List.of(), null, Map.of()))
        .hasMessageContaining("2 models in it; an audit needs a reference and a suspect");
  }

  @Test
  void aFolderOfOneModelIsNoJob() throws IOException {
    model("a.pth", 1);
    assertThatThrownBy(() -> FirstJob.write(folder.toString(), List.of(), null, Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("1 model in it");
  }
}
