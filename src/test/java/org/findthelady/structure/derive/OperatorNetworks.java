package org.findthelady.structure.derive;

import static org.findthelady.structure.graph.GraphBuilder.integer;
import static org.findthelady.structure.graph.GraphBuilder.ints;
import static org.findthelady.structure.graph.GraphBuilder.text;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.structure.graph.GraphBuilder;

/**
 * One small network for every operator that has a rule. The operator stands between two weights
 * that share a group, so that a rule that ties nothing, or freezes nothing, gives a wrong
 * structure.
 */
final class OperatorNetworks {
  private static final int WIDTH = 8;

  private final Map<String, OnnxModel> networks = new LinkedHashMap<>();

  private OperatorNetworks() {
    unary();
    binary();
    layouts();
    images();
    reductions();
    positions();
    products();
    recurrent();
    quantised();
    shapes();
  }

  static Map<String, OnnxModel> all() {
    return new OperatorNetworks().networks;
  }

  /** Hidden layer [2, 8] -> middle -> any rank-2 value, weighed and put out. */
  private void flat(String type, int opset, BiFunction<GraphBuilder, String, String> middle) {
    GraphBuilder g = new GraphBuilder(type, opset);
    String h = g.node("MatMul", List.of(g.input("x", 2, 6), g.input("first", 6, WIDTH)));
    String y = middle.apply(g, h);
    out(g, y, WIDTH);
    networks.put(type, g.model());
  }

  private static void out(GraphBuilder g, String y, int width) {
    g.output(g.node("MatMul", List.of(y, g.input("last", width, 5))));
  }

  /** Hidden channels [1, 8, 6, 6] -> middle of 8 channels -> convolution. */
  private void image(String type, int opset, BiFunction<GraphBuilder, String, String> middle) {
    image(type, opset, WIDTH, middle);
  }

  private void image(
      String type, int opset, int channels, BiFunction<GraphBuilder, String, String> middle) {
    GraphBuilder g = new GraphBuilder(type, opset);
    String x = g.input("x", 1, 3, 6, 6);
    String h =
        g.node("Conv", List.of(x, g.input("first", WIDTH, 3, 3, 3)), ints("pads", 1, 1, 1, 1));
    String y = middle.apply(g, h);
    g.output(g.node("Conv", List.of(y, g.input("last", 5, channels, 1, 1))));
    networks.put(type, g.model());
  }

  private static String cast(GraphBuilder g, String x, int to) {
    return g.node("Cast", List.of(x), integer("to", to));
  }

  private void unary() {
    for (String type :
        List.of(
            "Abs",
            "Acos",
            "Asin",
            "Asinh",
            "Atan",
            "Atanh",
            "Celu",
            "Cos",
            "Cosh",
            "Dropout",
            "Elu",
            "Erf",
            "Exp",
            "HardSigmoid",
            "HardSwish",
            "Identity",
            "LeakyRelu",
            "Log",
            "Neg",
            "Reciprocal",
            "Relu",
            "Selu",
            "Sigmoid",
            "Sin",
            "Sinh",
            "Softplus",
            "Softsign",
            "Sqrt",
            "Tan",
            "Tanh",
            "ThresholdedRelu",
            "Softmax",
            "LogSoftmax",
            "LpNormalization",
            "com.microsoft.QuickGelu",
            "com.microsoft.Gelu",
            "com.microsoft.FastGelu")) {
      AttributeProto[] attributes =
          type.equals("ThresholdedRelu")
              ? new AttributeProto[] {GraphBuilder.number("alpha", 0.4)}
              : new AttributeProto[0];
      flat(type, 17, (g, h) -> g.node(type, List.of(g.node("Sigmoid", List.of(h))), attributes));
    }
    for (String type : List.of("Mish", "Gelu")) {
      flat(type, 20, (g, h) -> g.node(type, List.of(h)));
    }
    flat("Swish", 24, (g, h) -> g.node("Swish", List.of(h)));
    for (String type : List.of("Ceil", "Floor", "Round", "Sign", "Shrink")) {
      flat(type, 17, (g, h) -> g.node(type, List.of(g.node("Mul", List.of(h, g.number(3))))));
    }
    flat(
        "Acosh",
        17,
        (g, h) ->
            g.node(
                "Acosh", List.of(g.node("Add", List.of(g.node("Abs", List.of(h)), g.number(1))))));
    flat("Cast", 17, (g, h) -> cast(g, cast(g, h, 11), 1));
    flat("CastLike", 17, (g, h) -> g.node("CastLike", List.of(h, g.number(1))));
    flat("Not", 17, (g, h) -> cast(g, g.node("Not", List.of(above(g, h))), 1));
    flat("IsNaN", 17, (g, h) -> cast(g, g.node("IsNaN", List.of(g.node("Log", List.of(h)))), 1));
    flat(
        "IsInf",
        17,
        (g, h) ->
            cast(
                g,
                g.node("IsInf", List.of(g.node("Div", List.of(h, g.node("Relu", List.of(h)))))),
                1));
    flat("BitwiseNot", 18, (g, h) -> cast(g, g.node("BitwiseNot", List.of(whole(g, h))), 1));
  }

