package org.findthelady.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.findthelady.candidate.Kin;
import org.findthelady.core.Verdict;
import org.findthelady.report.FindingRow;
import org.findthelady.report.GroupDrawing;
import org.findthelady.report.GroupRow;
import org.findthelady.report.LayerRow;
import org.findthelady.report.Margins;
import org.findthelady.report.ModelFindings;
import org.findthelady.report.ModelNames;
import org.findthelady.report.ModelRow;
import org.findthelady.report.NeuronCounts;
import org.findthelady.report.NeuronRow;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir private Path folder;

  @Test
  void givesBackEveryModelBitForBit() throws IOException {
    List<FinishedModel> models = IntStream.range(0, 32).mapToObj(JournalTest::model).toList();
    write(models);
    Map<String, FinishedModel> read = new Journal(new HadoopStore(), folder.toString()).read();
    assertThat(read.values()).containsExactlyInAnyOrderElementsOf(models);
  }

  @Test
  void ignoresFilesThatWereCutOrChanged() throws IOException {
    write(IntStream.range(0, 16).mapToObj(JournalTest::model).toList());
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(file);
    for (int cut : new int[] {0, 1, 64, 65, 66, whole.length / 2, whole.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(whole, cut));
      assertThat(read()).as("cut at %d", cut).isEmpty();
    }
    for (int at = 0; at < whole.length; at += 97) {
      byte[] changed = whole.clone();
      changed[at] ^= 4;
      Files.write(file, changed);
      assertThat(read()).as("changed at %d", at).isEmpty();
    }
    Files.write(file, whole);
    assertThat(read()).hasSize(16);
  }

  private Map<String, FinishedModel> read() throws IOException {
    return new Journal(new HadoopStore(), folder.toString()).read();
  }

  private void write(List<FinishedModel> models) throws IOException {
    Journal journal = new Journal(new HadoopStore(), folder.toString());
    for (FinishedModel model : models) {
      journal.add(model);
    }
  }

  private static FinishedModel model(int number) {
    String id = "m \u00fc\u2028\"" + number;
    double odd = Math.nextUp(1.0 / (number + 3));
    ModelRow row =
        new ModelRow(
            new ModelNames(
                "run",
                id,
                "own",
                "ref",
                "sus",
                "safetensors",
                "net",
                new ModelNames.Contents("ab", "")),
            Verdict.DERIVED,
            "why\nnot",
            3,
            new NeuronCounts(9, 4, 1, 0, 0, 0),
            new Margins(odd, null),
            new ModelRow.Closeness(null, Double.MIN_VALUE, odd, 1e-300),
            new ModelRow.Size(77, 1234L << 32, 2));
    GroupRow group =
        new GroupRow(
            "run",
            id,
            "g",
            new NeuronCounts(9, 4, 1, 0, 0, 0),
            5L,
            new Margins(odd, null),
            null,
            new GroupDrawing("w[0]", "1,0", "0,2", ""));
    LayerRow layer =
        new LayerRow(
            "run",
            id,
            new LayerRow.StoredTensor("t", "F32", "[2, 3]"),
            new LayerRow.Likeness(odd, null, -0.0),
            new LayerRow.Values(0, 1, null),
            false);
    NeuronRow neuron =
        new NeuronRow(
            "run",
            id,
            new NeuronRow.Place("g", 3, null),
            new NeuronRow.Match(odd, null, 1.5),
            "AMBIGUOUS",
            true);
    FindingRow finding =
        new FindingRow(
            "r", "m", "UNIT_SCALED", "w", new FindingRow.Place("g", 3, 5), 1.5, false, 0.75);
    return new FinishedModel(
        new ModelFindings(row, List.of(group), List.of(layer), List.of(neuron), List.of(finding)),
        Map.of("models/m/a", "00ff", "models/m/b", "11"),
        odd,
        number % 2 == 0,
        new Kin(new byte[] {1, 2}, odd, new byte[] {3}, number, "r"),
        "{\"facts\":[]}");
  }
}
