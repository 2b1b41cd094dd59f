package org.findthelady.lab;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A model of a sweep: exactly one of a checkpoint, a graph filled with seeded weights, or a single
 * layer of seeded weights.
 *
 * @param name unique within the sweep; a column of the tables
 * @param checkpoint path below the sweep's root, or null
 * @param architecture of the checkpoint by name; null to find it by tensor names
 * @param graph path below the root of an ONNX file whose weights are seeded here, or null
 * @param layer shape of the paper's tested layer; alone it is the model itself, or null
 * @param target the weight tensor that the layer protocol hits; null for a layer alone, or if only
 *     the whole network is hit
 * @param task how the network's own work is measured, or null
 * @param published Psi in percent that the paper's Table 1 gives, by attack and strength ({@code
 *     "noise 10"}); empty where it gives none
 */
public record ModelSpec(
    String name,
    String checkpoint,
    String architecture,
    String graph,
    LayerShape layer,
    String target,
    TaskSpec task,
    Map<String, Double> published)
    implements Serializable {
  public ModelSpec {
    published = published == null ? Map.of() : Map.copyOf(published);
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("a model without a name");
    }
    int sources = (checkpoint == null ? 0 : 1) + (graph == null ? 0 : 1);
    if (sources > 1 || (sources == 0 && layer == null)) {
      throw new IllegalArgumentException(
          "model " + name + ": needs one of checkpoint, graph, or layer alone");
    }
  }

  /** Whether the model is one layer and nothing else. */
  public boolean isLayerAlone() {
    return checkpoint == null && graph == null;
  }

  /** What the paper's table gives for a perturbation; null if nothing. */
  public Double published(AttackKind attack, double strength) {
    String number =
        strength == Math.rint(strength) ? Long.toString((long) strength) : "" + strength;
    return published.get(attack.name().toLowerCase(Locale.ROOT) + " " + number);
  }

  /** The tensor that the layer protocol hits. */
  public Optional<String> hit() {
    return isLayerAlone() ? Optional.of(SeededLayer.TENSOR) : Optional.ofNullable(target);
  }

  /**
   * A layer's size, and what else speaks for its neurons.
   *
   * @param neurons N
   * @param width d, incoming weights a neuron
   * @param others weights a neuron in the group's other tensors (consumers, other producers of the
   *     same stream); 0 for none
   * @param terms numbers a neuron in biases and normalisations; 0 for none
   */
  public record LayerShape(int neurons, int width, int others, int terms) implements Serializable {
    public LayerShape {
      if (neurons < 1 || width < 1 || others < 0 || terms < 0) {
        throw new IllegalArgumentException(
            "layer of %d x %d, %d others, %d terms".formatted(neurons, width, others, terms));
      }
    }
  }

  /**
   * A task with data.
   *
   * @param kind {@code resnet-cifar}: images of CIFAR-10 as CSV through a graph built from the
   *     weights
   * @param data path below the root
   */
  public record TaskSpec(String kind, String data) implements Serializable {
    public TaskSpec {
      if (!"resnet-cifar".equals(kind) || data == null) {
        throw new IllegalArgumentException("task " + kind + " on " + data);
      }
    }
  }
}
