package org.findthelady.match;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/** Small structures of every kind that real networks have. */
public final class Structures {
  private Structures() {}

  public static Axis frozen(int length) {
    return Axis.frozen(length, "given");
  }

  public static Axis all(Group group) {
    return Axis.of(Segment.of(AxisFactor.of(group)));
  }

  public static Structure mlp(int in, int first, int second, int out) {
    Group one = Group.root("one", first);
    Group two = Group.root("two", second);
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("fc1.weight", List.of(all(one), frozen(in)));
    axes.put("fc1.bias", List.of(all(one)));
    axes.put("fc2.weight", List.of(all(two), all(one)));
    axes.put("fc2.bias", List.of(all(two)));
    axes.put("fc3.weight", List.of(frozen(out), all(two)));
    axes.put("fc3.bias", List.of(frozen(out)));
    return new Structure("mlp", List.of(one, two), axes);
  }

  public static Structure residual(int vocabulary, int width, int inner, int blocks) {
    Group stream = Group.root("stream", width);
    List<Group> groups = new ArrayList<>(List.of(stream));
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("embed", List.of(frozen(vocabulary), all(stream)));
    for (int b = 0; b < blocks; b++) {
      Group hidden = Group.root("mlp" + b, inner);
      groups.add(hidden);
      axes.put(b + ".norm", List.of(all(stream)));
      axes.put(b + ".up", List.of(all(hidden), all(stream)));
      axes.put(b + ".up.bias", List.of(all(hidden)));
      axes.put(b + ".down", List.of(all(stream), all(hidden)));
    }
    axes.put("head", List.of(frozen(vocabulary), all(stream)));
    return new Structure("residual", groups, axes);
  }

  /** Grouped queries: query heads in key/value heads; value dimensions in key/value heads. */
  static Structure grouped(int width, int heads, int repeats, int dimensions) {
    Group stream = Group.root("stream", width);
    Group kv = Group.root("kv", heads);
    Group rep = Group.within(kv, "rep", repeats);
    Group value = Group.within(kv, "value", dimensions);
    AxisFactor fixed = AxisFactor.fixed(dimensions);
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("embed", List.of(frozen(90), all(stream)));
    axes.put(
        "q",
        List.of(Axis.of(Segment.of(AxisFactor.of(kv), AxisFactor.of(rep), fixed)), all(stream)));
    axes.put("k", List.of(Axis.of(Segment.of(AxisFactor.of(kv), fixed)), all(stream)));
    axes.put(
        "v", List.of(Axis.of(Segment.of(AxisFactor.of(kv), AxisFactor.of(value))), all(stream)));
    axes.put(
        "o",
        List.of(
            all(stream),
            Axis.of(Segment.of(AxisFactor.of(kv), AxisFactor.of(rep), AxisFactor.of(value)))));
    return new Structure("grouped", List.of(stream, kv, rep, value), axes);
  }

  /** Fused query, key, value columns whose dimensions are free inside each head (GPT-2). */
  static Structure fused(int width, int heads, int dimensions) {
    Group stream = Group.root("stream", width);
    Group head = Group.root("head", heads);
    Group qk = Group.within(head, "qk", dimensions);
    Group value = Group.within(head, "value", dimensions);
    Segment keys = Segment.of(AxisFactor.of(head), AxisFactor.of(qk));
    Segment values = Segment.of(AxisFactor.of(head), AxisFactor.of(value));
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("wte", List.of(frozen(80), all(stream)));
    axes.put("attn", List.of(all(stream), Axis.of(keys, keys, values)));
    axes.put("attn.bias", List.of(Axis.of(keys, keys, values)));
    axes.put("proj", List.of(Axis.of(values), all(stream)));
    return new Structure("fused", List.of(stream, head, qk, value), axes);
  }

  public static Structure lstm(int in, int hidden, int out) {
    Group units = Group.root("units", hidden);
    Axis gates = Axis.of(Segment.of(AxisFactor.fixed(4), AxisFactor.of(units)));
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("ih", List.of(gates, frozen(in)));
    axes.put("hh", List.of(gates, all(units)));
    axes.put("bias", List.of(gates));
    axes.put("out", List.of(frozen(out), all(units)));
    return new Structure("lstm", List.of(units), axes);
  }

  /** Convolutions on a residual stream that is padded by new channels on both sides. */
  public static Structure sliced() {
    Group old = Group.root("old", 16);
    Group added = Group.root("added", 16);
    Group inner = Group.root("inner", 24);
    Axis wide =
        Axis.of(
            Segment.of(AxisFactor.slice(added, 0, 8)),
            Segment.of(AxisFactor.of(old)),
            Segment.of(AxisFactor.slice(added, 8, 8)));
    Axis kernel = frozen(3);
    Axis flat =
        Axis.of(
            Segment.of(AxisFactor.slice(added, 0, 8), AxisFactor.fixed(4)),
            Segment.of(AxisFactor.of(old), AxisFactor.fixed(4)),
            Segment.of(AxisFactor.slice(added, 8, 8), AxisFactor.fixed(4)));
    Map<String, List<Axis>> axes = new LinkedHashMap<>();
    axes.put("conv1", List.of(all(old), frozen(3), kernel, kernel));
    for (String term : List.of("weight", "bias", "mean", "var")) {
      axes.put("bn1." + term, List.of(all(old)));
      axes.put("bn3." + term, List.of(wide));
    }
    axes.put("conv2", List.of(all(inner), all(old), kernel, kernel));
    axes.put("conv3", List.of(wide, all(inner), kernel, kernel));
    axes.put("fc", List.of(frozen(10), flat));
    return new Structure("sliced", List.of(old, added, inner), axes);
  }

  public static List<Structure> all() {
    return List.of(
        mlp(20, 33, 27, 10),
        residual(70, 40, 64, 3),
        grouped(48, 4, 3, 8),
        fused(48, 6, 8),
        lstm(19, 30, 7),
        sliced());
  }
}
