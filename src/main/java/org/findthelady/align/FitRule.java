package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.TensorInfo;

/**
 * Pairs tensors whose names have nothing in common, by shapes and by what no permutation changes.
 * Names that differ by numbers alone are one template; the templates of a renamed model answer to
 * each other as wholes, which tells them apart much more surely than single tensors. Where single
 * tensors come clearly nearer in another way, names say nothing, and each goes to its nearest.
 */
final class FitRule {
  /** Tensors of one shape up to which each is held against each. */
  private static final int MOST_ALIKE = 512;

  /** Tensors of a template that are looked at to compare it with another. */
  private static final int LOOKED_AT = 8;

  /** Single tensors must come so many times nearer than templates do. */
  private static final double CLEARLY = 3;

  /** Mean distances below this are rounding. */
  private static final double ROUNDING = 1e-9;

  /** Where shapes of the two sides differ besides, only tensors nearer than this are paired. */
  private static final double NEAR = 0.05;

  /** Two tensors, and how far they are from being each other's permutation. */
  record Fit(TensorInfo ours, TensorInfo theirs, double distance) {}

  private final AlignmentBuilder draft;
  private final Profiles profiles;

  FitRule(AlignmentBuilder draft, Profiles profiles) {
    this.draft = draft;
    this.profiles = profiles;
  }

  /** Pairs what is left of both sides. */
  void pair() throws IOException {
    Map<String, List<TensorInfo>> ours = byShape(draft.ours(), draft.reference());
    Map<String, List<TensorInfo>> theirs = byShape(draft.theirs(), draft.suspect());
    boolean sameShapes =
        ours.keySet().equals(theirs.keySet())
            && ours.keySet().stream().allMatch(k -> ours.get(k).size() == theirs.get(k).size());
    List<Fit> fits = byTemplates(ours, theirs);
    List<Fit> nearest = nearest(ours, theirs);
    if (nearest != null
        && (nearest.size() > fits.size() || mean(fits) > CLEARLY * mean(nearest) + ROUNDING)) {
      fits = nearest;
    }
    for (Fit fit : fits) {
      if (sameShapes || fit.distance() < NEAR) {
        pair(fit, PairingRule.SIGNATURE);
      }
    }
  }

  private void pair(Fit fit, PairingRule rule) throws IOException {
    draft.pair(
        draft.reference().view(fit.ours()),
        draft
            .suspect()
            .seen(fit.theirs(), fit.ours().name(), null, profiles.order(fit.ours(), fit.theirs())),
        Map.of(),
        rule);
  }

  private static double mean(List<Fit> fits) {
    return fits.stream().mapToDouble(Fit::distance).average().orElse(0);
  }

  /** Weights by the lengths of their axes, in any order. */
  private static Map<String, List<TensorInfo>> byShape(List<TensorInfo> tensors, Stored side) {
    Map<String, List<TensorInfo>> byShape = new LinkedHashMap<>();
    for (TensorInfo tensor : tensors) {
      if (side.isReal(tensor) && tensor.shape().elements() > 1) {
        long[] lengths = tensor.shape().toArray();
        Arrays.sort(lengths);
        byShape.computeIfAbsent(Arrays.toString(lengths), k -> new ArrayList<>()).add(tensor);
      }
    }
    return byShape;
  }

  /** Each with its nearest; null if that is too much to look at. */
  private List<Fit> nearest(
      Map<String, List<TensorInfo>> ours, Map<String, List<TensorInfo>> theirs) throws IOException {
    List<Fit> fits = new ArrayList<>();
    for (Map.Entry<String, List<TensorInfo>> shape : ours.entrySet()) {
      List<TensorInfo> others = theirs.getOrDefault(shape.getKey(), List.of());
      if (Math.max(others.size(), shape.getValue().size()) > MOST_ALIKE) {
        return null;
      }
      List<Fit> all = new ArrayList<>();
      for (TensorInfo our : shape.getValue()) {
        for (TensorInfo their : others) {
          double distance = profiles.distance(our, their);
          if (distance < Double.POSITIVE_INFINITY) {
            all.add(new Fit(our, their, distance));
          }
        }
      }
      fits.addAll(greedy(all));
    }
    return fits;
  }

