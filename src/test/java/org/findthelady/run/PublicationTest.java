package org.findthelady.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.TestModels;
import org.findthelady.core.OutputException;
import org.findthelady.core.UserException;
import org.findthelady.job.Permute;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationTest {
  private final HadoopStore store = new HadoopStore();

  @TempDir private Path folder;

  @Test
  void refusesAnOutputThatIsAnInputOrInsideOne() throws IOException {
    Path llama = TestModels.llama(folder);
    byte[] before = Files.readAllBytes(llama.resolve("model.safetensors"));
    for (Path out : new Path[] {llama, llama.resolve("inside"), llama.resolve("x/../inside")}) {
      assertThatThrownBy(() -> permute(llama, out)).isInstanceOf(UserException.class);
    }
    assertThat(llama.resolve("model.safetensors")).hasBinaryContent(before);
    assertThat(names(folder)).containsExactly("llama");
  }

  @Test
  void refusesAnOutputThatALinkLeadsIntoAnInput() throws IOException {
    Path llama = TestModels.llama(folder);
    Path link = Files.createSymbolicLink(folder.resolve("link"), llama);
    assertThatThrownBy(() -> permute(llama, link.resolve("inside")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("or inside it");
    assertThatThrownBy(() -> permute(link, llama.resolve("deep/inside")))
        .isInstanceOf(UserException.class);
    assertThat(llama.resolve("inside")).doesNotExist();
  }

  @Test
  void refusesAnOutputWhereSomethingIs() throws IOException {
    Path silero = TestModels.silero(folder);
    Path there = Files.writeString(folder.resolve("there"), "mine");
    assertThatThrownBy(() -> permute(silero, there)).hasMessageContaining("there already");
    assertThat(there).hasContent("mine");
  }

  @Test
  void nothingIsVisibleUntilPublishedAndNothingIsLeftBehind() throws IOException {
    String target = folder.resolve("model").toString();
    Publication publication = Publication.to(store, target, "/elsewhere");
    DigestingStore digesting = new DigestingStore(store);
    try (OutputStream out = digesting.create(publication.stage())) {
      out.write(new byte[] {1, 2, 3});
    }
    assertThat(Path.of(target)).doesNotExist();
    publication.publish(digesting.digests());
    assertThat(Path.of(target)).hasBinaryContent(new byte[] {1, 2, 3});
    assertThat(names(folder)).containsExactly("model");
  }

  @Test
  void aCopyThatReadsBackOtherwiseIsNotPublished() throws IOException {
    String target = folder.resolve("model").toString();
    Publication publication = Publication.to(store, target, "/elsewhere");
    DigestingStore digesting = new DigestingStore(store);
    try (OutputStream out = digesting.create(publication.stage())) {
      out.write(new byte[] {1, 2, 3});
    }
    Map<String, String> written = digesting.digests();
    Files.write(Path.of(publication.stage()), new byte[] {1, 2, 4});
    assertThatThrownBy(() -> publication.publish(written))
        .isInstanceOf(OutputException.class)
        .hasMessageContaining("read back");
    publication.abandon();
    assertThat(names(folder)).isEmpty();
  }

  @Test
  void aFailedWriteLeavesNothing() {
    Path silero = TestModels.silero(folder);
    assertThatThrownBy(
            () ->
                Permute.run(
                    new Permute.Request(
                        silero.toString(),
                        folder.resolve("out").toString(),
                        1,
                        null,
                        StructureChoice.AUTOMATIC,
                        Map.of()),
                    true,
                    structure -> {
                      throw new IllegalStateException("stop");
                    }))
        .hasMessage("stop");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private void permute(Path in, Path out) {
    Permute.run(
        new Permute.Request(
            in.toString(), out.toString(), 1, null, StructureChoice.AUTOMATIC, Map.of()));
  }

  private static Iterable<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
