package org.findthelady.report;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A verdict as tags of a model's version in a registry. */
public final class VersionTags {
  private static final String PREFIX = "findthelady.";

  /** Characters of a tag: MLflow 2 takes 5,000 of a registered version, and MLflow 3 more. */
  private static final int LONGEST = 4_000;

  /** What MLflow 1 takes. */
  private static final int BRIEF = 500;

  private VersionTags() {}

  /**
   * The tags of a model.
   *
   * @param run where readers see the run
   */
  public static Map<String, String> of(ModelRow row, String run) {
    Map<String, String> tags = new TreeMap<>();
    tags.put(PREFIX + "verdict", row.verdict().name());
    tags.put(PREFIX + "reference", row.names().referenceId());
    tags.put(PREFIX + "reason", row.reason());
    tags.put(PREFIX + "run", row.names().runId());
    tags.put(PREFIX + "report", ModelView.link(run + "/" + AuditPage.FIRST, row));
    return cut(tags, LONGEST);
  }

  /** Tags that servers take too which do not take long texts. */
  public static Map<String, String> brief(Map<String, String> tags) {
    return cut(tags, BRIEF);
  }

  /** Texts that are too long lose their middle: of a reason both ends tell something. */
  private static Map<String, String> cut(Map<String, String> tags, int length) {
    Map<String, String> cut = new TreeMap<>();
    tags.forEach((key, value) -> cut.put(key, Words.shortened(value, length)));
    return cut;
  }

  /** Whether tags that are there say of a model what new ones would, whatever the run. */
  public static boolean sayTheSame(Map<String, String> there, Map<String, String> tags) {
    return Stream.of("verdict", "reference", "reason")
        .map(key -> PREFIX + key)
        .allMatch(
            key ->
                tags.get(key).equals(there.get(key))
                    || brief(tags).get(key).equals(there.get(key)));
  }
}
