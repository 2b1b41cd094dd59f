package org.findthelady.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStoreTest extends StoreContract {
  @TempDir Path folder;

  @Override
  Store store() {
    return new HadoopStore();
  }

  @Override
  String root() {
    return folder.toString();
  }

  @Test
  void pathsComeBackAbsoluteAndPlain() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    for (String spelled :
        new String[] {
          "file:" + folder + "/file",
          "file://" + folder + "/file",
          folder + "//file",
          folder + "/../" + folder.getFileName() + "/file"
        }) {
      assertThat(store().stat(spelled).orElseThrow().path()).isEqualTo(folder + "/file");
    }
    assertThat(store().stat("pom.xml").orElseThrow().path())
        .isEqualTo(Path.of("pom.xml").toAbsolutePath().toString());
  }

  /** Opening a pipe would wait for whoever writes to it. */
  @Test
  void aDeviceIsNotReadAsAFile() throws IOException {
    FileInfo device = store().stat("/dev/null").orElseThrow();
    assertThatThrownBy(() -> store().open(device))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("/dev/null is a pipe, a socket or a device");
  }

  @Test
  void leavesNoChecksumFiles() throws IOException {
    try (OutputStream out = store().create(folder + "/file")) {
      out.write(1);
    }
    assertThat(folder.toFile().list()).containsExactly("file");
  }

  @Test
  void listingLeavesOutLinksThatLeadOutOrInCircles() throws IOException {
    Path inner = Files.createDirectories(folder.resolve("model/inner"));
    Path model = folder.resolve("model");
    Files.writeString(folder.resolve("secret"), "x");
    Files.writeString(inner.resolve("file"), "x");
    Files.createSymbolicLink(model.resolve("out"), folder.resolve("secret"));
    Files.createSymbolicLink(model.resolve("circle"), model);
    Files.createSymbolicLink(model.resolve("up"), folder);
    Files.createSymbolicLink(model.resolve("self"), model.resolve("self"));
    Files.createSymbolicLink(model.resolve("dangling"), model.resolve("none"));
    Files.createSymbolicLink(model.resolve("within"), inner.resolve("file"));
    assertThat(store().list(model.toString()))
        .extracting(FileInfo::name)
        .containsExactly("inner", "within");
    assertThat(store().leftOut(model.toString()))
        .extracting(FileInfo::name, FileInfo::length)
        .contains(
            org.assertj.core.groups.Tuple.tuple("out", 1L),
            org.assertj.core.groups.Tuple.tuple("dangling", 0L));
    assertThat(store().glob(model + "/dang*")).extracting(FileInfo::length).containsExactly(0L);
    assertThat(store().stat(model + "/out")).isPresent();
    assertThat(store().stat(model + "/self")).isEmpty();
    assertThat(store().glob(model + "/*/file"))
        .extracting(FileInfo::path)
        .containsExactly(inner + "/file");
  }

  @Test
  void listingFollowsTheLinksOfAHuggingFaceCache() throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("blobs"));
    Path revision = Files.createDirectories(folder.resolve("snapshots/abc"));
    Files.writeString(blobs.resolve("123"), "{}");
    Files.createSymbolicLink(revision.resolve("config.json"), Path.of("../../blobs/123"));
    assertThat(store().list(revision.toString()))
        .extracting(FileInfo::name, FileInfo::length)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("config.json", 2L));
  }

  @Test
  void deletingALinkKeepsItsTarget() throws IOException {
    Path kept = Files.createDirectories(folder.resolve("kept"));
    Files.writeString(kept.resolve("file"), "x");
    Files.createDirectories(folder.resolve("gone"));
    Files.createSymbolicLink(folder.resolve("gone/link"), kept);
    store().delete(folder + "/gone");
    assertThat(folder.resolve("gone")).doesNotExist();
    assertThat(kept.resolve("file")).exists();
  }
}
