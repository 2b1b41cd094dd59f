package org.findthelady.report;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * The verdicts of a run, for the formats that other programs read.
 *
 * @param models rows of the models that have a verdict
 * @param missed models that could not be looked at
 */
public record Judged(
    String runId, String version, List<ModelRow> models, List<AuditPage.Missed> missed) {
  public Judged {
    models = List.copyOf(models);
    missed = List.copyOf(missed);
  }

  /** A path or address as a URI. */
  static String uri(String path) {
    try {
      int colon = path.indexOf("://");
      return colon < 0
          ? new URI("file", "", path.startsWith("/") ? path : "/" + path, null).toASCIIString()
          : new URI(path.substring(0, colon), path.substring(colon + 1), null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(path + " is no path", e);
    }
  }
}
