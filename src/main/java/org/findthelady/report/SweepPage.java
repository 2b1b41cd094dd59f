package org.findthelady.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.findthelady.lab.Attack;
import org.findthelady.lab.AttackKind;
import org.findthelady.lab.CellResult;
import org.findthelady.lab.Method;
import org.findthelady.lab.ModelSpec;
import org.findthelady.lab.Protocol;
import org.findthelady.lab.Sweep;

/**
 * The result page of a sweep: Markdown with tables, curves as SVG files beside it, and the same as
 * one HTML page. A function of the sweep and its rows.
 */
public final class SweepPage {
  private final Sweep sweep;
  private final SweepSummary summary;
  private final Map<String, String> charts = new LinkedHashMap<>();
  private final List<Section> sections = new ArrayList<>();

  /** A heading, words, tables and charts. */
  public record Section(
      String title, List<String> words, List<Table> tables, List<String> chartNames) {}

  /** A table with its heading row first. */
  public record Table(String caption, List<List<String>> rows) {}

  public SweepPage(Sweep sweep, List<CellResult> rows) {
    this.sweep = sweep;
    this.summary = new SweepSummary(rows);
    for (Protocol protocol : sweep.protocols()) {
      sections.add(protocol == Protocol.LAYER ? layerSection() : networkSection());
    }
  }

  /** File name to SVG, in the order of the page. */
  public Map<String, String> charts() {
    return Map.copyOf(charts);
  }

  /** The page in Markdown, its charts under their file names. */
  public String markdown() {
    StringBuilder text = new StringBuilder("# " + MarkdownTable.escaped(sweep.name()) + "\n\n");
    text.append("Made by `ftl evaluate` from its job file; do not edit.\n\n");
    sweep.notes().forEach(note -> text.append(MarkdownTable.escaped(note)).append("\n\n"));
    for (Section section : sections) {
      text.append("## ").append(section.title()).append("\n\n");
      section.words().forEach(words -> text.append(words).append("\n\n"));
      for (Table table : section.tables()) {
        MarkdownTable markdown = new MarkdownTable(table.rows().get(0));
        table.rows().stream().skip(1).forEach(markdown::row);
        text.append("**").append(MarkdownTable.escaped(table.caption())).append("**\n\n");
        text.append(markdown).append('\n');
      }
      for (String chart : section.chartNames()) {
        text.append("![").append(chart).append("](").append(chart).append(")\n\n");
      }
    }
    return text.toString();
  }

  /** The page in HTML, its charts within it. */
  public String html() {
    return Pages.render(
        "sweep.ftlh", Map.of("sweep", sweep, "sections", sections, "charts", charts));
  }

  private Section layerSection() {
    List<ModelSpec> models =
        sweep.models().stream().filter(model -> model.hit().isPresent()).toList();
    List<Table> tables = new ArrayList<>();
    if (models.stream().anyMatch(model -> !model.published().isEmpty())) {
      tables.add(
          layerTable(
              "Published (arXiv 2312.14182, Table 1), Psi in percent",
              models,
              (model, attack, strength) -> shown(model.published(attack, strength))));
    }
    tables.add(
        layerTable(
            "The paper's method reproduced on the same layer shapes: mean Psi over "
                + sweep.seeds()
                + " seeds, half width of its 95 % interval, [closed form]",
            models,
            this::reproduced));
    tables.add(
        layerTable(
            "Ours on the same perturbed layers: mean Psi; wrong and unmarked neurons if any",
            models,
            (model, attack, strength) ->
                ours(point(model, Protocol.LAYER, attack, strength, Method.FTL))));
    List<String> names = new ArrayList<>();
    for (Attack attack : sweep.attacks()) {
      names.addAll(layerCharts(models, attack));
    }
    return new Section(
        "One layer hit (the paper's protocol)",
        List.of(
            "The tested layer's weights are perturbed and its neurons permuted; nothing else is"
                + " touched. The paper's method sees the incoming weights alone; ours also what"
                + " the attack left alone: the group's other weights and terms."),
        tables,
        names);
  }

  private interface Value {
    String of(ModelSpec model, AttackKind attack, double strength);
  }

