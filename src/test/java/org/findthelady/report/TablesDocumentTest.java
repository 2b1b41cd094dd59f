package org.findthelady.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.findthelady.DocumentedTable;
import org.junit.jupiter.api.Test;

/** The document of the tables is what the records and their javadoc say. */
class TablesDocumentTest {
  private static final Path SOURCES = Path.of("src/main/java/org/findthelady/report");
  private static final Pattern PARAMETER =
      Pattern.compile("@param (\\w+) (.*?)(?=\\s*\\*?\\s*@param|\\*/)", Pattern.DOTALL);

  @Test
  void everyColumnIsDocumented() throws IOException {
    Map<String, Class<? extends Record>> tables = new LinkedHashMap<>();
    tables.put("models", ModelRow.class);
    tables.put("groups", GroupRow.class);
    tables.put("layers", LayerRow.class);
    tables.put("neurons", NeuronRow.class);
    tables.put("findings", FindingRow.class);
    tables.put("pairs", PairRow.class);
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Class<? extends Record>> table : tables.entrySet()) {
      text.append("\n### ").append(table.getKey()).append("\n\n");
      text.append("| column | type | meaning |\n|---|---|---|\n");
      for (Column column : Column.of(table.getValue())) {
        RecordComponent component = column.path().get(column.path().size() - 1);
        String type = column.type().name().toLowerCase(Locale.ROOT);
        text.append(
            "| `%s` | %s%s | %s |\n"
                .formatted(
                    column.name(), type, column.nullable() ? " or null" : "", meaning(component)));
      }
    }
    DocumentedTable.assertHolds(
        "docs/outputs.md", "tables: made by TablesDocumentTest", text.append('\n').toString());
  }

  /** What the javadoc of the record says of a component. */
  private static String meaning(RecordComponent component) throws IOException {
    Class<?> owner = component.getDeclaringRecord();
    Class<?> outer = owner.getEnclosingClass() == null ? owner : owner.getEnclosingClass();
    String source = Files.readString(SOURCES.resolve(outer.getSimpleName() + ".java"));
    int record = source.indexOf("record " + owner.getSimpleName() + "(");
    Matcher matcher =
        PARAMETER.matcher(source.substring(source.lastIndexOf("/**", record), record));
    while (matcher.find()) {
      if (matcher.group(1).equals(component.getName())) {
        return matcher
            .group(2)
            .replaceAll("\\s*\\n\\s*\\*\\s*", " ")
            .replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`")
            .strip();
      }
    }
    assertThat(component.getName()).as("a component with javadoc in " + owner).isNull();
    return "";
  }
}
