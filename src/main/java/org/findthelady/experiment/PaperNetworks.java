package org.findthelady.experiment;

import java.util.List;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.structure.graph.GraphBuilder;
import org.findthelady.structure.graph.GraphFiller;

/**
 * The two networks of the paper's Table 1 for which no graph is at hand, built from the published
 * descriptions. GraphWeights are graph inputs, to be filled by {@link GraphFiller}.
 */
public final class PaperNetworks {
  private PaperNetworks() {}

  /**
   * YOLOv5n: CSP backbone of C3 blocks, SPPF, a concatenating path-aggregation neck and three
   * detection outputs of 255 channels (3 anchors x (4 + 1 + 80)). Input [1, 3, side, side].
   *
   * @param side height and width of the image, a multiple of 32
   */
  public static OnnxModel yolov5n(int side) {
    return new Yolo(side).model();
  }

  /**
   * DVC (Lu et al., CVPR 2019): a motion codec and a residual codec, each an analysis and a
   * synthesis transform of strided and transposed 5x5 convolutions with generalised divisive
   * normalisation (Balle et al., ICLR 2016), around a three-level motion compensation network.
   * Quantisation is rounding; entropy models carry no weights here. Input [1, 8, side, side]: the
   * frame, the warped prediction and the motion field.
   *
   * @param side height and width of the frame, a multiple of 16
   */
  public static OnnxModel dvc(int side) {
    return new Codec(side).model();
  }

  private static final class Yolo {
    private final GraphBuilder graph = new GraphBuilder("yolov5n");
    private final int side;

    Yolo(int side) {
      this.side = side;
    }

    private String conv(String x, String name, int in, int out, int kernel, int stride) {
      String y = graph.convolution(x, name + ".conv", out, in, kernel, stride, 1);
      y = graph.batchNormalisation(y, name + ".bn", out);
      return graph.node("Mul", List.of(y, graph.node("Sigmoid", List.of(y))));
    }

    /** A CSP bottleneck with three convolutions: a bottleneck branch beside a short one. */
    private String c3(String x, String name, int in, int out, int depth, boolean shortcut) {
      int hidden = out / 2;
      String y = conv(x, name + ".cv1", in, hidden, 1, 1);
      for (int i = 0; i < depth; i++) {
        String inner = conv(y, name + ".m." + i + ".cv1", hidden, hidden, 1, 1);
        inner = conv(inner, name + ".m." + i + ".cv2", hidden, hidden, 3, 1);
        y = shortcut ? graph.node("Add", List.of(y, inner)) : inner;
      }
      String beside = conv(x, name + ".cv2", in, hidden, 1, 1);
      return conv(concat(y, beside), name + ".cv3", 2 * hidden, out, 1, 1);
    }

    private String concat(String... parts) {
      return graph.node("Concat", List.of(parts), GraphBuilder.integer("axis", 1));
    }

    private String pooled(String x) {
      return graph.node(
          "MaxPool",
          List.of(x),
          GraphBuilder.ints("kernel_shape", 5, 5),
          GraphBuilder.ints("strides", 1, 1),
          GraphBuilder.ints("pads", 2, 2, 2, 2));
    }

    private String sppf(String x, String name, int channels) {
      String y = conv(x, name + ".cv1", channels, channels / 2, 1, 1);
      String once = pooled(y);
      String twice = pooled(once);
      String all = concat(y, once, twice, pooled(twice));
      return conv(all, name + ".cv2", 2 * channels, channels, 1, 1);
    }

    private String upsampled(String x) {
      return graph.node(
          "Resize",
          List.of(x, "", graph.numbers(1, 1, 2, 2)),
          GraphBuilder.text("mode", "nearest"),
          GraphBuilder.text("coordinate_transformation_mode", "asymmetric"),
          GraphBuilder.text("nearest_mode", "floor"));
    }

    private void detect(String x, int level, int channels) {
      String name = "model.24.m." + level;
      String w = graph.input(name + ".weight", 255, channels, 1, 1);
      String b = graph.input(name + ".bias", 255);
      String y = graph.node("Conv", List.of(x, w, b), GraphBuilder.ints("kernel_shape", 1, 1));
      int stride = 8 << level;
      String grid =
          graph.node("Reshape", List.of(y, graph.integers(1, 3, 85, side / stride, side / stride)));
      graph.output(
          graph.node("Transpose", List.of(grid), GraphBuilder.ints("perm", 0, 1, 3, 4, 2)));
    }

