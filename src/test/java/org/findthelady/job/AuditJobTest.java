package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.core.UserException;
import org.findthelady.job.file.JobText;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that a job reads may lie where its runs remove something, nor the other way round. */
class AuditJobTest {
  @TempDir private Path folder;
  private Path out;

  @BeforeEach
  void makeOut() throws IOException {
    out = Files.createDirectories(folder.resolve("out"));
  }

  private AuditJob job(Path reference, Path suspect, boolean watched) throws IOException {
    String text =
        """
        {"name": "mine", "references": [{"id": "a", "path": "%s"}], "suspects": [{"path": "%s"}]}
        """
            .formatted(reference, suspect);
    Path file = Files.writeString(folder.resolve("job.json"), text);
    JobText job = JobText.parse(text, file.toString());
    HadoopStore store = new HadoopStore();
    return watched
        ? AuditJob.soFar(store, job, out.toString(), null)
        : AuditJob.read(store, job, out.toString(), null);
  }

  private Path model(String place) throws IOException {
    return DemoLlama.unpack(
        Files.createDirectories(folder.resolve(place).getParent()).resolve("m"));
  }

  private void refuses(AuditJob job, String says) {
    assertThatThrownBy(() -> job.requireOutside(out.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(says);
  }

  @Test
  void refusesInputsWhereItsRunsClearTheirState() throws IOException {
    Path apart = model("apart/m");
    Path inside = model("out/state/mine/m");
    Path link = Files.createSymbolicLink(folder.resolve("link"), out.resolve("state/mine"));
    for (Path path : new Path[] {inside, link.resolve("m")}) {
      refuses(job(apart, path, false), "which runs of this job clear");
      refuses(job(path, apart, false), "which runs of this job clear");
    }
  }

  @Test
  void refusesInputsAmongTheRunsThatAWatchRemoves() throws IOException {
    Path apart = model("apart/m");
    Path model = model("out/runs/1/models/m");
    refuses(job(apart, model, true), "whose older runs a watch removes");
    AuditJob once = job(apart, model, false);
    assertThatCode(() -> once.requireOutside(out.toString())).doesNotThrowAnyException();
  }

  @Test
  void takesInputsBesideItsRuns() throws IOException {
    Path model = model("out/models/m");
    AuditJob job = job(model("apart/m"), model, true);
    assertThatCode(() -> job.requireOutside(out.toString())).doesNotThrowAnyException();
  }

  @Test
  void refusesAnOutputInsideAnInput() throws IOException {
    Path model = model("apart/m");
    Path other = model("other/m");
    out = model.resolve("out");
    refuses(job(model, other, false), "or inside it");
    refuses(job(other, model, false), "or inside it");
  }
}
