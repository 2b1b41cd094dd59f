package org.findthelady.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.core.Verdict;
import org.junit.jupiter.api.Test;

class AuditPageTest {
  private static RunSummary run(int models) {
    Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    for (int i = 0; i < models; i++) {
      verdicts.merge(Rows.verdict(i), 1L, Long::sum);
    }
    return new RunSummary(
        "0123456789abcdef",
        models,
        models,
        0,
        0,
        verdicts,
        new TreeMap<>(Map.of("evidence", "all")),
        new TreeMap<>(Map.of("ftl", "0.1.0", "spark", "4.1.0")));
  }

  /** The pages of a run, by name. */
  private static Map<String, String> pages(int models, PageLimits limits, ModelFindings... more)
      throws Exception {
    Map<String, ByteArrayOutputStream> files = new TreeMap<>();
    AuditPage page =
        new AuditPage(
            limits,
            name -> {
              files.put(name, new ByteArrayOutputStream());
              return files.get(name);
            });
    for (int i = 0; i < models; i++) {
      page.add(Rows.findings(i, Rows.verdict(i)));
    }
    for (ModelFindings findings : more) {
      page.add(findings);
    }
    page.write(run(models));
    Map<String, String> pages = new TreeMap<>();
    files.forEach((name, bytes) -> pages.put(name, bytes.toString(StandardCharsets.UTF_8)));
    return pages;
  }

  private static String page(int models, ModelFindings... more) throws Exception {
    return pages(models, PageLimits.standard(), more).get("index.html");
  }

  @Test
  void everyNameIsEscaped() throws Exception {
    String evil = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>";
    ModelFindings findings =
        new ModelFindings(
            new ModelRow(
                new ModelNames(
                    evil, evil, evil, evil, evil, evil, evil, ModelNames.Contents.UNKNOWN),
                Verdict.DERIVED,
                evil,
                1,
                new NeuronCounts(1, 1, 1, 1, 1, 1),
                new Margins(0.1, 0.1),
                new ModelRow.Closeness(0.1, 0.1, 0.1, 0.1),
                new ModelRow.Size(1, 1, 1)),
            List.of(Rows.group(evil, new NeuronCounts(3, 1, 1, 1, 1, 1), 1L, 0.1, 0.1)),
            List.of(Rows.layer(new LayerRow.StoredTensor(evil, evil, evil), 0.1, 1L, false)),
            List.of(Rows.neuron(evil, 1, 0.1, evil)),
            List.of());
    String html = page(2, findings);
    assertThat(html.split("<script", -1)).as("the data and the page's own").hasSize(3);
    assertThat(html)
        .doesNotContain("<img")
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&gt;")
        .contains("\\u003cscript>alert('x')\\u003c/script>\\\">");
  }

  @Test
  void fetchesNothingAndRunsItsOwnScriptOnly() throws Exception {
    String html = page(16);
    assertThat(html)
        .contains("default-src 'none'")
        .doesNotContain("unsafe-inline")
        .doesNotContainPattern("\\ssrc\\s*=|url\\(|@import|https:|style=|onclick");
    String script = html.substring(html.lastIndexOf("<script>") + 8, html.lastIndexOf("</script>"));
    String style = html.substring(html.indexOf("<style>") + 7, html.indexOf("</style>"));
    assertThat(html)
        .contains("script-src '" + hash(script) + "'")
        .contains("style-src '" + hash(style) + "'");
  }

  private static String hash(String text) throws Exception {
    byte[] sha = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(sha);
  }

  @Test
  void theFirstPageOfALargeFleetIsSmallAndLinksTheRest() throws Exception {
    Map<String, String> pages = pages(10_000, PageLimits.standard());
    assertThat(pages.get("index.html").length()).isLessThan(2_000_000);
    assertThat(pages.get("index.html"))
        .contains("The 1,000 gravest of 10,000 models are listed here.")
        .contains("href=\"models-1.html\"");
    assertThat(pages.values()).allSatisfy(page -> assertThat(page.length()).isLessThan(4_000_000));
    String others = String.join("", pages.values());
    for (int i = 0; i < 10_000; i += 999) {
      assertThat(others).contains(">fleet/model-" + i + "<");
    }
  }

