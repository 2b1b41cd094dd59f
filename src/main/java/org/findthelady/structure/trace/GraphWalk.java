package org.findthelady.structure.trace;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Walks a graph in order and applies the rule of every node. */
public final class GraphWalk {
  /** Functions inlined into functions may not multiply a small file into an endless walk. */
  private static final int MOST_NODES = 2_000_000;

  private static final int DEEPEST = 32;

  private final ModelProto model;
  private final Function<TensorProto, String> names;
  private final Set<String> weightInputs;
  private final Map<String, long[]> inputShapes;
  private final Map<String, OperatorRule> rules;
  private final Coordinates coordinates = new Coordinates();
  private final AxisAlgebra tracks = new AxisAlgebra(coordinates);
  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final Map<String, long[]> declared = new HashMap<>();
  private final Set<String> notes = new LinkedHashSet<>();
  private int nodes;

  public GraphWalk(
      ModelProto model,
      Function<TensorProto, String> names,
      Set<String> weightInputs,
      Map<String, long[]> inputShapes,
      Map<String, OperatorRule> rules) {
    this.model = model;
    this.names = names;
    this.weightInputs = weightInputs;
    this.inputShapes = inputShapes;
    this.rules = rules;
    model.getFunctionsList().forEach(f -> functions.put(f.getDomain() + "." + f.getName(), f));
  }

  /** The names in scope, inner before outer. */
  private record Scope(
      Map<String, TracedValue> values, Scope outer, Map<String, Long> opsets, int depth) {
    TracedValue find(String name) {
      for (Scope scope = this; scope != null; scope = scope.outer) {
        TracedValue value = scope.values.get(name);
        if (value != null) {
          return value;
        }
      }
      return null;
    }

    Scope inner() {
      if (depth >= DEEPEST) {
        throw new Untraceable("graphs nested more than " + DEEPEST + " deep");
      }
      return new Scope(new HashMap<>(), this, opsets, depth + 1);
    }
  }

  public void run() {
    GraphProto graph = model.getGraph();
    graph.getValueInfoList().forEach(info -> declared.put(info.getName(), dims(info)));
    Scope scope = new Scope(new HashMap<>(), null, opsets(model.getOpsetImportList()), 0);
    Set<String> initialised = new HashSet<>();
    graph.getInitializerList().forEach(t -> initialised.add(t.getName()));
    for (ValueInfoProto input : graph.getInputList()) {
      if (!initialised.contains(input.getName())) {
        scope.values().put(input.getName(), graphInput(input));
      }
    }
    walk(graph, scope);
    for (ValueInfoProto output : graph.getOutputList()) {
      TracedValue value = scope.find(output.getName());
      if (value != null && value.hasRank()) {
        tracks.freezeAll(value.tracks(), "graph output");
      }
    }
  }

  private TracedValue graphInput(ValueInfoProto input) {
    long[] dims = inputShapes.getOrDefault(input.getName(), dims(input));
    int type = input.getType().getTensorType().getElemType();
    return weightInputs.contains(input.getName()) && moves(type)
        ? TracedValue.stored(input.getName(), dims, null, coordinates)
        : TracedValue.still(dims);
  }

  /** Axis lengths; -1 for a symbolic one. A symbolic first axis is taken for a batch of 1. */
  public static long[] dims(ValueInfoProto info) {
    List<Dimension> list = info.getType().getTensorType().getShape().getDimList();
    long[] dims = new long[list.size()];
    for (int axis = 0; axis < dims.length; axis++) {
      Dimension dimension = list.get(axis);
      long known =
          dimension.hasDimValue() && dimension.getDimValue() >= 0 ? dimension.getDimValue() : -1;
      dims[axis] = known;
    }
    return dims;
  }

  private static Map<String, Long> opsets(List<OperatorSetIdProto> imports) {
    Map<String, Long> opsets = new HashMap<>();
    imports.forEach(
        i -> opsets.put(i.getDomain().equals("ai.onnx") ? "" : i.getDomain(), i.getVersion()));
    return opsets;
  }

  /** Whether tensors of this ONNX type are weights whose indices may move. */
  static boolean moves(int type) {
    return switch (type) {
      case 1, 2, 3, 4, 5, 6, 10, 11, 16, 17, 19 -> true;
      default -> false;
    };
  }

