package org.findthelady.report;

import java.io.Serializable;
import java.util.List;

/**
 * All rows of one audited model.
 *
 * @param neurons only those with findings
 * @param findings what was done to the model, with places
 * @param pairs what came of each reference
 */
public record ModelFindings(
    ModelRow model,
    List<GroupRow> groups,
    List<LayerRow> layers,
    List<NeuronRow> neurons,
    List<FindingRow> findings,
    List<PairRow> pairs)
    implements Serializable {
  public ModelFindings {
    groups = List.copyOf(groups);
    layers = List.copyOf(layers);
    neurons = List.copyOf(neurons);
    findings = List.copyOf(findings);
    pairs = List.copyOf(pairs);
  }

  /** A model without rows of pairs. */
  public ModelFindings(
      ModelRow model,
      List<GroupRow> groups,
      List<LayerRow> layers,
      List<NeuronRow> neurons,
      List<FindingRow> findings) {
    this(model, groups, layers, neurons, findings, List.of());
  }

  /** The same rows with what was read of both models. */
  public ModelFindings reading(ModelNames.Contents read) {
    return new ModelFindings(model.reading(read), groups, layers, neurons, findings, pairs);
  }

  /** No more than what {@link Lineage} asks for: what was done, and which tensors differ. */
  public ModelFindings ofRelation() {
    List<LayerRow> changed = layers.stream().filter(layer -> !layer.bytesEqual()).toList();
    return new ModelFindings(model, List.of(), changed, List.of(), findings);
  }

  /** A model of which nothing but the verdict is known. */
  public static ModelFindings of(ModelRow model) {
    return new ModelFindings(model, List.of(), List.of(), List.of(), List.of());
  }
}
