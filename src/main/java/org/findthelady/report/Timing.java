package org.findthelady.report;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code timing.json} says: the one file of a run that differs from rerun to rerun.
 *
 * @param runId the run
 * @param startedAt ISO-8601 in UTC
 * @param seconds wall time by step, in the order taken
 * @param modelSeconds wall time by model
 */
public record Timing(
    String runId, String startedAt, Map<String, Double> seconds, Map<String, Double> modelSeconds) {
  public Timing {
    seconds = Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    modelSeconds = Collections.unmodifiableMap(new LinkedHashMap<>(modelSeconds));
  }

  /** Writes timing.json. Does not close the stream. */
  public void write(OutputStream target) throws IOException {
    RunSummary.writeJson(this, target);
  }
}
