package org.findthelady.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.findthelady.core.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableWriterTest {
  @TempDir Path folder;

  private static final ModelRow ODD =
      new ModelRow(
          new ModelNames(
              "r", "ünïcode \"quoted\"\n", "id", "", "<b>", "", "", ModelNames.Contents.UNKNOWN),
          Verdict.UNREADABLE,
          "why",
          0,
          new NeuronCounts(0, 0, 0, 0, 0, 0),
          new Margins(null, Double.NaN),
          new ModelRow.Closeness(0.1, null, null, -0.0),
          new ModelRow.Size(Long.MAX_VALUE, 0, 3));

  private static List<ModelRow> rows() {
    List<ModelRow> rows = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      rows.add(Rows.model(i, Rows.verdict(i)));
    }
    rows.add(ODD);
    return rows;
  }

  private static byte[] parquet(List<ModelRow> rows) throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ParquetTableWriter<ModelRow> writer =
        new ParquetTableWriter<>("models", ModelRow.class, file)) {
      for (ModelRow row : rows) {
        writer.add(row);
      }
    }
    return file.toByteArray();
  }

  @Test
  void parquetHoldsEveryRowAndIsTheSameOnRerun() throws Exception {
    List<ModelRow> rows = rows();
    byte[] bytes = parquet(rows);
    assertThat(parquet(rows)).isEqualTo(bytes);
    Path path = folder.resolve("models.parquet");
    Files.write(path, bytes);
    try (ParquetFileReader file = ParquetFileReader.open(new LocalInputFile(path))) {
      assertThat(file.getFileMetaData().getKeyValueMetaData())
          .doesNotContainKey("writer.model.name");
      var schema = file.getFileMetaData().getSchema();
      int at = 0;
      for (PageReadStore pages = file.readNextRowGroup();
          pages != null;
          pages = file.readNextRowGroup()) {
        RecordReader<Group> reader =
            new ColumnIOFactory()
                .getColumnIO(schema)
                .getRecordReader(pages, new GroupRecordConverter(schema));
        for (long i = 0; i < pages.getRowCount(); i++) {
          Group group = reader.read();
          ModelRow row = rows.get(at++);
          assertThat(group.getString("model_id", 0)).isEqualTo(row.names().modelId());
          assertThat(group.getString("verdict", 0)).isEqualTo(row.verdict().name());
          assertThat(group.getInteger("groups", 0)).isEqualTo(row.groups());
          assertThat(group.getLong("parameters", 0)).isEqualTo(row.size().parameters());
          assertThat(group.getFieldRepetitionCount("psi"))
              .isEqualTo(row.closeness().psi() == null ? 0 : 1);
          if (row.closeness().psi() != null) {
            assertThat(group.getDouble("psi", 0)).isEqualTo(row.closeness().psi());
          }
        }
      }
      assertThat(at).isEqualTo(rows.size());
    }
  }

  @Test
  void schemaIsWhatReadersRelyOn() {
    assertThat(ParquetTableWriter.schema("layers", Column.of(LayerRow.class)).toString())
        .isEqualToNormalizingWhitespace(
            """
            message layers {
              required binary run_id (STRING);
              required binary model_id (STRING);
              required binary tensor (STRING);
              required binary dtype (STRING);
              required binary shape (STRING);
              optional double cosine;
              optional double norm_ratio;
              optional double relative_l2;
              required double zero_fraction_reference;
              required double zero_fraction_suspect;
              optional int64 distinct_values;
              required boolean bytes_equal;
            }
            """);
  }

  @Test
  void jsonLinesHoldEveryColumnOfEveryRow() throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (JsonLinesWriter<ModelRow> writer = new JsonLinesWriter<>(ModelRow.class, file)) {
      writer.add(Rows.model(2, Verdict.DERIVED));
      writer.add(ODD);
    }
    List<String> lines = file.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode first = new ObjectMapper().readTree(lines.get(0));
    assertThat(first.size()).isEqualTo(27);
    assertThat(first.get("psi").doubleValue()).isEqualTo(99.998);
    assertThat(first.get("relative_l2").doubleValue()).isEqualTo(0.0421);
    JsonNode odd = new ObjectMapper().readTree(lines.get(1));
    assertThat(odd.get("model_id").asText()).isEqualTo(ODD.names().modelId());
    assertThat(odd.get("smallest_margin").isNull()).isTrue();
    assertThat(odd.get("median_margin").asText()).isEqualTo("NaN");
    assertThat(odd.get("parameters").longValue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void jsonLinesAreReadBackAsTheRowsThatTheyWere() throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    List<ModelRow> rows = List.of(Rows.model(2, Verdict.DERIVED), ODD);
    try (JsonLinesWriter<ModelRow> writer = new JsonLinesWriter<>(ModelRow.class, file)) {
      for (ModelRow row : rows) {
        writer.add(row);
      }
    }
    String text = file.toString(StandardCharsets.UTF_8);
    List<ModelRow> read = new ArrayList<>();
    for (String line : text.lines().toList()) {
      read.add(JsonLinesReader.row(ModelRow.class, line));
    }
    assertThat(read).isEqualTo(rows);
  }

  private record Nested(int psi, ModelRow.Closeness closeness) {}

  @Test
  void refusesTwoColumnsOfOneName() {
    assertThatThrownBy(() -> Column.of(Nested.class)).hasMessageContaining("one name");
  }

  @Test
  void refusesARowThatLacksWhatIsRequired() throws Exception {
    try (JsonLinesWriter<NeuronRow> writer =
        new JsonLinesWriter<>(NeuronRow.class, new ByteArrayOutputStream())) {
      assertThatThrownBy(() -> writer.add(Rows.neuron(null, 1, null, "s")))
          .hasMessageContaining("group");
    }
  }
}
