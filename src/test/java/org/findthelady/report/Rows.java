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
        "0123456789abcdef",
        "fleet/model-" + number,
        "reference/resnet20.safetensors",
        "fleet/model-" + number + ".safetensors",
        "safetensors",
        read ? "resnet-cifar" : "",
        verdict,
        verdict.plainWords(),
        read ? 12 : 0,
        read ? 688 : 0,
        verdict == Verdict.IDENTICAL || !read ? 0 : 640 + number % 40,
        number % 3,
        number % 2,
        verdict == Verdict.RESCALED ? 17 : 0,
        0,
        read ? 0.0123 + number : null,
        read ? 0.61 : null,
        read && number % 2 == 0 ? 99.998 : null,
        read ? 1e-30 : null,
        read ? 0.99999 : null,
        read ? 0.0421 : null,
        272_474,
        2_183_416);
  }

  static ModelFindings findings(int number, Verdict verdict) {
    ModelRow model = model(number, verdict);
    if (!matched(verdict)) {
      return ModelFindings.of(model);
    }
    String run = model.runId();
    String id = model.modelId();
    return new ModelFindings(
        model,
        List.of(
            new GroupRow(run, id, "stream0", 16, 15, 0, 0, 0, 0, 16L, 0.31, 0.7, 100.0),
            new GroupRow(run, id, "layer1.0", 16, 16, 2, 1, 1, 0, null, 0.0002, 0.5, null),
            new GroupRow(run, id, "layer3.2", 64, 61, 0, 0, 0, 0, 60L, 0.11, 0.7, 100.0)),
        List.of(
            new LayerRow(
                run,
                id,
                "conv1.weight",
                "F32",
                "[16, 3, 3, 3]",
                0.9998,
                1.0,
                0.018,
                0.0,
                0.0,
                15L,
                false),
            new LayerRow(
                run,
                id,
                "layer1.0.conv1.weight",
                "F32",
                "[16, 16, 3, 3]",
                0.91,
                0.88,
                0.42,
                0.01,
                0.91,
                null,
                false),
            new LayerRow(run, id, "bn1.bias", "F32", "[16]", 1.0, 1.0, 0.0, 0.0, 0.0, 16L, true)),
        List.of(
            new NeuronRow(run, id, "layer1.0", 3, 9, 0.97, 0.0002, 1.02, "AMBIGUOUS", true),
            new NeuronRow(run, id, "layer1.0", 5, null, null, null, null, "ZERO_ROW", false)),
        List.of());
  }
}
