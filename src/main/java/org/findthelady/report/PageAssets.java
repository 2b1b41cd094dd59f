package org.findthelady.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.findthelady.core.Digests;

/**
 * A page's own style and script, which stand in it, with the hashes by which its content security
 * policy lets these two run and nothing else.
 */
public record PageAssets(String style, String styleHash, String script, String scriptHash) {
  /** Those of the audit page. */
  static final PageAssets AUDIT = of(text("audit.css"), text("audit.js"));

  private static PageAssets of(String style, String script) {
    return new PageAssets(style, hash(style), script, hash(script));
  }

  private static String text(String name) {
    try (InputStream in = PageAssets.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String text) {
    byte[] sha = Digests.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(sha);
  }
}
