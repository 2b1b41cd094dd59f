package org.findthelady.report;

import java.util.List;
import java.util.Locale;

/** A model as the page shows it: texts, and bar lengths in percent. */
public record ModelView(
    String id,
    String suspect,
    String reference,
    String format,
    String structure,
    String verdict,
    String style,
    String glyph,
    String reason,
    String neurons,
    String moved,
    String movedBar,
    String unclear,
    String psi,
    String margin,
    String medianMargin,
    String difference,
    String cosine,
    String pValue,
    String parameters,
    String bytesRead,
    boolean detail,
    List<GroupView> groups,
    List<LayerView> layers,
    List<NeuronView> neuronRows,
    String moreLayers,
    String moreNeurons) {
  /** A permutation group. */
  public record GroupView(
      String name,
      String neurons,
      String moved,
      String movedBar,
      String ambiguous,
      String interchangeable,
      String changed,
      String certified,
      String margin,
      String psi) {
    static GroupView of(GroupRow row) {
      return new GroupView(
          Words.printable(row.group()),
          Words.count(row.neurons()),
          Words.count(row.moved()),
          bar(row.moved(), row.neurons()),
          Words.count(row.ambiguous()),
          Words.count(row.interchangeable()),
          Words.count(row.rescaled() + row.flipped()),
          row.certified() == null ? "-" : Words.count(row.certified()),
          Words.number(row.smallestMargin()),
          Words.percent(row.psi()));
    }
  }

  /** A tensor. */
  public record LayerView(
      String name,
      String type,
      String shape,
      String cosine,
      String normRatio,
      String difference,
      String differenceBar,
      String zeros,
      String distinct,
      boolean equal) {
    static LayerView of(LayerRow row) {
      double difference = row.relativeL2() == null ? 0 : row.relativeL2();
      return new LayerView(
          Words.printable(row.tensor()),
          row.dtype(),
          row.shape(),
          Words.number(row.cosine()),
          Words.number(row.normRatio()),
          Words.number(row.relativeL2()),
          bar(Math.min(1, difference)),
          percentOf(row.zeroFractionReference()) + " → " + percentOf(row.zeroFractionSuspect()),
          row.distinctValues() == null ? "-" : Words.count(row.distinctValues()),
          row.bytesEqual());
    }

    private static String percentOf(double fraction) {
      return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }
  }

  /** A neuron with a finding. */
  public record NeuronView(
      String group,
      String neuron,
      String source,
      String cosine,
      String margin,
      String normRatio,
      String state) {
    static NeuronView of(NeuronRow row) {
      return new NeuronView(
          Words.printable(row.group()),
          Words.count(row.neuron()),
          row.source() == null ? "-" : Words.count(row.source()),
          Words.number(row.cosine()),
          Words.number(row.margin()),
          Words.number(row.normRatio()),
          row.state().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
  }

  static ModelView of(ModelFindings findings, boolean detail, PageLimits limits) {
    ModelRow row = findings.model();
    boolean matched = row.neurons() > 0;
    int layers = detail ? Math.min(limits.layers(), findings.layers().size()) : 0;
    int neurons = detail ? Math.min(limits.neurons(), findings.neurons().size()) : 0;
    return new ModelView(
        Words.printable(row.modelId()),
        Words.printable(row.suspect()),
        Words.printable(row.reference()),
        row.format(),
        Words.printable(row.structure()),
        row.verdict().name(),
        VerdictView.style(row.verdict()),
        row.verdict().glyph(),
        Words.printable(row.reason()),
        matched ? Words.count(row.neurons()) : "-",
        matched ? Words.count(row.moved()) : "-",
        bar(row.moved(), row.neurons()),
        matched ? Words.count(row.ambiguous()) : "-",
        Words.percent(row.psi()),
        Words.number(row.smallestMargin()),
        Words.number(row.medianMargin()),
        Words.number(row.relativeL2()),
        Words.number(row.cosine()),
        Words.number(row.pValue()),
        Words.count(row.parameters()),
        Words.bytes(row.bytesRead()),
        detail,
        detail ? findings.groups().stream().map(GroupView::of).toList() : List.of(),
        findings.layers().stream().limit(layers).map(LayerView::of).toList(),
        findings.neurons().stream().limit(neurons).map(NeuronView::of).toList(),
        Words.count(detail ? findings.layers().size() - layers : 0),
        Words.count(detail ? findings.neurons().size() - neurons : 0));
  }

  private static String bar(long part, long whole) {
    return bar(whole == 0 ? 0 : (double) part / whole);
  }

  /** Length of a bar in percent of its track. */
  private static String bar(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }
}
