package org.findthelady.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private static String page(int models, PageLimits limits, ModelFindings... more)
      throws Exception {
    AuditPage page = new AuditPage(limits);
    for (int i = 0; i < models; i++) {
      page.add(Rows.findings(i, Rows.verdict(i)));
    }
    for (ModelFindings findings : more) {
      page.add(findings);
    }
    ByteArrayOutputStream html = new ByteArrayOutputStream();
    page.write(run(models), "tables/models.parquet", html);
    return html.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyNameIsEscaped() throws Exception {
    String evil = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>";
    ModelRow row = Rows.model(0, Verdict.DERIVED);
    ModelFindings findings =
        new ModelFindings(
            new ModelRow(
                new ModelNames(evil, evil, evil, evil, evil, evil, evil),
                Verdict.DERIVED,
                evil,
                1,
                new NeuronCounts(1, 1, 1, 1, 1, 1),
                new Margins(0.1, 0.1),
                new ModelRow.Closeness(0.1, 0.1, 0.1, 0.1),
                new ModelRow.Size(1, 1, 1)),
            List.of(Rows.group(evil, new NeuronCounts(1, 1, 1, 1, 1, 1), 1L, 0.1, 0.1)),
            List.of(Rows.layer(new LayerRow.StoredTensor(evil, evil, evil), 0.1, 1L, false)),
            List.of(Rows.neuron(evil, 1, 0.1, evil)),
            List.of());
    assertThat(row.verdict()).isEqualTo(Verdict.DERIVED);
    String html = page(0, PageLimits.standard(), findings);
    assertThat(html)
        .doesNotContain("<script")
        .doesNotContain("<img")
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&gt;");
    assertThat(html.split("&lt;script", -1)).hasSizeGreaterThan(10);
  }

  @Test
  void fetchesNothing() throws Exception {
    assertThat(page(16, PageLimits.standard()))
        .contains("default-src 'none'")
        .doesNotContainPattern("(src|href)\\s*=|url\\(|@import|https?:");
  }

  @Test
  void saysWhatItLeavesOut() throws Exception {
    String html = page(10_000, PageLimits.standard());
    assertThat(html.length()).isLessThan(6_000_000);
    assertThat(html)
        .contains("The first 1000 of 10,000 are shown; the other 9,000 are in")
        .contains("fleet/model-999<")
        .doesNotContain("fleet/model-1000<");
  }

  @Test
  void isTheSameInEveryLocale() throws Exception {
    Locale before = Locale.getDefault();
    String html = page(24, PageLimits.standard());
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(page(24, PageLimits.standard())).isEqualTo(html);
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
    assertThat(page(24, PageLimits.standard())).contains("Psi, %").contains("99.99<");
    AuditPage page = new AuditPage(PageLimits.standard());
    page.add(Rows.findings(1, Verdict.PERMUTED));
    ByteArrayOutputStream html = new ByteArrayOutputStream();
    page.write(run(1), "t", html);
    assertThat(html.toString(StandardCharsets.UTF_8)).doesNotContain("Psi");
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