  @Test
  void aModelLinksToThePageThatHasItsDetails() throws Exception {
    Map<String, String> pages = pages(40, new PageLimits(30, 6_000, 20_000, 9, 9));
    String link = "models-2.html#model=fleet%2Fmodel-38";
    assertThat(pages.keySet()).contains("index.html", "models-1.html", "models-2.html");
    assertThat(pages.get("index.html"))
        .contains(link)
        .contains("aria-expanded=\"false\">fleet/model-0<");
    assertThat(pages.get("models-2.html")).contains("aria-expanded=\"false\">fleet/model-38<");
  }

  @Test
  void theGravestModelsComeFirst() throws Exception {
    String html = page(9);
    List<String> order =
        List.of("IDENTICAL", "DERIVED", "UNDECIDED", "UNREADABLE", "INCOMPARABLE", "UNRELATED");
    String table = html.substring(html.indexOf("<tbody"));
    assertThat(order.stream().map(verdict -> table.indexOf("</span> " + verdict))).isSorted();
  }

  @Test
  void onlyVerdictsThatOccurAreShown() throws Exception {
    assertThat(page(9)).contains("value=\"rotated\"");
    assertThat(page(2)).contains("value=\"permuted\"").doesNotContain("value=\"rotated\"");
  }

  @Test
  void aSingleModelHasAPageOfItsOwn() throws Exception {
    String html = page(1);
    assertThat(html)
        .contains("<h1>fleet/model-0 is resnet20: the same weights")
        .doesNotContain("Audit of")
        .doesNotContain("<table id=");
  }

  @Test
  void namesTheModelsThatWereNotAudited() throws Exception {
    ByteArrayOutputStream html = new ByteArrayOutputStream();
    AuditPage page = new AuditPage(PageLimits.standard(), name -> html);
    page.add(Rows.findings(0, Verdict.DERIVED));
    page.add(new AuditPage.Missed("gone", "MISSING", "there is nothing at <fleet/gone>"));
    page.write(run(1));
    assertThat(html.toString(StandardCharsets.UTF_8))
        .contains("NOT AUDITED<strong>1</strong>")
        .contains("<td class=\"name\">gone</td><td>MISSING</td>")
        .contains("nothing at &lt;fleet/gone&gt;")
        .contains("1 audited, 0 of them unreadable; 1 not audited");
  }

  @Test
  void whatIsNotMadeFromTheReferenceHasNoMovedNeurons() throws Exception {
    String html =
        page(0, Rows.findings(0, Verdict.UNRELATED), Rows.findings(1, Verdict.UNREADABLE));
    assertThat(html).contains("data-label=\"Moved\" data-none>-").doesNotContain("640");
    assertThat(html).contains("<td class=\"reference\" data-label=\"Reference\">none fits</td>");
  }

