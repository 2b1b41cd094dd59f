package org.findthelady.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.core.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page by the rules of axe-core (roles, labels, contrast, focus) and by its width, light and
 * dark, on a desk and on a phone, with models unfolded. Skipped where there is no Chromium.
 */
class AccessibilityTest {
  private static final String AXE =
      "axe.run(document).then(found => found.violations.map(rule =>"
          + " rule.id + ': ' + rule.nodes.map(node => node.html).join(' ')))";

  @TempDir private Path folder;

  private String page(int models) throws IOException {
    AuditPage page =
        new AuditPage(PageLimits.standard(), name -> Files.newOutputStream(folder.resolve(name)));
    for (int i = 0; i < models; i++) {
      page.add(Rows.findings(i, Rows.verdict(i)));
    }
    page.add(new AuditPage.Missed("gone", "MISSING", "nothing there"));
    page.write(
        new RunSummary(
            "id", 0, 0, 0, 0, Map.of(), new TreeMap<>(Map.of("job", "x")), new TreeMap<>()));
    return folder.resolve("index.html").toUri().toString();
  }

  private static String axe() throws IOException {
    try (InputStream script = AccessibilityTest.class.getResourceAsStream("/axe.min.js")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aPageBreaksNoRuleAndFitsItsWindow() throws Exception {
    assumeThat(Browser.installed()).as("a Chromium on the PATH").isPresent();
    String address = page(Verdict.values().length);
    try (Browser browser = new Browser(folder.resolve("profile"))) {
      for (int width : List.of(400, 1010, 1280)) {
        for (String scheme : List.of("light", "dark")) {
          String where = width + " " + scheme;
          browser.open(address, width, scheme);
          int open =
              browser
                  .evaluate(
                      "(() => { const names = document.querySelectorAll('#models tbody th button');"
                          + " names.forEach(name => name.click()); return names.length; })()")
                  .asInt();
          assertThat(open).as(where).isEqualTo(Verdict.values().length);
          assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
              .as(where)
              .isLessThanOrEqualTo(width);
          browser.evaluate(axe() + "; null");
          assertThat(browser.evaluate(AXE)).as(where).isEmpty();
        }
      }
      // The check sees what is wrong.
      browser.evaluate(
          "document.querySelector('#search').removeAttribute('aria-label');"
              + " document.querySelector('#search').removeAttribute('placeholder')");
      assertThat(browser.evaluate(AXE)).hasSize(1);
    }
  }
}