    OnnxModel model() {
      String x = graph.input("images", 1, 3, side, side);
      String w = graph.input("model.0.conv.weight", 16, 3, 6, 6);
      x =
          graph.node(
              "Conv",
              List.of(x, w),
              GraphBuilder.ints("kernel_shape", 6, 6),
              GraphBuilder.ints("strides", 2, 2),
              GraphBuilder.ints("pads", 2, 2, 2, 2));
      x = graph.batchNormalisation(x, "model.0.bn", 16);
      x = graph.node("Mul", List.of(x, graph.node("Sigmoid", List.of(x))));
      x = conv(x, "model.1", 16, 32, 3, 2);
      x = c3(x, "model.2", 32, 32, 1, true);
      x = conv(x, "model.3", 32, 64, 3, 2);
      String p3 = c3(x, "model.4", 64, 64, 2, true);
      x = conv(p3, "model.5", 64, 128, 3, 2);
      String p4 = c3(x, "model.6", 128, 128, 3, true);
      x = conv(p4, "model.7", 128, 256, 3, 2);
      x = c3(x, "model.8", 256, 256, 1, true);
      x = sppf(x, "model.9", 256);
      String top = conv(x, "model.10", 256, 128, 1, 1);
      x = c3(concat(upsampled(top), p4), "model.13", 256, 128, 1, false);
      String middle = conv(x, "model.14", 128, 64, 1, 1);
      String small = c3(concat(upsampled(middle), p3), "model.17", 128, 64, 1, false);
      x = concat(conv(small, "model.18", 64, 64, 3, 2), middle);
      String medium = c3(x, "model.20", 128, 128, 1, false);
      x = concat(conv(medium, "model.21", 128, 128, 3, 2), top);
      String large = c3(x, "model.23", 256, 256, 1, false);
      detect(small, 0, 64);
      detect(medium, 1, 128);
      detect(large, 2, 256);
      return graph.model();
    }
  }

  private static final class Codec {
    private final GraphBuilder graph = new GraphBuilder("dvc");
    private final int side;

    Codec(int side) {
      this.side = side;
    }

    private String conv(String x, String name, int in, int out, int kernel, int stride) {
      String w = graph.input(name + ".weight", out, in, kernel, kernel);
      String b = graph.input(name + ".bias", out);
      return graph.node(
          "Conv",
          List.of(x, w, b),
          GraphBuilder.ints("kernel_shape", kernel, kernel),
          GraphBuilder.ints("strides", stride, stride),
          GraphBuilder.ints("pads", kernel / 2, kernel / 2, kernel / 2, kernel / 2));
    }

    private String deconv(String x, String name, int in, int out, int kernel) {
      String w = graph.input(name + ".weight", in, out, kernel, kernel);
      String b = graph.input(name + ".bias", out);
      return graph.node(
          "ConvTranspose",
          List.of(x, w, b),
          GraphBuilder.ints("kernel_shape", kernel, kernel),
          GraphBuilder.ints("strides", 2, 2),
          GraphBuilder.ints("output_padding", 1, 1),
          GraphBuilder.ints("pads", kernel / 2, kernel / 2, kernel / 2, kernel / 2));
    }

    /** y_i = x_i / sqrt(beta_i + sum_j gamma_ij x_j^2), or times it for the inverse. */
    private String gdn(String x, String name, int channels, boolean inverse) {
      String gamma = graph.input(name + ".gamma", channels, channels);
      String beta = graph.input(name + ".beta", channels);
      String positive = graph.node("Abs", List.of(gamma));
      String kernel = graph.node("Unsqueeze", List.of(positive, graph.integers(2, 3)));
      String offset = graph.node("Add", List.of(graph.node("Abs", List.of(beta)), graph.number(1)));
      String squares = graph.node("Mul", List.of(x, x));
      String sum =
          graph.node(
              "Conv", List.of(squares, kernel, offset), GraphBuilder.ints("kernel_shape", 1, 1));
      return graph.node(inverse ? "Mul" : "Div", List.of(x, graph.node("Sqrt", List.of(sum))));
    }

