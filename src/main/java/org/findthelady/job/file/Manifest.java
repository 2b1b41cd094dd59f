package org.findthelady.job.file;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.storage.TextFile;

/**
 * A file that lists models: JSON Lines with one path or one object a line, or CSV with the keys in
 * its first line. Empty lines and lines that begin with {@code #} are left out.
 */
final class Manifest {
  private final Mistakes mistakes;
  private final Set<String> references;
  private final List<ModelLine> lines = new ArrayList<>();
  private List<String> columns;

  private Manifest(String path, Set<String> references) {
    this.references = references;
    this.mistakes = new Mistakes("manifest " + path);
  }

  /**
   * Reads a manifest.
   *
   * @return its models, their paths and ids as they stand there; an id may be null
   * @throws org.findthelady.core.UserException with all that is wrong, if something is
   */
  static List<ModelLine> read(Store store, String path) throws IOException {
    return read(store, path, null);
  }

  /**
   * The same, where it is known which references there are.
   *
   * @param references ids that lines may name; null if they are not known
   */
  static List<ModelLine> read(Store store, String path, Set<String> references) throws IOException {
    Manifest manifest = new Manifest(path, references);
    boolean csv = path.toLowerCase(Locale.ROOT).endsWith(".csv");
    int number = 0;
    for (String text : TextFile.read(store, path).split("\n", -1)) {
      number++;
      String line = (number == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (csv) {
        manifest.addValues(line, number);
      } else if (line.startsWith("{")) {
        manifest.addObject(LocatedJson.parse(line, number - 1, manifest.mistakes), number);
      } else {
        manifest.lines.add(new ModelLine(null, line, null, null, null, null, null));
      }
    }
    manifest.mistakes.throwIfAny();
    Location folder = Location.of(path).parent();
    return manifest.lines.stream().map(line -> resolved(line, folder)).toList();
  }

  private static ModelLine resolved(ModelLine line, Location folder) {
    return new ModelLine(
        line.id(),
        folder.resolve(line.path()).path(),
        line.reference(),
        line.truth() == null ? null : folder.resolve(line.truth()).path(),
        ModelLines.resolvedArchitecture(line.architecture(), folder),
        line.graph() == null ? null : folder.resolve(line.graph()).path(),
        null);
  }

  private void addObject(LocatedJson json, int number) {
    JobSchema.checkLine(json, mistakes);
    add(ModelLine.of(json.root()), number);
  }

  private void add(ModelLine line, int number) {
    lines.add(line);
    String named = line.reference();
    if (references != null && named != null && !references.contains(named)) {
      mistakes.add(number, NearestWord.noReference(named, references));
    }
  }

  private void addValues(String line, int number) {
    List<String> values = CsvLine.values(line);
    if (values == null) {
      mistakes.add(number, "a quote is not closed");
    } else if (columns == null) {
      columns = values;
      checkColumns(number);
    } else if (values.size() != columns.size()) {
      mistakes.add(
          number,
          "%d values, but the first line has %d columns".formatted(values.size(), columns.size()));
    } else {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (int i = 0; i < values.size(); i++) {
        object.put(columns.get(i), values.get(i));
      }
      if (object.path("path").asText().isEmpty()) {
        mistakes.add(number, "path is missing");
      }
      add(ModelLine.of(object), number);
    }
  }

  private void checkColumns(int number) {
    List<String> known = JobSchema.manifestColumns();
    for (String column : columns) {
      if (!known.contains(column)) {
        String hint = NearestWord.hint(column, known);
        mistakes.add(number, "unknown column '%s'%s".formatted(column, hint));
      }
    }
    if (!columns.contains("path")) {
      mistakes.add(number, "there is no column 'path'");
    }
  }
}