  private static String above(GraphBuilder g, String h) {
    return g.node("Greater", List.of(h, g.number(0)));
  }

  /** Small whole numbers. */
  private static String whole(GraphBuilder g, String h) {
    return cast(g, g.node("Mul", List.of(h, g.number(4))), 6);
  }

  private void binary() {
    for (String type : List.of("Add", "Div", "Max", "Mean", "Min", "Mul", "PRelu", "Sub", "Sum")) {
      flat(type, 17, (g, h) -> g.node(type, List.of(h, g.input("scale", WIDTH))));
    }
    flat(
        "Pow",
        17,
        (g, h) -> g.node("Pow", List.of(g.node("Sigmoid", List.of(h)), g.input("scale", WIDTH))));
    flat(
        "com.microsoft.BiasGelu",
        17,
        (g, h) -> g.node("com.microsoft.BiasGelu", List.of(h, g.input("b", WIDTH))));
    flat(
        "Mod",
        17,
        (g, h) ->
            g.node(
                "Mod",
                List.of(h, g.node("Abs", List.of(g.input("scale", WIDTH)))),
                integer("fmod", 1)));
    flat("Clip", 17, (g, h) -> g.node("Clip", List.of(h, g.number(-0.5), g.number(0.5))));
    for (String type : List.of("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")) {
      flat(
          type,
          17,
          (g, h) -> cast(g, g.node(type, List.of(g.node("Round", List.of(h)), g.number(0))), 1));
    }
    for (String type : List.of("And", "Or", "Xor")) {
      flat(
          type,
          17,
          (g, h) ->
              cast(
                  g,
                  g.node(
                      type,
                      List.of(
                          above(g, h),
                          above(g, g.node("Sub", List.of(g.input("b", WIDTH), g.number(0.1)))))),
                  1));
    }
    for (String type : List.of("BitwiseAnd", "BitwiseOr", "BitwiseXor")) {
      flat(
          type,
          18,
          (g, h) -> cast(g, g.node(type, List.of(whole(g, h), cast(g, g.number(3), 6))), 1));
    }
    flat(
        "BitShift",
        17,
        (g, h) -> {
          String bits = cast(g, g.node("Abs", List.of(g.node("Mul", List.of(h, g.number(4))))), 2);
          String one = cast(g, g.number(1), 2);
          return cast(g, g.node("BitShift", List.of(bits, one), text("direction", "LEFT")), 1);
        });
    flat("Where", 17, (g, h) -> g.node("Where", List.of(above(g, h), h, g.input("b", WIDTH))));
  }

  private void layouts() {
    flat(
        "Reshape",
        17,
        (g, h) -> {
          String heads = g.node("Reshape", List.of(h, g.integers(2, 4, 2)));
          String sum = g.node("Softmax", List.of(heads));
          return g.node("Reshape", List.of(sum, g.integers(2, 8)));
        });
    image(
        "Flatten",
        17,
        (g, h) -> {
          String flat = g.node("Flatten", List.of(h));
          String y = g.node("MatMul", List.of(flat, g.input("middle", 288, 8)));
          return g.node("Reshape", List.of(y, g.integers(1, 8, 1, 1)));
        });
    flat("Unsqueeze", 17, (g, h) -> g.node("Unsqueeze", List.of(h, g.integers(0))));
    flat(
        "Squeeze",
        17,
        (g, h) ->
            g.node(
                "Squeeze", List.of(g.node("Unsqueeze", List.of(h, g.integers(0))), g.integers(0))));
    flat(
        "Transpose",
        17,
        (g, h) ->
            g.node("Transpose", List.of(g.node("Transpose", List.of(h))), ints("perm", 1, 0)));
    flat("Expand", 17, (g, h) -> g.node("Expand", List.of(h, g.integers(3, 2, 8))));
    flat("Tile", 17, (g, h) -> slice(g, g.node("Tile", List.of(h, g.integers(1, 2))), 1, 0, 8));
    image(
        "DepthToSpace",
        17,
        2,
        (g, h) -> g.node("DepthToSpace", List.of(h), integer("blocksize", 2)));
    image(
        "SpaceToDepth",
        17,
        32,
        (g, h) -> g.node("SpaceToDepth", List.of(h), integer("blocksize", 2)));
  }

