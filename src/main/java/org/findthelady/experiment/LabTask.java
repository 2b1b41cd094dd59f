package org.findthelady.experiment;

import java.util.List;
import java.util.function.Function;

/** A model's own work on data: images through the network. */
public final class LabTask {
  private static final float[] MEANS = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATIONS = {0.229f, 0.224f, 0.225f};

  private final Dataset data;
  private final Function<LabModel, byte[]> graph;
  private final float[][] reference;

  /**
   * The task, with what the unchanged model answers.
   *
   * @param data images as the network sees them
   * @param graph makes the ONNX graph of a model: images in, logits out
   */
  LabTask(Dataset data, Function<LabModel, byte[]> graph, LabModel unchanged) {
    this.data = data;
    this.graph = graph;
    this.reference = Classifier.logits(graph.apply(unchanged), data);
  }

  /** The same with images of CIFAR-10 whose pixels are 0 to 1. */
  static LabTask cifar(Dataset images, Function<LabModel, byte[]> graph, LabModel unchanged) {
    return new LabTask(images.normalised(MEANS, DEVIATIONS), graph, unchanged);
  }

  /** The images as the network sees them. */
  Dataset data() {
    return data;
  }

  /** How a changed model does. */
  public TaskScore score(LabModel changed) {
    float[][] logits = Classifier.logits(graph.apply(changed), data);
    List<Integer> labels = data.labels();
    return TaskScore.of(reference, logits, labels);
  }
}
