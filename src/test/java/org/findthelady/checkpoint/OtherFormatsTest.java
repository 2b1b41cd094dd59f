package org.findthelady.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.findthelady.core.CheckpointException;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no checkpoint that we read is called what it is, with what to do. */
class OtherFormatsTest {
  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";

  @TempDir private Path folder;

  private static void refused(Path path, String... says) {
    assertThatThrownBy(() -> Checkpoints.open(new HadoopStore(), path.toString()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(says);
  }

  @ParameterizedTest
  @CsvSource({
    "flax_model.msgpack, flax.serialization",
    "speech.nemo, model_weights.ckpt",
    "model.pdparams, paddle.load",
    "model.pdiparams, paddle.load",
    "saved_model.pb, TensorFlow SavedModel",
    "model.ckpt-7.index, TensorFlow checkpoint",
    "model.ckpt-7.data-00000-of-00001, TensorFlow checkpoint",
    "weights.tar.gz, unpack it",
  })
  void checkpointsOfOtherProgramsAreNamedWithWhatToConvertThemWith(String name, String says)
      throws IOException {
    Path file = Files.write(folder.resolve(name), new byte[600]);
    refused(file, name, says);
    refused(folder, name, says);
  }

  @Test
  void partsOfOneModelAreCalledThat() throws IOException {
    byte[] model =
        ("5\0\0\0\0\0\0\0" + "{\"w\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}")
            .getBytes(StandardCharsets.ISO_8859_1);
    for (int part = 1; part <= 2; part++) {
      Files.write(folder.resolve("model-0000" + part + "-of-00002.safetensors"), model);
    }
    refused(folder, "2 checkpoints in it", "without the index that lists them");
    assertThat(OtherFormats.several(List.of("consolidated.00.pth", "consolidated.01.pth")))
        .contains("split over ranks");
    assertThat(OtherFormats.several(List.of("consolidated.00.pth", "other.pth")))
        .isEqualTo("name one of");
  }

  @Test
  void foldersBelowOneWithoutACheckpointAreNamed() throws IOException {
    Files.createDirectories(folder.resolve("pipeline/vae"));
    Files.createDirectories(folder.resolve("pipeline/unet"));
    refused(folder.resolve("pipeline"), "name 'unet', 'vae'");
    Files.createDirectories(folder.resolve("iteration/mp_rank_00"));
    refused(folder.resolve("iteration"), "'mp_rank_00' is a part of one model split over ranks");
  }

  static Stream<Arguments> answers() {
    return Stream.of(
            Arguments.of(POINTER, "git lfs pull"),
            Arguments.of("\n<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page (HTML)"),
            Arguments.of("{\"error\":\"Invalid username or password.\"}", "message in JSON"),
            Arguments.of("<?xml version=\"1.0\"?><Error>AccessDenied</Error>", "message in XML"))
        .flatMap(
            what ->
                Stream.of(
                        "model.safetensors",
                        "pytorch_model.bin",
                        "model.onnx",
                        "model.gguf",
                        "model.h5",
                        "weights.npz")
                    .map(name -> Arguments.of(name, what.get()[0], what.get()[1])));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void whatADownloadLeftInThePlaceOfAFileIsNamed(String name, String content, String says)
      throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    refused(file, name, says);
    Files.writeString(folder.resolve("config.json"), "{}");
    refused(folder, name, says);
  }

  @ParameterizedTest
  @CsvSource({
    "PK\\x03\\x04, a zip archive",
    "\\x1f\\x8b\\x08, compressed with gzip",
    "(\\xb5/\\xfd, compressed with zstd",
    "BZh9, compressed with bzip2",
  })
  void archivesAreNamed(String magic, String says) throws IOException {
    byte[] bytes = new byte[600];
    byte[] first = unescaped(magic).getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(first, 0, bytes, 0, first.length);
    refused(Files.write(folder.resolve("model"), bytes), says, "unpack it");
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      boolean escape = text.startsWith("\\x", i);
      plain.append(
          escape ? (char) Integer.parseInt(text.substring(i + 2, i + 4), 16) : text.charAt(i));
      i += escape ? 3 : 0;
    }
    return plain.toString();
  }

  @Test
  void aTarUnderAnotherNameIsNamed() throws IOException {
    byte[] bytes = new byte[1024];
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, bytes, 257, 5);
    refused(Files.write(folder.resolve("model"), bytes), "a tar archive", "unpack it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "model.onnx"})
  void anArchiveUnderACheckpointsNameIsNamed(String name) throws IOException {
    byte[] tar = new byte[1024];
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
    byte[] zip = Arrays.copyOf(new byte[] {'P', 'K', 3, 4}, 1024);
    Path file = folder.resolve(name);
    refused(Files.write(file, tar), name, "a tar archive", "unpack it");
    refused(Files.write(file, zip), name, "a zip archive", "unpack it");
    refused(folder, name, "a zip archive", "unpack it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "model.onnx", "model.pth"})
  void textUnderACheckpointsNameIsNamedWithItsBeginning(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "Access to the model is restricted.\n");
    refused(file, name, "text ('Access to the model is restricted.')");
  }

  @Test
  void aFileOfAnotherFormatThanItsNameSaysIsCalledWhatItIs() throws IOException {
    byte[] pickle = {(byte) 0x80, 2, '}', '.', 0, 0, 0, 0, 0, 0, 0, 0};
    refused(
        Files.write(folder.resolve("model.safetensors"), pickle),
        "of the format pytorch-legacy by its first bytes, not safetensors as its name says");
  }

  @Test
  void aDamagedFileThatIsNoneOfTheseKeepsItsOwnMessage() throws IOException {
    Path file = Files.write(folder.resolve("model.safetensors"), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> Checkpoints.open(new HadoopStore(), file.toString()))
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> assertThat(e.reason()).isEqualTo(CheckpointException.Reason.TRUNCATED));
  }
}
