package org.findthelady.job.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;

/** A job file that fits its schema, with the lines on which its entries stand. */
public final class JobText {
  private final LocatedJson json;
  private final JobFile job;
  private final String where;

  private JobText(LocatedJson json, String where) {
    this.json = json;
    this.job = JobFile.of(json.root());
    this.where = where;
  }

  /**
   * Reads a job file.
   *
   * @param where named in messages
   * @throws org.findthelady.core.UserException with all that is wrong, if something is
   */
  public static JobText parse(String text, String where) {
    Mistakes mistakes = new Mistakes(where);
    LocatedJson json = LocatedJson.parse(text, 0, mistakes);
    JobSchema.check(json, mistakes);
    checkIds(json, mistakes);
    mistakes.throwIfAny();
    return new JobText(json, where);
  }

  /** Ids stand once; a reference that a suspect names is there, if all ids are known by now. */
  private static void checkIds(LocatedJson json, Mistakes mistakes) {
    Set<String> ids = new TreeSet<>();
    boolean all = true;
    JsonNode references = json.root().path("references");
    for (int i = 0; i < references.size(); i++) {
      JsonNode id = references.get(i).path("id");
      all &= id.isTextual();
      if (id.isTextual() && !ids.add(id.asText())) {
        String place = "references[" + i + "].id";
        mistakes.add(json.line(place), "%s: '%s' stands twice".formatted(place, id.asText()));
      }
    }
    JsonNode suspects = json.root().path("suspects");
    for (int i = 0; all && i < suspects.size(); i++) {
      JsonNode named = suspects.get(i).path("reference");
      if (named.isTextual() && !ids.contains(named.asText())) {
        String place = "suspects[" + i + "].reference";
        String wrong = NearestWord.noReference(named.asText(), ids);
        mistakes.add(json.line(place), place + ": " + wrong);
      }
    }
  }

  public JobFile job() {
    return job;
  }

  /** The file, as it is named in messages. */
  public String where() {
    return where;
  }

  /**
   * The line of an entry.
   *
   * @param list {@code references} or {@code suspects}
   */
  public int line(String list, int index, String key) {
    return json.line("%s[%d].%s".formatted(list, index, key));
  }
}