    /** The residual codec: four strided convolutions with GDN between, and their mirror. */
    private String residualCodec(String x) {
      String y = x;
      for (int i = 1; i <= 4; i++) {
        int kernel = 5;
        y = conv(y, "resEncoder.conv" + i, i == 1 ? 3 : 64, i == 4 ? 96 : 64, kernel, 2);
        y = i < 4 ? gdn(y, "resEncoder.gdn" + i, 64, false) : y;
      }
      y = hyper(y);
      for (int i = 1; i <= 4; i++) {
        y = deconv(y, "resDecoder.deconv" + i, i == 1 ? 96 : 64, i == 4 ? 3 : 64, 5);
        y = i < 4 ? gdn(y, "resDecoder.igdn" + i, 64, true) : y;
      }
      return y;
    }

    /** The hyper prior's transforms scale the latent before it is rounded. */
    private String hyper(String latent) {
      String z = conv(graph.node("Abs", List.of(latent)), "respriorEncoder.conv1", 96, 64, 3, 1);
      z = conv(graph.node("Relu", List.of(z)), "respriorEncoder.conv2", 64, 64, 5, 2);
      z = deconv(z, "respriorDecoder.deconv1", 64, 64, 5);
      z = deconv(graph.node("Relu", List.of(z)), "respriorDecoder.deconv2", 64, 64, 5);
      z = conv(graph.node("Relu", List.of(z)), "respriorDecoder.conv3", 64, 96, 3, 2);
      String sigma = graph.node("Sigmoid", List.of(z));
      return graph.node("Mul", List.of(latent, sigma));
    }

    /** The motion codec: eight 3x3 convolutions, every second one strided, and their mirror. */
    private String motionCodec(String flow) {
      String y = flow;
      for (int i = 1; i <= 8; i++) {
        int stride = i % 2 == 1 ? 2 : 1;
        y = conv(y, "mvEncoder.conv" + i, i == 1 ? 2 : 128, 128, 3, stride);
        y = i < 8 ? leaky(y) : y;
      }
      for (int i = 1; i <= 8; i++) {
        y =
            i % 2 == 1
                ? deconv(y, "mvDecoder.deconv" + i, 128, 128, 3)
                : conv(y, "mvDecoder.conv" + i, 128, i == 8 ? 2 : 128, 3, 1);
        y = i < 8 ? leaky(y) : y;
      }
      return y;
    }

    private String leaky(String x) {
      return graph.node("LeakyRelu", List.of(x), GraphBuilder.number("alpha", 0.1));
    }

    private String block(String x, String name) {
      String y = conv(graph.node("Relu", List.of(x)), name + ".conv1", 64, 64, 3, 1);
      y = conv(graph.node("Relu", List.of(y)), name + ".conv2", 64, 64, 3, 1);
      return graph.node("Add", List.of(x, y));
    }

    /** Motion compensation: residual blocks on three scales, added on the way up. */
    private String compensation(String x) {
      String c0 = block(conv(x, "warpnet.feature_ext", 8, 64, 3, 1), "warpnet.conv0");
      String c1 = block(pooled(c0), "warpnet.conv1");
      String c2 = block(pooled(c1), "warpnet.conv2");
      String c3 = block(c2, "warpnet.conv3");
      String c4 = block(graph.node("Add", List.of(c1, doubled(c3))), "warpnet.conv4");
      String c5 = block(graph.node("Add", List.of(c0, doubled(c4))), "warpnet.conv5");
      return conv(c5, "warpnet.conv6", 64, 3, 3, 1);
    }

    private String pooled(String x) {
      return graph.node(
          "AveragePool",
          List.of(x),
          GraphBuilder.ints("kernel_shape", 2, 2),
          GraphBuilder.ints("strides", 2, 2));
    }

    private String doubled(String x) {
      return graph.node(
          "Resize", List.of(x, "", graph.numbers(1, 1, 2, 2)), GraphBuilder.text("mode", "linear"));
    }

    OnnxModel model() {
      String all = graph.input("frames", 1, 8, side, side);
      List<String> parts =
          graph.nodes(
              "Split", List.of(all, graph.integers(3, 3, 2)), 3, GraphBuilder.integer("axis", 1));
      String flow = motionCodec(parts.get(2));
      String warped =
          graph.node(
              "Concat", List.of(parts.get(1), parts.get(0), flow), GraphBuilder.integer("axis", 1));
      String prediction = graph.node("Add", List.of(parts.get(1), compensation(warped)));
      String residual = graph.node("Sub", List.of(parts.get(0), prediction));
      String decoded = residualCodec(residual);
      graph.output(graph.node("Add", List.of(prediction, decoded)));
      graph.output(flow);
      return graph.model();
    }
  }
}