  private Table layerTable(String caption, List<ModelSpec> models, Value value) {
    List<List<String>> rows = new ArrayList<>();
    List<String> heading = new ArrayList<>(List.of("perturbation"));
    models.forEach(model -> heading.add(model.name()));
    rows.add(heading);
    for (Attack attack : sweep.attacks()) {
      for (double strength : attack.strengths()) {
        List<String> row = new ArrayList<>(List.of(step(attack.kind(), strength)));
        models.forEach(model -> row.add(value.of(model, attack.kind(), strength)));
        rows.add(row);
      }
    }
    return new Table(caption, rows);
  }

  private Optional<SweepSummary.Point> point(
      ModelSpec model, Protocol protocol, AttackKind attack, double strength, Method method) {
    return summary.point(model.name(), protocol, attack, strength, method);
  }

  private String reproduced(ModelSpec model, AttackKind attack, double strength) {
    return point(model, Protocol.LAYER, attack, strength, Method.PAPER)
        .map(
            point -> {
              double half = point.psi().high() - point.psi().middle();
              String closed =
                  point.closedForm() == null ? "" : " [" + shown(point.closedForm()) + "]";
              return shown(point.psi().middle())
                  + (half > 0 && Double.isFinite(half) ? " ± " + shown(half) : "")
                  + closed;
            })
        .orElse("");
  }

  private static String ours(Optional<SweepSummary.Point> point) {
    return point
        .map(
            p ->
                shown(p.psi().middle())
                    + (p.wrongSilent() > 0 ? ", " + p.wrongSilent() + " unmarked" : ""))
        .orElse("");
  }

  private List<String> layerCharts(List<ModelSpec> models, Attack attack) {
    List<String> names = new ArrayList<>();
    for (Method method : List.of(Method.PAPER, Method.FTL)) {
      List<CurveChart.Curve> curves = new ArrayList<>();
      for (int m = 0; m < models.size(); m++) {
        ModelSpec model = models.get(m);
        curves.add(curve(model.name(), model, Protocol.LAYER, attack, method, m));
        double[] closed = closedForm(model, Protocol.LAYER, attack, method);
        if (closed != null) {
          curves.add(
              new CurveChart.Curve(model.name() + ", closed form", closed, null, null, m, true));
        }
      }
      String name = name("layer", attack.kind(), method.name());
      names.add(
          addChart(
              name,
              "One layer hit, " + attack.kind().label() + ": " + method.words(),
              attack,
              curves));
    }
    return names;
  }

  private String addChart(String name, String title, Attack attack, List<CurveChart.Curve> curves) {
    List<String> steps = attack.strengths().stream().map(SweepPage::number).toList();
    charts.put(name, new CurveChart(title, attack.kind().label(), "percent", steps, curves).svg());
    return name;
  }

  private CurveChart.Curve curve(
      String label, ModelSpec model, Protocol protocol, Attack attack, Method method, int colour) {
    int count = attack.strengths().size();
    double[] values = new double[count];
    double[] low = new double[count];
    double[] high = new double[count];
    for (int i = 0; i < count; i++) {
      Optional<SweepSummary.Point> point =
          point(model, protocol, attack.kind(), attack.strengths().get(i), method);
      values[i] = point.map(p -> p.psi().middle()).orElse(Double.NaN);
      low[i] = point.map(p -> p.psi().low()).orElse(Double.NaN);
      high[i] = point.map(p -> p.psi().high()).orElse(Double.NaN);
    }
    return new CurveChart.Curve(label, values, low, high, colour, false);
  }

  private double[] closedForm(ModelSpec model, Protocol protocol, Attack attack, Method method) {
    double[] values = new double[attack.strengths().size()];
    for (int i = 0; i < values.length; i++) {
      Optional<SweepSummary.Point> point =
          point(model, protocol, attack.kind(), attack.strengths().get(i), method);
      if (point.isEmpty() || point.get().closedForm() == null) {
        return null;
      }
      values[i] = point.get().closedForm();
    }
    return values;
  }