  private static String slice(GraphBuilder g, String x, int axis, int from, int to) {
    return g.node("Slice", List.of(x, g.integers(from), g.integers(to), g.integers(axis)));
  }

  private void images() {
    image("BatchNormalization", 15, (g, h) -> g.batchNormalisation(h, "norm", WIDTH));
    image(
        "InstanceNormalization",
        17,
        (g, h) ->
            g.node("InstanceNormalization", List.of(h, g.input("s", WIDTH), g.input("b", WIDTH))));
    image(
        "GroupNormalization",
        21,
        (g, h) ->
            g.node(
                "GroupNormalization",
                List.of(h, g.input("s", WIDTH), g.input("b", WIDTH)),
                integer("num_groups", 2)));
    flat(
        "LayerNormalization",
        17,
        (g, h) ->
            g.node("LayerNormalization", List.of(h, g.input("s", WIDTH), g.input("b", WIDTH))));
    flat(
        "RMSNormalization",
        23,
        (g, h) -> g.node("RMSNormalization", List.of(h, g.input("s", WIDTH))));
    flat(
        "SimplifiedLayerNormalization",
        17,
        (g, h) -> g.node("SimplifiedLayerNormalization", List.of(h, g.input("s", WIDTH))));
    for (String type : List.of("SkipLayerNormalization", "SkipSimplifiedLayerNormalization")) {
      flat(
          "com.microsoft." + type,
          17,
          (g, h) -> {
            String wide = g.node("Unsqueeze", List.of(h, g.integers(0)));
            String skip = g.node("Relu", List.of(wide));
            String y = g.node("com.microsoft." + type, List.of(wide, skip, g.input("s", WIDTH)));
            return y;
          });
    }
    image(
        "LRN",
        17,
        (g, h) -> g.node("LRN", List.of(h), integer("size", 3), GraphBuilder.number("alpha", 1)));
    image(
        "MeanVarianceNormalization", 13, (g, h) -> g.node("MeanVarianceNormalization", List.of(h)));
    for (String type : List.of("MaxPool", "AveragePool", "LpPool")) {
      image(type, 17, (g, h) -> g.node(type, List.of(h), ints("kernel_shape", 2, 2)));
    }
    for (String type : List.of("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")) {
      image(type, 17, (g, h) -> g.node(type, List.of(h)));
    }
    image("Resize", 17, (g, h) -> g.node("Resize", List.of(h, "", g.numbers(1, 1, 2, 2))));
    image("Upsample", 9, (g, h) -> g.node("Upsample", List.of(h, g.numbers(1, 1, 2, 2))));
    image(
        "GridSample",
        17,
        (g, h) -> {
          String grid = g.node("Expand", List.of(g.number(0.3), g.integers(1, 2, 2, 2)));
          return g.node("GridSample", List.of(h, grid));
        });
    image(
        "RoiAlign",
        17,
        (g, h) -> {
          String regions = g.node("Expand", List.of(g.numbers(0, 0, 4, 4), g.integers(1, 4)));
          return g.node(
              "RoiAlign",
              List.of(h, regions, g.integers(0)),
              integer("output_height", 2),
              integer("output_width", 2));
        });
  }

  private void reductions() {
    for (String kind :
        List.of(
            "Mean", "Sum", "Max", "Min", "Prod", "L1", "L2", "LogSum", "LogSumExp", "SumSquare")) {
      flat(
          "Reduce" + kind,
          11,
          (g, h) -> {
            String positive = g.node("Sigmoid", List.of(h));
            return g.node("Reduce" + kind, List.of(positive), ints("axes", 0));
          });
    }
    flat("ArgMax", 17, (g, h) -> cast(g, g.node("ArgMax", List.of(h), integer("axis", 0)), 1));
    flat("ArgMin", 17, (g, h) -> cast(g, g.node("ArgMin", List.of(h), integer("axis", 0)), 1));
    flat("CumSum", 17, (g, h) -> g.node("CumSum", List.of(h, g.integer(1))));
    flat("TopK", 17, (g, h) -> g.nodes("TopK", List.of(h, g.integers(8)), 2).get(0));
  }