  private TracedValue stored(TensorProto tensor) {
    long[] dims = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    boolean weight = moves(tensor.getDataType());
    boolean small = tensor.getDataType() == 6 || !weight || Constant.elements(dims) <= 16;
    Constant numbers = small ? Constant.of(tensor).orElse(null) : null;
    String name = names.apply(tensor);
    return weight && name != null && dims.length > 0
        ? TracedValue.stored(name, dims, numbers, coordinates)
        : TracedValue.still(dims).with(numbers);
  }

  private void walk(GraphProto graph, Scope scope) {
    for (TensorProto tensor : graph.getInitializerList()) {
      scope.values().put(tensor.getName(), stored(tensor));
    }
    if (graph.getSparseInitializerCount() > 0) {
      notes.add("sparse initialisers are not traced");
    }
    for (NodeProto node : graph.getNodeList()) {
      visit(node, scope);
    }
  }

  private void visit(NodeProto node, Scope scope) {
    if (++nodes > MOST_NODES) {
      throw new Untraceable("more than " + MOST_NODES + " nodes after inlining");
    }
    List<TracedValue> inputs = new ArrayList<>();
    for (String input : node.getInputList()) {
      TracedValue value = input.isEmpty() ? null : scope.find(input);
      inputs.add(value == null && !input.isEmpty() ? TracedValue.unknown() : value);
    }
    String domain = node.getDomain().equals("ai.onnx") ? "" : node.getDomain();
    Operation operation = new Operation(node, inputs, scope.opsets().getOrDefault(domain, 1L));
    List<TracedValue> outputs;
    try {
      outputs = outputs(operation, domain, scope);
    } catch (Untraceable
        | ArithmeticException
        | IllegalStateException
        | IllegalArgumentException
        | IndexOutOfBoundsException reason) {
      outputs = freeze(operation, reason.getMessage());
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      String name = node.getOutput(i);
      TracedValue value = i < outputs.size() ? outputs.get(i) : TracedValue.unknown();
      if (!value.hasRank() && declared.get(name) != null && declared.get(name).length > 0) {
        value = TracedValue.still(declared.get(name));
      }
      if (!name.isEmpty()) {
        scope.values().put(name, value);
      }
    }
  }

  private List<TracedValue> outputs(Operation operation, String domain, Scope scope) {
    String type = operation.node().getOpType();
    String key = domain.isEmpty() ? type : domain + "." + type;
    OperatorRule rule = rules.get(key);
    if (rule != null) {
      List<TracedValue> outputs = rule.trace(operation, tracks);
      TracedValue first = outputs.get(0);
      if (first.constant() == null) {
        Constant folded = ConstantFolding.fold(operation, first);
        if (folded != null) {
          outputs = new ArrayList<>(outputs);
          outputs.set(0, first.with(folded));
        }
      }
      return outputs;
    }
    FunctionProto function = functions.get(domain + "." + type);
    if (function != null) {
      return call(function, operation, scope);
    }
    return switch (key) {
      case "Constant" -> List.of(constant(operation));
      case "If" -> branch(operation, scope);
      case "Loop" -> loop(operation, scope);
      case "Scan" -> scan(operation, scope);
      default -> throw new Untraceable("operator " + key + " is not known");
    };
  }

  private List<TracedValue> freeze(Operation operation, String reason) {
    NodeProto node = operation.node();
    String why = "%s '%s': %s".formatted(node.getOpType(), node.getName(), reason);
    notes.add(why);
    for (TracedValue input : operation.inputs()) {
      if (input != null && input.hasRank()) {
        for (int axis = 0; axis < input.rank(); axis++) {
          input.freeze(axis, why, tracks);
        }
      }
    }
    return List.of();
  }

  private TracedValue constant(Operation operation) {
    if (operation.tensor("value").isPresent()) {
      return stored(operation.tensor("value").get());
    }
    if (operation.number("value_float").isPresent()) {
      return TracedValue.still()
          .with(Constant.scalar(operation.number("value_float").get(), false));
    }
    if (operation.integers("value_ints") != null && operation.has("value_ints")) {
      long[] numbers = operation.integers("value_ints");
      return TracedValue.still(numbers.length).with(Constant.vector(numbers));
    }
    if (operation.has("value_floats")) {
      double[] numbers = operation.floats("value_floats");
      return TracedValue.still(numbers.length).with(Constant.vector(numbers, false));
    }
    if (operation.has("value_int")) {
      return TracedValue.still()
          .with(Constant.scalar((double) operation.integer("value_int", 0), true));
    }
    throw new Untraceable("a constant that is not a dense tensor");
  }

