package org.findthelady.structure.declared;

import java.util.HashMap;
import java.util.Map;

/** Small convolutional networks. */
final class ImageModels {
  private ImageModels() {}

  static ReferenceModel resnetCifar() {
    Weights w = new Weights().add("module.conv1.weight", 4, 3, 3, 3).batchNorm("module.bn1", 4);
    Map<String, Integer> groups = new HashMap<>(Map.of("stream.0", 4, "new.2", 4, "new.3", 8));
    int in = 4;
    for (int s = 1; s <= 3; s++) {
      int width = 2 << s;
      for (int b = 0; b < 2; b++) {
        String block = "module.layer" + s + "." + b;
        w.add(block + ".conv1.weight", width, in, 3, 3).batchNorm(block + ".bn1", width);
        w.add(block + ".conv2.weight", width, width, 3, 3).batchNorm(block + ".bn2", width);
        groups.put("inner." + s + "." + b, width);
        in = width;
      }
    }
    w.layer("module.linear", 5, 16);
    return new ReferenceModel("resnet-cifar", null, w.fill(1), groups, ImageModels::cifar);
  }

  private static double[] cifar(Weights weights) {
    Images images = new Images(weights);
    double[][] x = Images.input(3, 8, 5);
    x = Images.relu(images.batchNorm(images.conv(x, "module.conv1", 1), "module.bn1"));
    for (int s = 1; s <= 3; s++) {
      for (int b = 0; b < 2; b++) {
        String block = "module.layer" + s + "." + b;
        int stride = s > 1 && b == 0 ? 2 : 1;
        double[][] y =
            Images.relu(images.batchNorm(images.conv(x, block + ".conv1", stride), block + ".bn1"));
        y = images.batchNorm(images.conv(y, block + ".conv2", 1), block + ".bn2");
        x = Images.relu(Layers.add(y, stride == 2 ? Images.padded(x, y.length) : x));
      }
    }
    return Layers.flat(new Layers(weights).linear(Images.meanPool(x), "module.linear"));
  }

  static ReferenceModel resnet(boolean bottleneck) {
    Weights w = new Weights().add("conv1.weight", 5, 3, 7, 7).batchNorm("bn1", 5);
    Map<String, Integer> groups = new HashMap<>(Map.of("stream.0", 5));
    int in = 5;
    for (int s = 1; s <= 4; s++) {
      int inner = 3 + s;
      int out = bottleneck ? 2 * inner : s == 1 ? 5 : 4 + s;
      for (int b = 0; b < 2; b++) {
        String block = "layer" + s + "." + b;
        int kernel = bottleneck ? 1 : 3;
        int reduced = bottleneck ? inner + 1 : inner;
        w.add(block + ".conv1.weight", reduced, in, kernel, kernel)
            .batchNorm(block + ".bn1", reduced);
        if (bottleneck) {
          w.add(block + ".conv2.weight", inner, reduced, 3, 3).batchNorm(block + ".bn2", inner);
          groups.put("reduced." + s + "." + b, reduced);
        }
        String last = bottleneck ? "3" : "2";
        w.add(block + ".conv" + last + ".weight", out, inner, kernel, kernel)
            .batchNorm(block + ".bn" + last, out);
        groups.put("inner." + s + "." + b, inner);
        if (b == 0 && (bottleneck || s > 1)) {
          w.add(block + ".downsample.0.weight", out, in, 1, 1)
              .batchNorm(block + ".downsample.1", out);
          groups.put("stream." + s, out);
        }
        in = out;
      }
    }
    w.layer("fc", 6, in);
    return new ReferenceModel(
        bottleneck ? "resnet-bottleneck" : "resnet-basic",
        null,
        w.fill(2),
        groups,
        ImageModels::resnet);
  }

  private static double[] resnet(Weights weights) {
    Images images = new Images(weights);
    double[][] x = Images.input(3, 16, 6);
    x = Images.relu(images.batchNorm(images.conv(x, "conv1", 2), "bn1"));
    for (int s = 1; s <= 4; s++) {
      for (int b = 0; b < 2; b++) {
        String block = "layer" + s + "." + b;
        int stride = s > 1 && b == 0 ? 2 : 1;
        int convs = weights.has(block + ".conv3.weight") ? 3 : 2;
        double[][] y = x;
        for (int c = 1; c <= convs; c++) {
          y = images.conv(y, block + ".conv" + c, c == 1 ? stride : 1);
          y = images.batchNorm(y, block + ".bn" + c);
          y = c < convs ? Images.relu(y) : y;
        }
        if (weights.has(block + ".downsample.0.weight")) {
          x =
              images.batchNorm(
                  images.conv(x, block + ".downsample.0", stride), block + ".downsample.1");
        }
        x = Images.relu(Layers.add(x, y));
      }
    }
    return Layers.flat(new Layers(weights).linear(Images.meanPool(x), "fc"));
  }

  static ReferenceModel vgg(int depth, boolean normalised) {
    int[] perStage =
        switch (depth) {
          case 11 -> new int[] {1, 1, 2, 2, 2};
          case 13 -> new int[] {2, 2, 2, 2, 2};
          case 16 -> new int[] {2, 2, 3, 3, 3};
          default -> new int[] {2, 2, 4, 4, 4};
        };
    Weights w = new Weights();
    Map<String, Integer> groups = new HashMap<>(Map.of("unit.0", 9, "unit.3", 8));
    int feature = 0;
    int in = 3;
    for (int s = 0; s < 5; s++) {
      for (int c = 0; c < perStage[s]; c++) {
        int out = 6 + (feature % 3);
        w.layer("features." + feature, out, in, 3, 3);
        groups.put("channel." + feature, out);
        if (normalised) {
          w.batchNorm("features." + (feature + 1), out);
        }
        feature += normalised ? 3 : 2;
        in = out;
      }
      feature++;
    }
    w.layer("classifier.0", 9, in * 4L).layer("classifier.3", 8, 9).layer("classifier.6", 7, 8);
    return new ReferenceModel(
        "vgg" + depth + (normalised ? "-bn" : ""),
        null,
        w.fill(3),
        groups,
        weights -> vgg(weights, perStage, normalised));
  }

  private static double[] vgg(Weights weights, int[] perStage, boolean normalised) {
    Images images = new Images(weights);
    double[][] x = Images.input(3, 8, 7);
    int feature = 0;
    for (int convs : perStage) {
      for (int c = 0; c < convs; c++) {
        x = images.conv(x, "features." + feature, 1);
        if (normalised) {
          x = images.batchNorm(x, "features." + (feature + 1));
        }
        x = Images.relu(x);
        feature += normalised ? 3 : 2;
      }
      x = Images.side(x) > 2 ? Images.maxPool(x) : x;
      feature++;
    }
    Layers layers = new Layers(weights);
    double[][] y = new double[][] {Layers.flat(x)};
    y = Images.relu(layers.linear(y, "classifier.0"));
    y = Images.relu(layers.linear(y, "classifier.3"));
    return Layers.flat(layers.linear(y, "classifier.6"));
  }
}