  private void positions() {
    flat(
        "Concat",
        17,
        (g, h) ->
            slice(
                g,
                g.node("Concat", List.of(h, g.node("Relu", List.of(h))), integer("axis", 1)),
                1,
                8,
                16));
    flat(
        "Split",
        17,
        (g, h) -> {
          List<String> parts = g.nodes("Split", List.of(h), 2, integer("axis", 1));
          return g.node("Concat", List.of(parts.get(1), parts.get(0)), integer("axis", 1));
        });
    flat(
        "Slice",
        17,
        (g, h) ->
            g.node(
                "Concat", List.of(slice(g, h, 1, 4, 8), slice(g, h, 1, 0, 4)), integer("axis", 1)));
    flat(
        "Gather",
        17,
        (g, h) ->
            g.node("Gather", List.of(h, g.integers(7, 0, 1, 2, 3, 4, 5, 6)), integer("axis", 1)));
    flat(
        "Pad", 17, (g, h) -> slice(g, g.node("Pad", List.of(h, g.integers(0, 4, 0, 0))), 1, 4, 12));
    flat("Trilu", 17, (g, h) -> g.node("Trilu", List.of(h)));
    flat(
        "ScatterND",
        17,
        (g, h) -> {
          String index = g.node("Reshape", List.of(g.integers(0), g.integers(1, 1)));
          return g.node("ScatterND", List.of(h, index, g.input("update", 1, 8)));
        });
    for (String type : List.of("ScatterElements", "Scatter")) {
      flat(
          type,
          type.equals("Scatter") ? 9 : 17,
          (g, h) -> {
            String index = g.node("Reshape", List.of(g.integers(3, 5), g.integers(1, 2)));
            return g.node(type, List.of(h, index, g.input("update", 1, 2)), integer("axis", 1));
          });
    }
    flat(
        "TensorScatter",
        24,
        (g, h) -> {
          String past = g.node("Reshape", List.of(h, g.integers(2, 8, 1)));
          String update = g.node("Reshape", List.of(slice(g, h, 1, 0, 1), g.integers(2, 1, 1)));
          String y = g.node("TensorScatter", List.of(past, update, g.integers(3, 3)));
          return g.node("Reshape", List.of(y, g.integers(2, 8)));
        });
    flat(
        "ReverseSequence",
        17,
        (g, h) ->
            g.node(
                "ReverseSequence",
                List.of(h, g.integers(5, 6)),
                integer("batch_axis", 0),
                integer("time_axis", 1)));
    flat(
        "GatherElements",
        17,
        (g, h) -> {
          String index =
              g.node("Reshape", List.of(g.integers(3, 5, 1, 0, 2, 4, 7, 6), g.integers(1, 8)));
          return g.node("GatherElements", List.of(h, index), integer("axis", 1));
        });
    flat(
        "GatherND",
        17,
        (g, h) ->
            g.node(
                "GatherND",
                List.of(h, g.node("Reshape", List.of(g.integers(1, 0), g.integers(2, 1))))));
    flat(
        "OneHot",
        17,
        (g, h) -> {
          String index = g.node("ArgMax", List.of(h), integer("axis", 1), integer("keepdims", 0));
          return g.node("OneHot", List.of(index, g.integer(8), g.numbers(0, 1)));
        });
    flat(
        "NonZero",
        17,
        (g, h) -> {
          String places = g.node("NonZero", List.of(g.node("Relu", List.of(slice(g, h, 0, 0, 1)))));
          String first = slice(g, places, 1, 0, 1);
          String sum = g.node("ReduceSum", List.of(cast(g, first, 1)), integer("keepdims", 0));
          return g.node("Mul", List.of(sum, g.input("scale", 1, 8)));
        });
    flat(
        "Compress",
        17,
        (g, h) -> {
          String keep = above(g, g.numbers(1, 1, -1, 1, 1, -1, 1, 1));
          String six = g.node("Compress", List.of(h, keep), integer("axis", 1));
          return g.node("Pad", List.of(six, g.integers(0, 0, 0, 2)));
        });
    flat(
        "NonMaxSuppression",
        17,
        (g, h) -> {
          String boxes = g.node("Reshape", List.of(h, g.integers(1, 4, 4)));
          String scores = g.node("Reshape", List.of(slice(g, h, 1, 0, 2), g.integers(1, 1, 4)));
          String chosen = g.node("NonMaxSuppression", List.of(boxes, scores, g.integer(1)));
          String sum = g.node("ReduceSum", List.of(cast(g, chosen, 1)), integer("keepdims", 0));
          return g.node("Mul", List.of(sum, g.input("scale", 1, 8)));
        });
  }

