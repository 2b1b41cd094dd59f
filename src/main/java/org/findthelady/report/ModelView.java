package org.findthelady.report;

import java.util.List;
import java.util.Locale;

/**
 * A model as the page shows it: texts, and bar lengths in percent.
 *
 * @param seen counted neurons; dashes if nothing was matched
 * @param detail tables that unfold below the model
 */
public record ModelView(
    Titles titles,
    Badge badge,
    String reason,
    Counts seen,
    Numbers numbers,
    String parameters,
    String bytesRead,
    Detail detail) {
  /** What the model is and what it was held against. */
  public record Titles(
      String id, String suspect, String reference, String format, String structure) {}

  /** Its verdict. */
  public record Badge(String verdict, String style, String glyph) {}

  /** Neurons of a model or of a group. */
  public record Counts(
      String neurons,
      String moved,
      String movedBar,
      String ambiguous,
      String interchangeable,
      String changed) {
    private static final Counts NONE = new Counts("-", "-", bar(0), "-", "-", "-");

    static Counts of(NeuronCounts row) {
      return new Counts(
          Words.count(row.neurons()),
          Words.count(row.moved()),
          bar(row.neurons() == 0 ? 0 : (double) row.moved() / row.neurons()),
          Words.count(row.ambiguous()),
          Words.count(row.interchangeable()),
          Words.count(row.rescaled() + row.flipped()));
    }
  }

  /** How alike it is to its reference. */
  public record Numbers(
      String psi,
      String margin,
      String medianMargin,
      String difference,
      String cosine,
      String pValue) {
    static Numbers of(ModelRow row) {
      return new Numbers(
          Words.percent(row.closeness().psi()),
          Words.number(row.margins().smallestMargin()),
          Words.number(row.margins().medianMargin()),
          Words.number(row.closeness().relativeL2()),
          Words.number(row.closeness().cosine()),
          Words.number(row.closeness().pValue()));
    }
  }

  /**
   * The tables below a model, cut to the page's limits.
   *
   * @param shown whether the page has room for this model's tables
   */
  public record Detail(
      boolean shown,
      List<GroupView> groups,
      List<LayerView> layers,
      List<NeuronView> neuronRows,
      String moreLayers,
      String moreNeurons) {
    private static final Detail NONE =
        new Detail(false, List.of(), List.of(), List.of(), Words.count(0), Words.count(0));

    static Detail of(ModelFindings findings, PageLimits limits) {
      int layers = Math.min(limits.layers(), findings.layers().size());
      int neurons = Math.min(limits.neurons(), findings.neurons().size());
      return new Detail(
          true,
          findings.groups().stream().map(GroupView::of).toList(),
          findings.layers().stream().limit(layers).map(LayerView::of).toList(),
          findings.neurons().stream().limit(neurons).map(NeuronView::of).toList(),
          Words.count(findings.layers().size() - layers),
          Words.count(findings.neurons().size() - neurons));
    }
  }

  /** A permutation group. */
  public record GroupView(String name, Counts seen, String certified, String margin, String psi) {
    static GroupView of(GroupRow row) {
      return new GroupView(
          Words.printable(row.group()),
          Counts.of(row.counts()),
          row.certified() == null ? "-" : Words.count(row.certified()),
          Words.number(row.margins().smallestMargin()),
          Words.percent(row.psi()));
    }
  }

  /** A tensor. */
  public record LayerView(
      LayerRow.StoredTensor stored,
      String cosine,
      String normRatio,
      String difference,
      String differenceBar,
      String zeros,
      String distinct,
      boolean equal) {
    static LayerView of(LayerRow row) {
      LayerRow.StoredTensor stored = row.stored();
      LayerRow.Likeness likeness = row.likeness();
      LayerRow.Values values = row.values();
      double difference = likeness.relativeL2() == null ? 0 : likeness.relativeL2();
      return new LayerView(
          new LayerRow.StoredTensor(
              Words.printable(stored.tensor()), stored.dtype(), stored.shape()),
          Words.number(likeness.cosine()),
          Words.number(likeness.normRatio()),
          Words.number(likeness.relativeL2()),
          bar(Math.min(1, difference)),
          percentOf(values.zeroFractionReference())
              + " → "
              + percentOf(values.zeroFractionSuspect()),
          values.distinctValues() == null ? "-" : Words.count(values.distinctValues()),
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
      NeuronRow.Place place = row.place();
      return new NeuronView(
          Words.printable(place.group()),
          Words.count(place.neuron()),
          place.source() == null ? "-" : Words.count(place.source()),
          Words.number(row.match().cosine()),
          Words.number(row.match().margin()),
          Words.number(row.match().normRatio()),
          row.state().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
  }

  static ModelView of(ModelFindings findings, boolean detail, PageLimits limits) {
    ModelRow row = findings.model();
    ModelNames names = row.names();
    return new ModelView(
        new Titles(
            Words.printable(names.modelId()),
            Words.printable(names.suspect()),
            Words.printable(names.reference()),
            names.format(),
            Words.printable(names.structure())),
        new Badge(row.verdict().name(), VerdictView.style(row.verdict()), row.verdict().glyph()),
        Words.printable(row.reason()),
        row.counts().neurons() == 0 ? Counts.NONE : Counts.of(row.counts()),
        Numbers.of(row),
        Words.count(row.size().parameters()),
        Words.bytes(row.size().bytesRead()),
        detail ? Detail.of(findings, limits) : Detail.NONE);
  }

  /** Length of a bar in percent of its track. */
  private static String bar(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }
}
