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
import org.findthelady.experiment.CellResult;
import org.findthelady.experiment.Method;
import org.findthelady.experiment.Protocol;
import org.findthelady.experiment.StudyTable;
import org.findthelady.experiment.Sweep;
import org.findthelady.experiment.SweepCell;
import org.findthelady.perturb.AttackKind;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class ResultPageTest {
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
        if (cell.protocol() == Protocol.LAYER && method != Method.PAPER && method != Method.FTL) {
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
                method == Method.PAPER ? 87.65 : null,
                method == Method.FTL && cell.attack() == AttackKind.NOISE ? -1.0 : null));
      }
    }
    return rows;
  }

  private static ResultPage page(Sweep sweep, List<StudyTable> studies) {
    Chapter chapter = Chapter.of("", sweep, rows(sweep), studies);
    return new ResultPage(sweep.name(), "made", List.of(), List.of(chapter));
  }

  @Test
  void showsPublishedReproducedAndOursSideBySide() throws Exception {
    Sweep sweep = sweep("table1.json");
    String markdown = page(sweep, List.of()).markdown();
    assertThat(markdown)
        .contains("| noise, Ω = 10 | 93.50 | 94.90 | 12.93 |")
        .contains("| noise, Ω = 10 | 88.45 ± 0.22 \\[87.65; 94.79\\] |")
        .contains("| bits, B = 2 | 99.90 | 99.90 |")
        .contains("![layer-noise-paper.svg](layer-noise-paper.svg)");
  }

  @Test
  void everyChartIsWellFormedAndNamedOnThePage() throws Exception {
    for (String job : List.of("table1.json", "trained.json")) {
      Sweep sweep = sweep(job);
      ResultPage page = page(sweep, List.of());
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
      assertThat(page(sweep, List.of()).html()).isEqualTo(html);
    }
  }

  @Test
  void saysWhetherTheClosedFormIsMetAndHowFarTheLimitIs() throws Exception {
    Sweep table = sweep("table1.json");
    assertThat(page(table, List.of()).markdown())
        .contains("of the reproduction in 0 of 99 cells; 99 of them have any spread")
        .contains("is within it in 0 of the 36 cells with noise")
        .contains("the smallest mean Psi of all cells is 99.90");
    Sweep trained = sweep("trained.json");
    assertThat(page(trained, List.of()).markdown())
        .contains("Ours is behind the information limit by at most 0.00 points")
        .contains("information limit | fell short, seeds |")
        .contains("In 0 of ")
        .contains("It is within a point of it in ");
  }

  @Test
  void chaptersKeepTheirChartsApartAndStudiesDrawTheirPoints() throws Exception {
    Sweep sweep = sweep("quick.json");
    StudyTable.Cloud cloud =
        new StudyTable.Cloud(
            "a <cloud>", "x", "y", List.of(new StudyTable.Point("dots & co", 0.5, -1)));
    StudyTable study = new StudyTable("s", List.of("w"), List.of("h"), List.of(), List.of(cloud));
    Chapter one = Chapter.of("one-", sweep, rows(sweep), List.of(study));
    Chapter two = Chapter.of("two-", sweep, rows(sweep), List.of());
    ResultPage page = new ResultPage("all", "made", List.of("first"), List.of(one, two));
    assertThat(page.charts()).hasSize(one.charts().size() + two.charts().size());
    assertThat(page.charts()).containsKey("one-a-cloud-.svg");
    assertThat(page.charts().get("one-a-cloud-.svg"))
        .contains("dots &amp; co", "cx=\"287.0\" cy=\"344.0\"");
    assertThat(page.markdown()).contains("## A quick sweep", "### One layer hit");
    assertThat(page.html()).contains("<h2>A quick sweep</h2>");
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
