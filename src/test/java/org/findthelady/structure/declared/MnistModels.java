package org.findthelady.structure.declared;

import java.util.HashMap;
import java.util.Map;

/** Small networks for handwritten digits, as torch names the parts of a Sequential. */
final class MnistModels {
  private MnistModels() {}

  static ReferenceModel linear() {
    Weights w = new Weights();
    Map<String, Integer> groups = new HashMap<>();
    for (int i = 1; i <= 9; i += 2) {
      w.layer(i + "", 5 + i, i == 1 ? 16 : 3 + i);
      groups.put("unit." + i, 5 + i);
    }
    w.layer("11", 6, 14);
    return new ReferenceModel("mnist-6-100", null, w.fill(21), groups, MnistModels::linear);
  }

  private static double[] linear(Weights weights) {
    Layers layers = new Layers(weights);
    double[][] x = new double[][] {Layers.flat(Images.input(1, 4, 8))};
    for (int i = 1; i <= 9; i += 2) {
      x = Images.relu(layers.linear(x, i + ""));
    }
    return Layers.flat(layers.linear(x, "11"));
  }

  static ReferenceModel convolutions() {
    Weights w = new Weights().layer("0", 4, 1, 3, 3).layer("2", 5, 4, 3, 3);
    w.layer("5", 7, 5 * 4).layer("7", 6, 7);
    return new ReferenceModel(
        "mnist-conv-small",
        null,
        w.fill(22),
        Map.of("channel.0", 4, "channel.2", 5, "unit.5", 7),
        MnistModels::convolutions);
  }

  private static double[] convolutions(Weights weights) {
    Images images = new Images(weights);
    double[][] x = Images.relu(images.conv(Images.input(1, 8, 9), "0", 2));
    x = Images.relu(images.conv(x, "2", 2));
    Layers layers = new Layers(weights);
    double[][] y = new double[][] {Layers.flat(x)};
    y = Images.relu(layers.linear(y, "5"));
    return Layers.flat(layers.linear(y, "7"));
  }
}