  private void products() {
    image(
        "Conv",
        17,
        (g, h) ->
            g.node(
                "Conv",
                List.of(h, g.input("grouped", 8, 4, 1, 1), g.input("bias", 8)),
                integer("group", 2)));
    image(
        "ConvTranspose",
        17,
        (g, h) ->
            g.node("ConvTranspose", List.of(h, g.input("up", 8, 8, 2, 2), g.input("bias", 8))));
    image(
        "com.microsoft.FusedConv",
        17,
        (g, h) ->
            g.node(
                "com.microsoft.FusedConv",
                List.of(h, g.input("fused", 8, 8, 1, 1), g.input("bias", 8)),
                text("activation", "Relu")));
    flat(
        "Gemm",
        17,
        (g, h) ->
            g.node(
                "Gemm",
                List.of(h, g.input("gemm", 8, 8), g.input("bias", 8)),
                integer("transB", 1)));
    flat("MatMul", 17, (g, h) -> g.node("MatMul", List.of(h, g.input("middle", 8, 8))));
    flat(
        "Einsum",
        17,
        (g, h) ->
            g.node("Einsum", List.of(h, g.input("middle", 8, 8)), text("equation", "bi,oi->bo")));
  }

  private void recurrent() {
    Map<String, Integer> gates = Map.of("LSTM", 4, "GRU", 3, "RNN", 1);
    for (String type : List.of("LSTM", "GRU", "RNN")) {
      int rows = gates.get(type) * 7;
      GraphBuilder g = new GraphBuilder(type);
      String x = g.input("x", 3, 1, 4);
      String h = g.node("MatMul", List.of(x, g.input("first", 4, 6)));
      String y =
          g.node(
              type,
              List.of(
                  h,
                  g.input("w", 1, rows, 6),
                  g.input("r", 1, rows, 7),
                  g.input("b", 1, 2L * rows)),
              integer("hidden_size", 7));
      g.output(
          g.node(
              "MatMul",
              List.of(g.node("Squeeze", List.of(y, g.integers(1))), g.input("last", 7, 5))));
      networks.put(type, g.model());
    }
  }

  private static String bytes(GraphBuilder g, int... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(3);
    if (values.length > 1) {
      tensor.addDims(values.length);
    }
    for (int value : values) {
      tensor.addInt32Data(value);
    }
    return g.constant(tensor);
  }

