package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.findthelady.experiment.Experiments;
import org.findthelady.experiment.Sweep;
import org.findthelady.job.file.JobFile;
import org.junit.jupiter.api.Test;

/** Every file in jobs/ is one that its command accepts. */
class JobFilesTest {
  @Test
  void everyJobFileIsAccepted() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("jobs"))) {
      List<Path> jobs = files.filter(Files::isRegularFile).sorted().toList();
      assertThat(jobs).hasSizeGreaterThanOrEqualTo(2);
      for (Path job : jobs) {
        String json = Files.readString(job);
        if (json.contains("\"suspects\"")) {
          assertThat(JobFile.parse(json, job.toString()).references()).isNotEmpty();
        } else if (json.contains("\"chapters\"")) {
          for (String chapter :
              Experiments.read(job.toString(), Files.readAllBytes(job)).chapters()) {
            assertThat(jobs).contains(Path.of("jobs", chapter));
          }
        } else {
          try (InputStream in = Files.newInputStream(job)) {
            Sweep sweep = Sweep.read(job.toString(), in);
            assertThat(sweep.cells().size() + sweep.studies().size()).isPositive();
          }
        }
      }
    }
  }
}
