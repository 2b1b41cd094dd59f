package org.findthelady.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.findthelady.lab.CellResult;
import org.findthelady.lab.Method;
import org.findthelady.lab.Protocol;
import org.findthelady.lab.Sweep;
import org.findthelady.lab.SweepCell;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class SweepPageTest {
  private static Sweep sweep(String name) throws Exception {
    Path file = Path.of("jobs", name);
    try (InputStream json = Files.newInputStream(file)) {
      return Sweep.read(file.toString(), json);
    }
  }

  /** Made-up results: one row a cell and method, Psi falling with strength. */
  private static List<CellResult> rows(Sweep sweep) {
    List<CellResult> rows = new ArrayList<>();
    for (SweepCell cell : sweep.cells()) {
      for (Method method : cell.methods()) {
        if (cell.protocol() == Protocol.LAYER && method == Method.ORACLE) {
          continue;
        }
        long right = method == Method.PAPER ? 900 - (long) cell.strength() - cell.seed() : 999;
        rows.add(
            new CellResult(
                cell.model().name(),
                cell.protocol(),
                cell.attack(),
                cell.strength(),
                cell.seed(),
                method,
                1,
                1000,
                right,
                1,
                0,
                method == Method.PAPER ? 0 : 1000 - right - 1,
                5,
                right / 10.0,
                cell.model().task() == null ? null : 12.5,
                cell.model().task() == null ? null : 0.03,
                method == Method.PAPER ? 87.65 : null));
      }
    }
    return rows;
  }

  @Test
  void showsPublishedReproducedAndOursSideBySide() throws Exception {
    Sweep sweep = sweep("table1.json");
    String markdown = new SweepPage(sweep, rows(sweep)).markdown();
    assertThat(markdown)
        .contains("| noise, Ω = 10 | 93.50 | 94.90 | 12.93 |")
        .contains("| noise, Ω = 10 | 88.45 ± 0.22 \\[87.65\\] |")
        .contains("| bits, B = 2 | 99.90 | 99.90 |")
        .contains("![layer-noise-paper.svg](layer-noise-paper.svg)");
  }

  @Test
  void everyChartIsWellFormedAndNamedOnThePage() throws Exception {
    for (String job : List.of("table1.json", "trained.json")) {
      Sweep sweep = sweep(job);
      SweepPage page = new SweepPage(sweep, rows(sweep));
      assertThat(page.charts()).isNotEmpty();
      String html = page.html();
      for (var chart : page.charts().entrySet()) {
        assertThat(page.markdown()).contains("(" + chart.getKey() + ")");
        assertThat(html).contains(chart.getValue().strip());
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(chart.getValue())));
      }
      assertThat(page.html()).isEqualTo(html).doesNotContainPattern("(src|href)=");
      assertThat(new SweepPage(sweep, rows(sweep)).html()).isEqualTo(html);
    }
  }

  @Test
  void chartsEscapeNames() {
    CurveChart.Curve curve =
        new CurveChart.Curve("<script>", new double[] {1, Double.NaN, 3}, null, null, 0, false);
    assertThat(new CurveChart("a & b", "x", "y", List.of("1", "2", "3"), List.of(curve)).svg())
        .contains("&lt;script&gt;")
        .contains("a &amp; b")
        .doesNotContain("NaN");
    assertThatThrownBy(() -> new CurveChart("t", "x", "y", List.of("1"), List.of(curve)))
        .hasMessageContaining("3 values, 1 steps");
  }

  @Test
  void markdownCellsCannotBreakTheTable() {
    MarkdownTable table = new MarkdownTable(List.of("a|b", "<i>"));
    table.row(List.of("x\ny", "[l](u)"));
    assertThat(table.toString())
        .isEqualTo("| a\\|b | &lt;i> |\n| --- | ---: |\n| x\\\\u000ay | \\[l\\](u) |\n");
    assertThatThrownBy(() -> table.row(List.of("x"))).hasMessageContaining("1 cells");
  }
}
