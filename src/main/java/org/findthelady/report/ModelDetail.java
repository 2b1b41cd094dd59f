package org.findthelady.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What unfolds below a model on the page, as the JSON that the page's script draws. */
final class ModelDetail {
  /** Tensors that a group is named by on the page. */
  private static final int TENSORS = 3;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ModelFindings findings;
  private final ModelRow row;
  private final PageLimits limits;
  private final ObjectNode root = JSON.createObjectNode();

  private ModelDetail(ModelFindings findings, PageLimits limits) {
    this.findings = findings;
    this.row = findings.model();
    this.limits = limits;
  }

  /** JSON that can stand in a script element. */
  static String of(ModelFindings findings, PageLimits limits) {
    ModelDetail detail = new ModelDetail(findings, limits);
    detail.facts();
    List<FindingRow> places = detail.places();
    detail.layers();
    detail.groups();
    detail.neurons();
    detail
        .root
        .putArray("more")
        .add(more(places, limits.lines()))
        .add(more(findings.layers(), limits.tensors()))
        .add(more(findings.groups(), limits.lines()))
        .add(more(findings.neurons(), limits.lines()));
    try {
      return JSON.writeValueAsString(detail.root).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int more(List<?> rows, int limit) {
    return Math.max(0, rows.size() - limit);
  }

  private void facts() {
    ArrayNode facts = root.putArray("facts");
    ModelNames names = row.names();
    String format = names.format().isEmpty() ? "" : ", " + names.format();
    fact(facts, "Suspect", names.suspect() + format);
    fact(
        facts,
        row.verdict().isCompared() ? "Reference" : "Last reference tried",
        names.reference());
    fact(facts, "Structure", names.structure());
    fact(facts, "SHA-256 of the suspect", names.contents().suspectSha256());
    fact(facts, "SHA-256 of the reference", names.contents().referenceSha256());
    fact(
        facts,
        "Size",
        "%s parameters; %s read"
            .formatted(Words.count(row.size().parameters()), Words.bytes(row.size().bytesRead())));
    ModelRow.Closeness close = row.closeness();
    if (close.cosine() != null) {
      fact(
          facts,
          "All weights",
          "cosine %s, relative difference %s"
              .formatted(Words.number(close.cosine()), Words.number(close.relativeL2())));
    }
    if (row.margins().medianMargin() != null) {
      fact(
          facts,
          "Margins",
          "smallest %s, median %s"
              .formatted(
                  Words.number(row.margins().smallestMargin()),
                  Words.number(row.margins().medianMargin())));
    }
    if (close.log10P() != null) {
      fact(facts, "Chance match", "p = " + Words.probability(close.log10P()));
    }
  }

  private static void fact(ArrayNode facts, String name, String value) {
    if (!value.isEmpty()) {
      facts.addArray().add(name).add(Words.printable(value));
    }
  }

  /** What was done to units, and to tensors that are not in the table of tensors. */
  private List<FindingRow> places() {
    Set<String> layers =
        first(findings.layers(), limits.tensors()).stream()
            .filter(layer -> !layer.bytesEqual())
            .map(layer -> layer.stored().tensor())
            .collect(Collectors.toSet());
    List<FindingRow> places =
        findings.findings().stream()
            .filter(finding -> finding.place().unit() != null || !layers.contains(finding.tensor()))
            .toList();
    ArrayNode all = root.putArray("findings");
    for (FindingRow finding : first(places, limits.lines())) {
      FindingRow.Place at = finding.place();
      String unit = at.unit() == null ? "" : at.unitGroup() + " " + at.unit();
      String found =
          at.source() == null || at.source().equals(at.unit()) ? "" : ", found at " + at.source();
      add(all, finding.tensor(), plain(finding.kind()), unit + found, size(finding.size()));
    }
    return places;
  }

  private void layers() {
    Map<String, String> done =
        findings.findings().stream()
            .filter(finding -> finding.place().unit() == null)
            .collect(
                Collectors.toMap(
                    FindingRow::tensor,
                    f -> plain(f.kind()) + " (" + size(f.size()) + ")",
                    (one, other) -> one + ", " + other));
    ArrayNode all = root.putArray("layers");
    for (LayerRow layer : first(findings.layers(), limits.tensors())) {
      LayerRow.StoredTensor stored = layer.stored();
      ArrayNode cells = add(all, stored.tensor(), stored.dtype(), stored.shape());
      cells.add(level(layer));
      if (!layer.bytesEqual()) {
        LayerRow.Values values = layer.values();
        cells
            .add(Words.number(layer.likeness().cosine()))
            .add(Words.number(layer.likeness().normRatio()))
            .add(Words.number(layer.likeness().relativeL2()))
            .add(
                share(values.zeroFractionReference()) + " → " + share(values.zeroFractionSuspect()))
            .add(values.distinctValues() == null ? "-" : Words.count(values.distinctValues()))
            .add(Words.printable(done.getOrDefault(stored.tensor(), "")));
      }
    }
  }

  /** How much a tensor changed, from 0 (equal) to 5 (beyond recognition). */
  private static int level(LayerRow layer) {
    Double difference = layer.likeness().relativeL2();
    if (layer.bytesEqual()) {
      return 0;
    } else if (difference == null) {
      return 5;
    }
    return (int) Stream.of(0.001, 0.01, 0.1, 1.0).filter(step -> difference >= step).count() + 1;
  }

  private static String size(Double size) {
    boolean whole = size != null && size == Math.rint(size) && Math.abs(size) < 1e7;
    return whole ? Words.count(size.longValue()) : Words.number(size);
  }

  private static String share(double fraction) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
  }

  private void groups() {
    boolean copy = row.verdict().isCopy();
    ArrayNode all = root.putArray("groups");
    for (GroupRow group : first(findings.groups(), limits.lines())) {
      NeuronCounts counts = group.counts();
      long changed = counts.rescaled() + counts.flipped();
      add(
              all,
              group.group(),
              shortly(group.drawing().tensors()),
              copy ? group.drawing().strip(counts.neurons()) : "",
              Words.count(counts.neurons()),
              copy ? Words.count(counts.moved()) : "-",
              Words.count(counts.ambiguous()),
              Words.count(counts.interchangeable()),
              Words.count(changed),
              group.certified() == null ? "-" : Words.count(group.certified()),
              Words.number(group.margins().smallestMargin()))
          .add(counts.moved() + counts.ambiguous() + changed > 0)
          .add(Words.percent(group.psi()));
    }
    root.put("scored", row.closeness().psi() != null);
    sum("cosines", findings.groups().stream().map(g -> g.drawing().cosineCounts()).toList());
    sum("margins", findings.groups().stream().map(g -> g.drawing().marginCounts()).toList());
  }

  /** The first tensors of many. */
  private static String shortly(String tensors) {
    String[] axes = tensors.split(", ");
    return axes.length <= TENSORS
        ? tensors
        : String.join(", ", Arrays.asList(axes).subList(0, TENSORS)) + " and others";
  }

  private void sum(String name, List<String> histograms) {
    long[] sums = new long[GroupDrawing.BINS];
    for (String histogram : histograms) {
      int[] counts = GroupDrawing.numbers(histogram);
      for (int bin = 0; bin < counts.length; bin++) {
        sums[bin] += counts[bin];
      }
    }
    ArrayNode bins = root.putArray(name);
    if (Arrays.stream(sums).sum() > 0) {
      Arrays.stream(sums).forEach(bins::add);
    }
  }

  private void neurons() {
    ArrayNode all = root.putArray("neurons");
    for (NeuronRow neuron : first(findings.neurons(), limits.lines())) {
      NeuronRow.Place place = neuron.place();
      add(
          all,
          place.group(),
          Integer.toString(place.neuron()),
          place.source() == null ? "-" : Integer.toString(place.source()),
          plain(neuron.state()),
          Words.number(neuron.match().cosine()),
          Words.number(neuron.match().margin()),
          Words.number(neuron.match().normRatio()));
    }
  }

  private static ArrayNode add(ArrayNode rows, String... cells) {
    ArrayNode row = rows.addArray();
    for (String cell : cells) {
      row.add(Words.printable(cell));
    }
    return row;
  }

  private static <T> List<T> first(List<T> rows, int limit) {
    return rows.subList(0, Math.min(limit, rows.size()));
  }

  /** A constant's name as words: {@code UNIT_SCALED} is "unit scaled". */
  private static String plain(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