  @Test
  void isTheSameInEveryLocale() throws Exception {
    Locale before = Locale.getDefault();
    String html = page(24);
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(page(24)).isEqualTo(html);
    } finally {
      Locale.setDefault(before);
    }
    String wanted = System.getenv("FTL_PAGE");
    if (wanted != null) {
      Files.writeString(Path.of(wanted), html);
    }
  }

  @Test
  void psiIsShownWhereItIsKnownOnly() throws Exception {
    assertThat(page(24)).contains("Psi, %").contains("99.99<");
    assertThat(page(0, Rows.findings(1, Verdict.PERMUTED))).doesNotContain("Psi, %</button>");
  }

  @Test
  void consoleTableAlignsAndExplains() {
    ConsoleTable table = new ConsoleTable(2);
    table.add(Rows.model(0, Verdict.PERMUTED));
    table.add(Rows.model(1, Verdict.UNREADABLE));
    table.add(Rows.model(2, Verdict.UNREADABLE));
    assertThat(table.render())
        .isEqualTo(
            """
            MODEL          VERDICT     NEURONS  MOVED  UNCLEAR  PSI %  WHY
            fleet/model-0  PERMUTED        688    640        0  99.99  the same weights, neurons shuffled; every byte equal once put back
            fleet/model-1  UNREADABLE        -      -        -      -  damaged, unsafe or not a checkpoint
            1 more; all are in the tables

                 1 PERMUTED      the same weights, neurons shuffled; every byte equal once put back
                 2 UNREADABLE    damaged, unsafe or not a checkpoint
            """);
  }

  @Test
  void consoleTableNamesTheReferenceOfAModelThatWasComparedWithSeveral() {
    ConsoleTable table = new ConsoleTable(9);
    ModelRow row = Rows.model(0, Verdict.DERIVED);
    ModelRow.Size size = row.size();
    table.add(
        new ModelRow(
            row.names(),
            row.verdict(),
            row.reason(),
            1,
            row.counts(),
            row.margins(),
            row.closeness(),
            new ModelRow.Size(size.parameters(), size.bytesRead(), 2)));
    assertThat(table.render()).contains("REFERENCE", row.names().referenceId());
  }

  @Test
  void consoleTableNamesTheReferenceWhereThereAreSeveral() {
    ConsoleTable table = new ConsoleTable(9);
    ModelRow row = Rows.model(0, Verdict.PERMUTED);
    ModelNames other =
        new ModelNames(
            "r", "other", "none fits", "refs/llama/", "s", "", "", ModelNames.Contents.UNKNOWN);
    table.add(row);
    table.add(
        new ModelRow(
            other,
            Verdict.UNRELATED,
            "a long reason that is never cut ".repeat(9).strip(),
            1,
            row.counts(),
            row.margins(),
            row.closeness(),
            row.size()));
    table.add(Rows.model(2, Verdict.UNREADABLE));
    assertThat(table.render().lines().limit(4))
        .satisfiesExactly(
            line -> assertThat(line).matches("MODEL +VERDICT +REFERENCE +NEURONS .*"),
            line -> assertThat(line).matches(".* PERMUTED +resnet20 +688 +640 .*"),
            line -> assertThat(line).matches("other .* none fits +688 +- .* never cut"),
            line -> assertThat(line).matches(".* UNREADABLE +none fits +- .*"));
  }

  @Test
  void namesCannotSteerATerminal() {
    assertThat(Words.printable("a\u001b[31m\nb\u202ec ü"))
        .isEqualTo("a\\u001b[31m\\u000ab\\u202ec ü");
  }

  @Test
  void numbersNeverRoundUpToACleanOne() {
    assertThat(Words.percent(99.9999)).isEqualTo("99.99");
    assertThat(Words.percent(100.0)).isEqualTo("100.00");
    assertThat(Words.number(0.999999999)).isEqualTo("0.9999");
    assertThat(Words.number(-0.99999999)).isEqualTo("-0.9999");
    assertThat(Words.number(1.0)).isEqualTo("1");
    assertThat(Words.number(0.04213)).isEqualTo("0.04213");
    assertThat(Words.number(1e-30)).isEqualTo("1.00e-30");
    assertThat(Words.bytes(1536)).isEqualTo("1.5 KiB");
  }

  @Test
  void runSummaryRefusesCountsThatDoNotAddUp() {
    Map<Verdict, Long> one = Map.of(Verdict.PERMUTED, 1L);
    assertThatThrownBy(() -> new RunSummary("r", 2, 1, 0, 0, one, new TreeMap<>(), new TreeMap<>()))
        .hasMessageContaining("2 manifest lines");
    assertThatThrownBy(() -> new RunSummary("r", 2, 1, 0, 1, one, new TreeMap<>(), new TreeMap<>()))
        .hasMessageContaining("1 verdicts");
  }

  @Test
  void runJsonIsTheSameOnRerun() throws Exception {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    run(10).write(first);
    run(10).write(second);
    assertThat(first.toByteArray()).isEqualTo(second.toByteArray());
    assertThat(first.toString(StandardCharsets.UTF_8))
        .contains("\"manifestLines\" : 10")
        .contains("\"IDENTICAL\" : 2")
        .endsWith("}\n");
  }

  @Test
  void runIdsDifferWhereInputsRunTogether() {
    TreeMap<String, String> settings = new TreeMap<>(Map.of("a", "b"));
    assertThat(RunId.of(List.of("ab", "c"), settings))
        .hasSize(16)
        .isNotEqualTo(RunId.of(List.of("a", "bc"), settings))
        .isNotEqualTo(RunId.of(List.of("ab", "c", "a", "b"), new TreeMap<>()));
  }
}
