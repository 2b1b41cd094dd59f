package org.findthelady.report;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A verdict as tags of a model's version in a registry. */
public final class VersionTags {
  private static final String PREFIX = "findthelady.";

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
    return tags;
  }

  /** Whether tags that are there say of a model what new ones would, whatever the run. */
  public static boolean sayTheSame(Map<String, String> there, Map<String, String> tags) {
    return Stream.of("verdict", "reference", "reason")
        .map(key -> PREFIX + key)
        .allMatch(key -> tags.get(key).equals(there.get(key)));
  }
}