  /** The nearest first; equal ones in the order of storage. */
  private static List<Fit> greedy(List<Fit> all) {
    List<Fit> sorted = all.stream().sorted(Comparator.comparingDouble(Fit::distance)).toList();
    Set<TensorInfo> here = new HashSet<>();
    Set<TensorInfo> there = new HashSet<>();
    List<Fit> chosen = new ArrayList<>();
    for (Fit fit : sorted) {
      if (!here.contains(fit.ours()) && !there.contains(fit.theirs())) {
        here.add(fit.ours());
        there.add(fit.theirs());
        chosen.add(fit);
      }
    }
    return chosen;
  }

  private List<Fit> byTemplates(
      Map<String, List<TensorInfo>> ours, Map<String, List<TensorInfo>> theirs) throws IOException {
    List<List<TensorInfo>> left = templates(ours);
    List<List<TensorInfo>> right = templates(theirs);
    record Meeting(List<TensorInfo> ours, List<TensorInfo> theirs, double distance) {}
    List<Meeting> meetings = new ArrayList<>();
    for (List<TensorInfo> our : left) {
      for (List<TensorInfo> their : right) {
        double distance = distance(our, their);
        if (distance < Double.POSITIVE_INFINITY) {
          meetings.add(new Meeting(our, their, distance));
        }
      }
    }
    meetings.sort(Comparator.comparingDouble(Meeting::distance));
    Set<TensorInfo> here = new HashSet<>();
    Set<TensorInfo> there = new HashSet<>();
    List<Fit> fits = new ArrayList<>();
    for (Meeting meeting : meetings) {
      if (here.contains(meeting.ours().get(0)) || there.contains(meeting.theirs().get(0))) {
        continue;
      }
      for (int i = 0; i < meeting.ours().size(); i++) {
        TensorInfo our = meeting.ours().get(i);
        TensorInfo their = meeting.theirs().get(i);
        here.add(our);
        there.add(their);
        fits.add(new Fit(our, their, profiles.distance(our, their)));
      }
    }
    return fits;
  }

  /** Tensors whose names differ by numbers alone, in order of the numbers. */
  private static List<List<TensorInfo>> templates(Map<String, List<TensorInfo>> byShape) {
    Map<String, TensorInfo> byName = new LinkedHashMap<>();
    byShape.values().forEach(list -> list.forEach(tensor -> byName.put(tensor.name(), tensor)));
    List<List<TensorInfo>> templates = new ArrayList<>();
    NamePairs.templates(List.copyOf(byName.keySet()))
        .values()
        .forEach(names -> templates.add(names.values().stream().map(byName::get).toList()));
    return templates;
  }

  private double distance(List<TensorInfo> ours, List<TensorInfo> theirs) throws IOException {
    if (ours.size() != theirs.size()) {
      return Double.POSITIVE_INFINITY;
    }
    if (Layouts.orders(ours.get(0).shape().rank()).stream()
        .noneMatch(order -> fits(ours, theirs, order))) {
      return Double.POSITIVE_INFINITY;
    }
    int step = Math.max(1, ours.size() / LOOKED_AT);
    double sum = 0;
    int count = 0;
    for (int i = 0; i < ours.size(); i += step) {
      sum += profiles.distance(ours.get(i), theirs.get(i));
      count++;
    }
    return sum / count;
  }

  private static boolean fits(List<TensorInfo> ours, List<TensorInfo> theirs, int[] order) {
    for (int i = 0; i < ours.size(); i++) {
      if (!Layouts.fits(ours.get(i).shape(), theirs.get(i).shape(), order)) {
        return false;
      }
    }
    return true;
  }
}
