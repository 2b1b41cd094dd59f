package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.findthelady.TestModels;
import org.findthelady.cli.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code audit --table} adds to a table of Iceberg in a Hadoop catalog. */
class ModelTableSparkTest {
  private static final String TABLE = "lake.audits.models";

  @TempDir private Path folder;
  private final Map<String, String> settings = new TreeMap<>();

  @BeforeEach
  void configure() throws Exception {
    settings.put("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog");
    settings.put("spark.sql.catalog.lake.type", "hadoop");
    settings.put("spark.sql.catalog.lake.warehouse", folder.resolve("lake").toString());
    settings.put("spark.master", "local[2]");
    settings.forEach(System::setProperty);
    Path model = TestModels.silero(folder);
    LocalPair.permute(model, folder.resolve("shuffled.safetensors"), 3, null);
    Files.writeString(folder.resolve("cut.safetensors"), "no checkpoint");
    job("first", "\"cut.safetensors\", \"shuffled.safetensors\"");
    job("second", "\"shuffled.safetensors\"");
  }

  @AfterEach
  void forget() {
    settings.keySet().forEach(System::clearProperty);
  }

  private void job(String name, String suspects) throws Exception {
    Files.writeString(
        folder.resolve(name + ".json"),
        """
        {"name": "%s", "references": [{"id": "mine", "path": "silero_vad_16k.safetensors"}],
         "suspects": [%s]}
        """
            .formatted(name, suspects.replaceAll("(\"[^\"]*\")", "{\"path\": $1}")));
  }

  private int audit(String job, String table) {
    return Main.run(
        "audit",
        "--job=" + folder.resolve(job + ".json"),
        "--out=" + folder.resolve("out"),
        "--table=" + table);
  }

  private List<Row> query(String sql) throws IOException {
    try (SparkSession session = SparkSession.builder().getOrCreate()) {
      return session.sql(sql).collectAsList();
    }
  }

  @Test
  void runsAreAddedOnceEachInOneCommit() throws IOException {
    assertThat(audit("first", TABLE)).isZero();
    assertThat(audit("first", TABLE)).as("the same run").isZero();
    assertThat(audit("second", TABLE)).isZero();
    List<Row> rows =
        query(
            "SELECT model_id, verdict, psi, neurons, run_started_at > TIMESTAMP '2020-01-01'"
                + " FROM lake.audits.models ORDER BY run_started_at, model_id");
    assertThat(rows).extracting(row -> row.getString(1)).hasSize(3).contains("UNREADABLE");
    assertThat(rows).filteredOn(row -> row.getString(1).equals("PERMUTED")).hasSize(2);
    assertThat(rows).allMatch(row -> row.isNullAt(2) && row.getBoolean(4));
    assertThat(query("SELECT snapshot_id FROM lake.audits.models.snapshots")).hasSize(2);
    assertThat(query("SELECT DISTINCT run_id FROM lake.audits.models")).hasSize(2);
  }

  @Test
  void aTableThatCannotBeUsedIsToldBeforeAnythingIsAudited() throws IOException {
    assertThat(audit("second", "nowhere.audits.models")).isEqualTo(2);
    query("CREATE TABLE lake.other (run_id STRING) USING iceberg");
    assertThat(audit("second", "lake.other")).isEqualTo(2);
    assertThat(folder.resolve("out/runs")).doesNotExist();
  }
}
