package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.findthelady.cli.Main;
import org.findthelady.core.Verdict;
import org.findthelady.report.ModelRow;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet of broken and hostile files: each gets its row, and none takes the others with it. */
class BadInputSparkTest {
  @TempDir private Path folder;

  @Test
  void everyBadFileIsARowAndTheRestIsDone() throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    byte[] good =
        safetensors("{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}", 24);
    Files.write(folder.resolve("reference.safetensors"), good);
    for (int cut = 0; cut < good.length; cut++) {
      Files.write(models.resolve("cut-%03d.safetensors".formatted(cut)), Arrays.copyOf(good, cut));
    }
    Map<String, String> expected = new LinkedHashMap<>();
    bad(
        models,
        expected,
        "hole.safetensors",
        "w2",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"w2\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,20]}}",
        20);
    bad(
        models,
        expected,
        "overlap.safetensors",
        "w2",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"w2\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
        12);
    bad(
        models,
        expected,
        "duplicate.safetensors",
        "w",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        8);
    ByteBuffer absurd = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(-2);
    Files.write(models.resolve("absurd.safetensors"), absurd.array());
    expected.put("absurd.safetensors", "18446744073709551614");
    Path sharded = Files.createDirectories(models.resolve("climbing"));
    Files.writeString(
        sharded.resolve("model.safetensors.index.json"),
        "{\"metadata\":{},\"weight_map\":{\"w\":\"../reference.safetensors\"}}");
    expected.put("climbing", "../reference.safetensors");
    Path touched = folder.resolve("touched");
    byte[] pickle =
        ("\u0080\u0002cposix\nsystem\nU"
                + (char) (touched.toString().length() + 6)
                + "touch "
                + touched
                + "\u0085R.")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] magic = {
      (byte) 0x80,
      2,
      (byte) 0x8a,
      10,
      0x6c,
      (byte) 0xfc,
      (byte) 0x9c,
      0x46,
      (byte) 0xf9,
      0x20,
      0x6a,
      (byte) 0xa8,
      0x50,
      0x19,
      '.',
      (byte) 0x80,
      2,
      'M',
      (byte) 0xe9,
      3,
      '.',
      (byte) 0x80,
      2,
      '}',
      '.'
    };
    byte[] legacy = Arrays.copyOf(magic, magic.length + pickle.length);
    System.arraycopy(pickle, 0, legacy, magic.length, pickle.length);
    Files.write(models.resolve("system.pt"), legacy);
    expected.put("system.pt", "posix.system");
    Files.write(models.resolve("good.safetensors"), good);
    Files.writeString(
        folder.resolve("architecture.json"),
        """
        {"name": "tiny", "spaces": {"in": {"frozen": "inputs"}, "out": {"frozen": "outputs"}},
         "tensors": {"w": ["out", "in"]}}
        """);
    Files.writeString(
        folder.resolve("job.json"),
        """
        {"name": "bad", "references": [{"id": "r", "path": "reference.safetensors",
         "architecture": "%s"}], "suspects": [{"glob": "models/*"}]}
        """
            .formatted(folder.resolve("architecture.json")));

    String job = folder.resolve("job.json").toString();
    String out = folder.resolve("out").toString();
    assertThat(Main.run("audit", "--job", job, "--out", out)).isZero();
    assertThat(Main.run("audit", "--job", job, "--out", out, "--strict")).isEqualTo(4);

    List<ModelRow> rows = rows(out);
    assertThat(rows).hasSize(good.length + expected.size() + 1);
    for (ModelRow row : rows) {
      if (row.names().modelId().equals("good.safetensors")) {
        assertThat(row.verdict()).isEqualTo(Verdict.IDENTICAL);
        continue;
      }
      assertThat(row.verdict()).as(row.toString()).isEqualTo(Verdict.UNREADABLE);
      assertThat(row.reason()).contains(row.names().modelId());
      assertThat(row.reason()).containsPattern("[0-9]");
      assertThat(row.reason()).contains(expected.getOrDefault(row.names().modelId(), ""));
    }
    assertThat(touched).doesNotExist();
  }

  @Test
  void aMissingReferenceIsTheCallersFault() throws IOException {
    String there = Files.write(folder.resolve("there"), new byte[] {1, 2, 3}).toString();
    String gone = folder.resolve("gone").toString();
    assertThat(Main.run("resync", "--reference", gone, "--suspect", there)).isEqualTo(2);
    assertThat(Main.run("audit", "--job", gone, "--out", gone)).isEqualTo(2);
    assertThat(Main.run("inspect", gone)).isEqualTo(2);
  }

  private static void bad(
      Path models,
      Map<String, String> expected,
      String name,
      String tensor,
      String header,
      int bytes)
      throws IOException {
    Files.write(models.resolve(name), safetensors(header, bytes));
    expected.put(name, "'" + tensor + "'");
  }

  private static byte[] safetensors(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json);
    for (int i = 0; file.remaining() >= 4; i++) {
      file.putFloat(i + 0.5f);
    }
    return file.array();
  }

  private static List<ModelRow> rows(String out) throws IOException {
    try (Stream<Path> runs = Files.list(Path.of(out, "runs"))) {
      return Audit.rows(new HadoopStore(), runs.findFirst().orElseThrow().toString());
    }
  }
}
