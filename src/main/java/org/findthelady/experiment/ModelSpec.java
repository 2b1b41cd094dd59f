package org.findthelady.experiment;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.findthelady.perturb.AttackKind;

/**
 * A model of a sweep: a checkpoint, a graph filled with seeded weights, or a single layer of seeded
 * weights. Paths start from the sweep's root; with {@code ./} ahead, from the folder of its file.
 *
 * @param name unique within the sweep; a column of the tables
 * @param checkpoint path, or null
 * @param architecture of the checkpoint by name; null to find it by tensor names
 * @param graph path of an ONNX file: beside a checkpoint its structure, else a network whose
 *     weights are seeded here, those around the target alone if there is one; or null
 * @param layer shape of the paper's tested layer; alone it is the model itself, or null
 * @param target the weight tensor that the layer protocol hits; null for a layer alone, or if only
 *     the whole network is hit
 * @param task how the network's own work is measured, or null
 * @param published Psi in percent that the paper's Table 1 gives, by attack and strength ({@code
 *     "noise 10"}); empty where it gives none
 * @param groups glob over the names of the groups that the network protocols permute, all others
 *     being held still; null for all
 * @param later paths of checkpoints of the same training run, by the number of further epochs;
 *     empty if there are none
 * @param epochs paths of checkpoints of the same training run, by the epoch that they were taken
 *     at; empty if there are none
 */
public record ModelSpec(
    String name,
    String checkpoint,
    String architecture,
    String graph,
    LayerShape layer,
    String target,
    TaskSpec task,
    Map<String, Double> published,
    String groups,
    Map<String, String> later,
    Map<String, String> epochs)
    implements Serializable {
  public ModelSpec {
    published = published == null ? Map.of() : Map.copyOf(published);
    later = later == null ? Map.of() : Map.copyOf(later);
    epochs = epochs == null ? Map.of() : Map.copyOf(epochs);
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("a model without a name");
    }
    if (checkpoint == null && graph == null && layer == null) {
      throw new IllegalArgumentException("model " + name + ": needs checkpoint, graph or layer");
    }
  }

  /** A model with nothing but a name and a layer of seeded weights. */
  public static ModelSpec ofLayer(String name, LayerShape layer) {
    return new ModelSpec(name, null, null, null, layer, null, null, null, null, null, null);
  }

  /** A checkpoint whose architecture is known. */
  public static ModelSpec ofCheckpoint(String name, String checkpoint, String architecture) {
    return new ModelSpec(
        name, checkpoint, architecture, null, null, null, null, null, null, null, null);
  }

  /** The same model, its one layer to be hit named. */
  public ModelSpec withTarget(String tensor) {
    return new ModelSpec(
        name,
        checkpoint,
        architecture,
        graph,
        layer,
        tensor,
        task,
        published,
        groups,
        later,
        epochs);
  }

  /** Whether the model is one layer and nothing else. */
  public boolean isLayerAlone() {
    return checkpoint == null && graph == null;
  }

  /** Whether weights are made anew for every seed. */
  public boolean isSeeded() {
    return checkpoint == null;
  }

  /** What the paper's table gives for a perturbation; null if nothing. */
  public Double published(AttackKind attack, double strength) {
    return published.get(attack.name().toLowerCase(Locale.ROOT) + " " + number(strength));
  }

  /**
   * The checkpoint that stands for the model under an attack that is another state of its training;
   * empty if there is none, or if the attack is none of that kind.
   */
  public Optional<String> trained(AttackKind attack, double strength) {
    return switch (attack) {
      case FINE_TUNING -> Optional.ofNullable(later.get(number(strength)));
      case EPOCH -> Optional.ofNullable(epochs.get(number(strength)));
      default -> Optional.empty();
    };
  }

  private static String number(double strength) {
    return strength == Math.rint(strength) ? Long.toString((long) strength) : "" + strength;
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
   * @param dead neurons whose incoming weights are all zero
   */
  public record LayerShape(int neurons, int width, int others, int terms, int dead)
      implements Serializable {
    public LayerShape {
      if (neurons < 1 || width < 1 || others < 0 || terms < 0 || dead < 0 || dead >= neurons) {
        throw new IllegalArgumentException(
            "layer of %d x %d, %d others, %d terms, %d dead"
                .formatted(neurons, width, others, terms, dead));
      }
    }
  }

  /**
   * A task with data.
   *
   * @param kind {@code resnet-cifar}: images of CIFAR-10 as CSV through a graph built from the
   *     weights; {@code onnx-cifar}: the same images through the checkpoint's own ONNX graph;
   *     {@code sequential-mnist}: images of MNIST as idx through a graph built from the weights
   * @param data path of the images
   * @param labels path of the labels, where they have a file of their own (idx); or null
   * @param mean that the network takes off every pixel of MNIST, pixels being 0 to 1
   * @param deviation that it divides them by; 0 or left out stands for 1
   */
  public record TaskSpec(String kind, String data, String labels, float mean, float deviation)
      implements Serializable {
    static final String RESNET_CIFAR = "resnet-cifar";
    static final String ONNX_CIFAR = "onnx-cifar";
    static final String SEQUENTIAL_MNIST = "sequential-mnist";

    public TaskSpec {
      deviation = deviation == 0 ? 1 : deviation;
      boolean digits = SEQUENTIAL_MNIST.equals(kind) && labels != null;
      if (!(digits || RESNET_CIFAR.equals(kind) || ONNX_CIFAR.equals(kind)) || data == null) {
        throw new IllegalArgumentException(
            "task %s on %s with labels %s".formatted(kind, data, labels));
      }
    }

    /** A task on images of CIFAR-10. */
    public static TaskSpec ofCifar(String kind, String data) {
      return new TaskSpec(kind, data, null, 0, 1);
    }
  }
}
