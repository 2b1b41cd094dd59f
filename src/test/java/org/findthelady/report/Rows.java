package org.findthelady.report;

import java.util.List;
import org.findthelady.core.Verdict;

/** Findings to write, of every kind. */
final class Rows {
  private Rows() {}

  static Verdict verdict(int number) {
    List<Verdict> all = List.of(Verdict.values());
    return all.get(number % all.size());
  }

  private static boolean matched(Verdict verdict) {
    return verdict != Verdict.INCOMPARABLE && verdict != Verdict.UNREADABLE;
  }

  static ModelRow model(int number, Verdict verdict) {
    boolean read = matched(verdict);
    return new ModelRow(
        new ModelNames(
            "0123456789abcdef",
            "fleet/model-" + number,
            verdict.isCopy() ? "resnet20" : "none fits",
            "reference/resnet20.safetensors",
            "fleet/model-" + number + ".safetensors",
            "safetensors",
            read ? "resnet-cifar" : "",
            ModelNames.Contents.UNKNOWN),
        verdict,
        verdict.plainWords(),
        read ? 12 : 0,
        new NeuronCounts(
            read ? 688 : 0,
            verdict == Verdict.IDENTICAL || !read ? 0 : 640 + number % 40,
            number % 3,
            number % 2,
            verdict == Verdict.RESCALED ? 17 : 0,
            0),
        new Margins(read ? 0.0123 + number : null, read ? 0.61 : null),
        new ModelRow.Closeness(
            read && number % 2 == 0 ? 99.998 : null,
            read ? -30.0 : null,
            read ? 0.99999 : null,
            read ? 0.0421 : null),
        new ModelRow.Size(272_474, 2_183_416, 1));
  }

  /** A group's row. */
  static GroupRow group(
      String name, NeuronCounts counts, Long certified, Double margin, Double psi) {
    return new GroupRow(
        "0123456789abcdef",
        "m",
        name,
        counts,
        certified,
        new Margins(margin, 0.7),
        psi,
        GroupDrawing.of(
            name + ".weight[0]",
            new int[] {2, 0, -1},
            new float[] {1, 0.3f, Float.NaN},
            new float[] {-0.7f, 0.2f, 3}));
  }

  /** A tensor's row, its likeness and values made up. */
  static LayerRow layer(LayerRow.StoredTensor stored, double cosine, Long distinct, boolean equal) {
    return new LayerRow(
        "0123456789abcdef",
        "m",
        stored,
        new LayerRow.Likeness(cosine, 0.88, equal ? 0 : 0.42),
        new LayerRow.Values(0.01, 0.91, distinct),
        equal);
  }

  /** A neuron's row. */
  static NeuronRow neuron(String group, Integer source, Double number, String state) {
    return new NeuronRow(
        "0123456789abcdef",
        "m",
        new NeuronRow.Place(group, 3, source),
        new NeuronRow.Match(number, number, number),
        state,
        source != null);
  }

  static ModelFindings findings(int number, Verdict verdict) {
    ModelRow model = model(number, verdict);
    if (!matched(verdict)) {
      return ModelFindings.of(model);
    }
    return new ModelFindings(
        model,
        List.of(
            group("stream0", new NeuronCounts(16, 15, 0, 0, 0, 0), 16L, 0.31, 100.0),
            group("layer1.0", new NeuronCounts(16, 16, 2, 1, 1, 0), null, 0.0002, null),
            group("layer3.2", new NeuronCounts(64, 61, 0, 0, 0, 0), 60L, 0.11, 100.0)),
        List.of(
            layer(
                new LayerRow.StoredTensor("conv1.weight", "F32", "[16, 3, 3, 3]"),
                0.9998,
                15L,
                false),
            layer(
                new LayerRow.StoredTensor("layer1.0.conv1.weight", "F32", "[16, 16, 3, 3]"),
                0.91,
                null,
                false),
            layer(new LayerRow.StoredTensor("bn1.bias", "F32", "[16]"), 1.0, 16L, true)),
        List.of(
            neuron("layer1.0", 9, 0.97, "AMBIGUOUS"), neuron("layer1.0", null, null, "ZERO_ROW")),
        List.of());
  }
}