  private Section networkSection() {
    List<Table> tables = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (ModelSpec model : sweep.models()) {
      tables.add(networkTable(model));
      for (Attack attack : sweep.attacks()) {
        if (attack.strengths().size() > 1) {
          names.add(networkChart(model, attack));
        }
      }
    }
    return new Section(
        "Every layer hit, every group permuted",
        List.of(
            "Every convolution and linear weight is perturbed and every permutation group"
                + " shuffled. The bound matches each group with all others in their true order:"
                + " what the evidence itself holds. Wrong placements are counted by whether they"
                + " were marked (ambiguous or interchangeable)."),
        tables,
        names);
  }

  private Table networkTable(ModelSpec model) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "perturbation",
            "Psi, paper",
            "Psi, ours",
            "bound",
            "closed form",
            "wrong, marked",
            "wrong, unmarked",
            "error %",
            "KL, nats"));
    for (Attack attack : sweep.attacks()) {
      for (double strength : attack.strengths()) {
        Optional<SweepSummary.Point> ours =
            point(model, Protocol.NETWORK, attack.kind(), strength, Method.FTL);
        rows.add(
            List.of(
                step(attack.kind(), strength),
                middle(point(model, Protocol.NETWORK, attack.kind(), strength, Method.PAPER)),
                middle(ours),
                middle(point(model, Protocol.NETWORK, attack.kind(), strength, Method.ORACLE)),
                shown(ours.map(SweepSummary.Point::closedForm).orElse(null)),
                ours.map(p -> Words.count(p.wrongMarked())).orElse(""),
                ours.map(p -> Words.count(p.wrongSilent())).orElse(""),
                shown(ours.map(SweepSummary.Point::errorPercent).orElse(null)),
                ours.map(SweepSummary.Point::divergence).map(Words::number).orElse("")));
      }
    }
    String neurons =
        summary.points().stream()
            .filter(p -> p.key().model().equals(model.name()))
            .filter(p -> p.key().protocol() == Protocol.NETWORK)
            .findFirst()
            .map(p -> ": " + Words.count(p.neurons()) + " neurons, " + p.seeds() + " seeds")
            .orElse("");
    return new Table(model.name() + neurons, rows);
  }

  private String networkChart(ModelSpec model, Attack attack) {
    List<CurveChart.Curve> curves = new ArrayList<>();
    int colour = 0;
    for (Method method : sweep.methods()) {
      curves.add(
          curve(
              "Psi, " + method.name().toLowerCase(Locale.ROOT),
              model,
              Protocol.NETWORK,
              attack,
              method,
              colour));
      double[] closed = closedForm(model, Protocol.NETWORK, attack, method);
      if (closed != null && method != Method.ORACLE) {
        curves.add(
            new CurveChart.Curve(
                "closed form, " + method.name().toLowerCase(Locale.ROOT),
                closed,
                null,
                null,
                colour,
                true));
      }
      colour++;
    }
    if (model.task() != null) {
      double[] errors =
          attack.strengths().stream()
              .mapToDouble(
                  strength ->
                      point(model, Protocol.NETWORK, attack.kind(), strength, Method.FTL)
                          .map(SweepSummary.Point::errorPercent)
                          .orElse(Double.NaN))
              .toArray();
      curves.add(
          new CurveChart.Curve("error of the perturbed model", errors, null, null, 6, false));
    }
    return addChart(
        name("network-" + model.name(), attack.kind(), "all"),
        model.name() + ", every layer hit: " + attack.kind().label(),
        attack,
        curves);
  }

  private static String name(String first, AttackKind attack, String last) {
    return (first + "-" + attack + "-" + last)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
        + ".svg";
  }

  private static String step(AttackKind attack, double strength) {
    return attack == AttackKind.NONE ? attack.label() : attack.label() + " = " + number(strength);
  }

  private static String number(double strength) {
    return strength == Math.rint(strength)
        ? Long.toString((long) strength)
        : Double.toString(strength);
  }

  private static String middle(Optional<SweepSummary.Point> point) {
    return shown(point.map(p -> p.psi().middle()).orElse(null));
  }

  private static String shown(Double percent) {
    return percent == null ? "" : Words.percent(percent);
  }
}
