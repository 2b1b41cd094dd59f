package org.findthelady.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.storage.ForwardingStore;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptModelsTest {
  @TempDir private Path folder;
  private Path state;

  /** A store where another run has just removed a file that was there when it was looked at. */
  private static final class Removing extends ForwardingStore {
    private final String name;

    Removing(String name) {
      super(new HadoopStore());
      this.name = name;
    }

    @Override
    public SeekableInput open(FileInfo file) throws IOException {
      if (file.name().equals(name)) {
        throw new FileNotFoundException(file.path());
      }
      return super.open(file);
    }
  }

  @BeforeEach
  void keepSomething() throws IOException {
    state = folder.resolve("state/job");
    Files.createDirectories(state.resolve("r"));
    Files.writeString(state.resolve("latest.json"), "{\"run\": \"r\"}");
    Files.writeString(
        state.resolve("r/index.json"),
        "{\"runId\": \"r\", \"files\": [\"x\"], \"keys\": {\"k\": 0}, \"digests\": {}}");
    Files.writeString(state.resolve("r/models-00000.jsonl.gz"), "cut");
  }

  @Test
  void aFileThatWasChangedIsIgnored() throws IOException {
    KeptModels kept = KeptModels.latest(new HadoopStore(), folder.toString(), "job");
    assertThat(kept.runId()).isEqualTo("r");
    assertThat(kept.find("k", "s")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest.json", "index.json", "models-00000.jsonl.gz"})
  void aFileThatAnotherRunRemovesIsIgnored(String name) throws IOException {
    KeptModels kept = KeptModels.latest(new Removing(name), folder.toString(), "job");
    assertThat(kept.find("k", "s")).isEmpty();
  }
}