  private List<TracedValue> results(GraphProto graph, Scope scope) {
    List<TracedValue> results = new ArrayList<>();
    for (ValueInfoProto output : graph.getOutputList()) {
      TracedValue value = scope.find(output.getName());
      results.add(value == null ? TracedValue.unknown() : value);
    }
    return results;
  }

  private List<TracedValue> branch(Operation operation, Scope scope) {
    TracedValue condition = operation.input(0);
    if (condition.isKnown() && condition.constant().length() == 1) {
      String taken = condition.constant().integer(0) != 0 ? "then_branch" : "else_branch";
      Scope inner = scope.inner();
      walk(operation.graph(taken), inner);
      return results(operation.graph(taken), inner);
    }
    Scope left = scope.inner();
    walk(operation.graph("then_branch"), left);
    Scope right = scope.inner();
    walk(operation.graph("else_branch"), right);
    List<TracedValue> a = results(operation.graph("then_branch"), left);
    List<TracedValue> b = results(operation.graph("else_branch"), right);
    List<TracedValue> both = new ArrayList<>();
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      both.add(same(a.get(i), b.get(i), "two branches that differ"));
    }
    return both;
  }

  /** Ties two values that stand for one; what cannot be tied is frozen. */
  private TracedValue same(TracedValue a, TracedValue b, String why) {
    if (!a.hasRank() || !b.hasRank() || a.rank() != b.rank()) {
      for (TracedValue value : List.of(a, b)) {
        if (value.hasRank()) {
          tracks.freezeAll(value.tracks(), why);
        }
      }
      return TracedValue.unknown();
    }
    long[] dims = a.dims().clone();
    AxisSymbol[] left = a.tracks();
    AxisSymbol[] right = b.tracks();
    for (int axis = 0; axis < dims.length; axis++) {
      if (dims[axis] != b.length(axis)) {
        tracks.freeze(left, axis, why);
        tracks.freeze(right, axis, why);
        dims[axis] = -1;
        left = stilled(left, axis);
        right = stilled(right, axis);
      }
    }
    return TracedValue.of(dims, tracks.merge(left, right, Set.of(), why));
  }

  private AxisSymbol[] stilled(AxisSymbol[] all, int axis) {
    List<AxisSymbol> left = new ArrayList<>(Arrays.asList(tracks.drop(all, Set.of(axis))));
    left.add(axis, AxisSymbol.STILL);
    return left.toArray(AxisSymbol[]::new);
  }

  /** A loop's variable before its first turn: what is the same everywhere may not stay so. */
  private TracedValue carried(TracedValue initial) {
    if (!initial.hasRank()) {
      return initial;
    }
    AxisSymbol[] all = initial.tracks();
    for (int axis = 0; axis < all.length; axis++) {
      if (all[axis].isNeutral() && initial.length(axis) > 1) {
        all[axis] = AxisSymbol.of(coordinates.fresh(Math.toIntExact(initial.length(axis))));
      }
    }
    return TracedValue.of(initial.dims(), all);
  }

  private List<TracedValue> loop(Operation operation, Scope scope) {
    GraphProto body = operation.graph("body");
    Scope inner = scope.inner();
    int carried = operation.inputs().size() - 2;
    List<TracedValue> before = new ArrayList<>();
    for (int i = 0; i < body.getInputCount(); i++) {
      TracedValue value = i < 2 ? TracedValue.still() : carried(operation.input(i));
      before.add(value);
      inner.values().put(body.getInput(i).getName(), value);
    }
    walk(body, inner);
    List<TracedValue> after = results(body, inner);
    List<TracedValue> outputs = new ArrayList<>();
    for (int i = 1; i < after.size(); i++) {
      outputs.add(
          i <= carried
              ? same(before.get(i + 1), after.get(i), "a loop that changes shape")
              : stacked(after.get(i), 0, -1));
    }
    return outputs;
  }

  private TracedValue stacked(TracedValue value, int axis, long turns) {
    if (!value.hasRank()) {
      return value;
    }
    List<AxisSymbol> all = new ArrayList<>(Arrays.asList(value.tracks()));
    all.add(axis, AxisSymbol.STILL);
    long[] dims = new long[all.size()];
    for (int a = 0; a < dims.length; a++) {
      dims[a] = a == axis ? turns : value.length(a < axis ? a : a - 1);
    }
    return TracedValue.of(dims, all.toArray(AxisSymbol[]::new));
  }

  private List<TracedValue> scan(Operation operation, Scope scope) {
    GraphProto body = operation.graph("body");
    int scanned = (int) operation.integer("num_scan_inputs", 1);
    int states = operation.inputs().size() - scanned;
    if (operation.opset() < 9 || states < 0 || body.getInputCount() != states + scanned) {
      throw new Untraceable("an old or malformed Scan");
    }
    long[] inAxes = operation.integers("scan_input_axes");
    long[] outAxes = operation.integers("scan_output_axes");
    Scope inner = scope.inner();
    List<TracedValue> before = new ArrayList<>();
    long turns = -1;
    for (int i = 0; i < states + scanned; i++) {
      TracedValue value = operation.input(i);
      if (i < states) {
        value = carried(value);
      } else {
        int axis = Operation.axis(inAxes == null ? 0 : inAxes[i - states], value.rank());
        turns = value.length(axis);
        value.freeze(axis, "steps of a scan", tracks);
        long[] dims = new long[value.rank() - 1];
        for (int a = 0; a < dims.length; a++) {
          dims[a] = value.length(a < axis ? a : a + 1);
        }
        value = TracedValue.of(dims, tracks.drop(value.tracks(), Set.of(axis)));
      }
      before.add(value);
      inner.values().put(body.getInput(i).getName(), value);
    }
    walk(body, inner);
    List<TracedValue> after = results(body, inner);
    List<TracedValue> outputs = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      if (i < states) {
        outputs.add(same(before.get(i), after.get(i), "a scan that changes shape"));
      } else {
        TracedValue value = after.get(i);
        long given = outAxes == null ? 0 : outAxes[i - states];
        int axis = value.hasRank() ? Operation.axis(given, value.rank() + 1) : 0;
        outputs.add(stacked(value, axis, turns));
      }
    }
    return outputs;
  }

  private List<TracedValue> call(FunctionProto function, Operation operation, Scope scope) {
    if (scope.depth() >= DEEPEST) {
      throw new Untraceable("functions nested more than " + DEEPEST + " deep");
    }
    Map<String, Long> opsets = opsets(function.getOpsetImportList());
    Scope inner = new Scope(new HashMap<>(), null, opsets, scope.depth() + 1);
    for (int i = 0; i < function.getInputCount(); i++) {
      if (operation.optional(i) != null) {
        inner.values().put(function.getInput(i), operation.input(i));
      }
    }
    for (NodeProto node : function.getNodeList()) {
      visit(bind(node, operation.node(), function), inner);
    }
    List<TracedValue> outputs = new ArrayList<>();
    for (String output : function.getOutputList()) {
      TracedValue value = inner.find(output);
      outputs.add(value == null ? TracedValue.unknown() : value);
    }
    return outputs;
  }

  /** The node with references to the function's attributes replaced by what the caller gave. */
  private static NodeProto bind(NodeProto node, NodeProto caller, FunctionProto function) {
    if (node.getAttributeList().stream().allMatch(a -> a.getRefAttrName().isEmpty())) {
      return node;
    }
    NodeProto.Builder bound = node.toBuilder().clearAttribute();
    for (AttributeProto attribute : node.getAttributeList()) {
      String reference = attribute.getRefAttrName();
      if (reference.isEmpty()) {
        bound.addAttribute(attribute);
        continue;
      }
      List<AttributeProto> given = new ArrayList<>(caller.getAttributeList());
      given.addAll(function.getAttributeProtoList());
      given.stream()
          .filter(a -> a.getName().equals(reference))
          .findFirst()
          .ifPresent(a -> bound.addAttribute(a.toBuilder().setName(attribute.getName())));
    }
    return bound.build();
  }

  public Coordinates coordinates() {
    return coordinates;
  }

  public List<String> notes() {
    return List.copyOf(notes);
  }
}
