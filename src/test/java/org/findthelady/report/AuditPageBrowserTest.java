package org.findthelady.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.findthelady.core.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as headless Chromium shows it from a file; skipped where there is none. */
class AuditPageBrowserTest {
  private static final String EVIL = "<script>document.title='run'</script>";

  @TempDir private Path folder;

  private String dom(String address) throws Exception {
    assumeThat(Browser.installed()).as("a Chromium on the PATH").isPresent();
    Path dom = folder.resolve("dom.html");
    Process process =
        new ProcessBuilder(
                List.of(
                    Browser.installed().orElseThrow().toString(),
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--user-data-dir=" + folder.resolve("profile"),
                    "--virtual-time-budget=2000",
                    "--dump-dom",
                    address))
            .redirectOutput(dom.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readString(dom);
  }

  private Path page(ModelFindings... models) throws Exception {
    AuditPage page =
        new AuditPage(PageLimits.standard(), name -> Files.newOutputStream(folder.resolve(name)));
    for (ModelFindings findings : models) {
      page.add(findings);
    }
    page.write(
        new RunSummary(
            "id", 0, 0, 0, 0, Map.of(), new TreeMap<>(Map.of("job", "x")), new TreeMap<>()));
    return folder.resolve("index.html");
  }

  private static ModelFindings evil() {
    ModelFindings findings = Rows.findings(3, Verdict.DERIVED);
    return new ModelFindings(
        findings.model(),
        findings.groups(),
        List.of(Rows.layer(new LayerRow.StoredTensor(EVIL, "F32", "[1]"), 0.5, null, false)),
        findings.neurons(),
        findings.findings());
  }

  @Test
  void aLinkOpensItsModelAndAScriptInANameIsText() throws Exception {
    Path page = page(evil(), Rows.findings(1, Verdict.PERMUTED));
    String dom = dom(page.toUri() + "#model=fleet%2Fmodel-3");
    assertThat(dom)
        .contains("<title>Audit x: 2 models</title>")
        .contains("aria-expanded=\"true\">fleet/model-3<")
        .contains("aria-expanded=\"false\">fleet/model-1<")
        .contains("<td class=\"\">&lt;script&gt;document.title='run'&lt;/script&gt;</td>")
        .contains("class=\"strip\"")
        .contains("2 of 2 models");
  }

  @Test
  void saysWhenItWasWrittenThoughItsBytesDoNot() throws Exception {
    Path page = page(evil());
    assertThat(page).content().doesNotContain("2026-01-02");
    Files.setLastModifiedTime(page, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    assertThat(dom(page.toUri().toString())).contains("2026-01-02 03:04 UTC");
  }

  @Test
  void aSingleModelIsDrawnOpen() throws Exception {
    assertThat(dom(page(evil()).toUri().toString()))
        .contains("Groups of neurons that move together")
        .contains("Margin to the second best");
  }
}