  /** Eight-bit weights of a constant pattern. */
  private static String pattern(GraphBuilder g, long... shape) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(3);
    long count = 1;
    for (long length : shape) {
      tensor.addDims(length);
      count *= length;
    }
    for (int i = 0; i < count; i++) {
      tensor.addInt32Data((i * 37 % 101 + i * 11 % 89) % 101 - 50);
    }
    return g.constant(tensor);
  }

  private void quantised() {
    for (String domain : List.of("", "com.microsoft.")) {
      for (String type : List.of("QuantizeLinear", "DequantizeLinear")) {
        flat(
            domain + type,
            17,
            (g, h) -> {
              String scale = g.node("Abs", List.of(g.input("scale", WIDTH)));
              String zero = bytes(g, 0, 1, 2, 3, 4, 5, 6, 7);
              String q =
                  g.node(domain + "QuantizeLinear", List.of(h, scale, zero), integer("axis", 1));
              return g.node(
                  domain + "DequantizeLinear", List.of(q, scale, zero), integer("axis", 1));
            });
      }
    }
    flat(
        "DynamicQuantizeLinear",
        17,
        (g, h) -> {
          List<String> q = g.nodes("DynamicQuantizeLinear", List.of(h), 3);
          return g.node("DequantizeLinear", q);
        });
    image("QLinearConv", 17, (g, h) -> real(g, quantisedConvolution(g, h)));
    image(
        "ConvInteger",
        17,
        (g, h) -> cast(g, g.node("ConvInteger", List.of(eight(g, h), pattern(g, 8, 8, 1, 1))), 1));
    flat(
        "QLinearMatMul",
        17,
        (g, h) ->
            real(
                g,
                g.node(
                    "QLinearMatMul",
                    List.of(
                        eight(g, h),
                        g.number(0.05),
                        bytes(g, 0),
                        pattern(g, 8, 8),
                        g.number(0.02),
                        bytes(g, 0),
                        g.number(0.1),
                        bytes(g, 0)))));
    flat(
        "MatMulInteger",
        17,
        (g, h) -> cast(g, g.node("MatMulInteger", List.of(eight(g, h), pattern(g, 8, 8))), 1));
    for (String type : List.of("QLinearAdd", "QLinearMul")) {
      flat(
          "com.microsoft." + type,
          17,
          (g, h) -> {
            String a = eight(g, h);
            List<String> inputs = new ArrayList<>();
            for (String value : List.of(a, a)) {
              inputs.addAll(List.of(value, g.number(0.05), bytes(g, 0)));
            }
            inputs.addAll(List.of(g.number(0.1), bytes(g, 0)));
            return real(g, g.node("com.microsoft." + type, inputs));
          });
    }
    for (String type : List.of("QLinearSigmoid", "QLinearLeakyRelu")) {
      flat(
          "com.microsoft." + type,
          17,
          (g, h) ->
              real(
                  g,
                  g.node(
                      "com.microsoft." + type,
                      List.of(
                          eight(g, h), g.number(0.05), bytes(g, 0), g.number(0.1), bytes(g, 0)))));
    }
  }

  private static String eight(GraphBuilder g, String h) {
    return g.node("QuantizeLinear", List.of(h, g.number(0.05), bytes(g, 0)));
  }

  private static String real(GraphBuilder g, String q) {
    return g.node("DequantizeLinear", List.of(q, g.number(0.1), bytes(g, 0)));
  }

  static String quantisedConvolution(GraphBuilder g, String h) {
    return g.node(
        "QLinearConv",
        List.of(
            eight(g, h),
            g.number(0.05),
            bytes(g, 0),
            pattern(g, 8, 8, 1, 1),
            g.numbers(.02, .03, .01, .02, .04, .02, .03, .01),
            bytes(g, 0, 0, 0, 0, 0, 0, 0, 0),
            g.number(0.1),
            bytes(g, 0)));
  }

  /** Shapes that the graph computes: a wrong number splits the heads in another way. */
  private void shapes() {
    shaped("Shape", g -> g.node("Shape", List.of(g.input("four", 4, 2))));
    shaped(
        "Size",
        g -> {
          String four = g.node("Size", List.of(g.input("four", 2, 2)));
          return g.node(
              "Concat",
              List.of(g.node("Unsqueeze", List.of(four, g.integers(0))), g.integers(-1)),
              integer("axis", 0));
        });
    shaped(
        "ConstantOfShape",
        g -> {
          AttributeProto value =
              AttributeProto.newBuilder()
                  .setName("value")
                  .setType(AttributeProto.AttributeType.TENSOR)
                  .setT(TensorProto.newBuilder().setDataType(7).addDims(1).addInt64Data(4))
                  .build();
          String four = g.node("ConstantOfShape", List.of(g.integers(1)), value);
          return g.node("Concat", List.of(four, g.integers(-1)), integer("axis", 0));
        });
    shaped("Range", g -> g.node("Range", List.of(g.integer(4), g.integer(1), g.integer(-2))));
  }

  /** Scaled dot products of heads whose number and width come from a computed [4, 2]. */
  private void shaped(String type, Function<GraphBuilder, String> computed) {
    flat(
        type,
        17,
        (g, h) -> {
          String pair = computed.apply(g);
          String shape = g.node("Concat", List.of(g.integers(2), pair), integer("axis", 0));
          if (type.equals("Range")) {
            shape =
                g.node(
                    "Concat", List.of(g.integers(2), slice(g, pair, 0, 0, 2)), integer("axis", 0));
          }
          String heads = g.node("Reshape", List.of(h, shape));
          return g.node("Reshape", List.of(g.node("Softmax", List.of(heads)), g.integers(2, 8)));
        });
  }
}
