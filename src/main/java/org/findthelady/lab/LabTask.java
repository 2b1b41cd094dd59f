package org.findthelady.lab;

import java.util.List;

/** A model's own work on data: images of CIFAR-10 through a ResNet for them. */
public final class LabTask {
  private static final float[] MEANS = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATIONS = {0.229f, 0.224f, 0.225f};

  private final Dataset data;
  private final float[][] reference;

  private LabTask(Dataset data, float[][] reference) {
    this.data = data;
    this.reference = reference;
  }

  /** The task, with what the unchanged model answers. */
  public static LabTask cifar(Dataset images, LabModel unchanged) {
    Dataset data = images.normalised(MEANS, DEVIATIONS);
    return new LabTask(data, Classifier.logits(CifarResNet.graph(unchanged), data));
  }

  /** The images as the network sees them. */
  Dataset data() {
    return data;
  }

  /** How a changed model does. */
  public TaskScore score(LabModel changed) {
    float[][] logits = Classifier.logits(CifarResNet.graph(changed), data);
    List<Integer> labels = data.labels();
    return TaskScore.of(reference, logits, labels);
  }
}
