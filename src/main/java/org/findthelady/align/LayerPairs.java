package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.findthelady.core.TensorInfo;

/**
 * Which layers answer to each other where the two sides number them differently: one was dropped,
 * repeated or added. Layers are told apart by what no permutation changes.
 */
final class LayerPairs {
  private static final int MOST_LAYERS = 512;

  /**
   * One layer.
   *
   * @param digits its number as names write it, zeros in front included
   * @param tensors by what their names say behind the number
   */
  private record Layer(String digits, Map<String, TensorInfo> tensors) {
    int number() {
      return Integer.parseInt(digits);
    }
  }

  private record Meeting(Layer ours, Layer theirs, double distance) {}

  private final Profiles profiles;
  private final List<String> remarks = new ArrayList<>();

  LayerPairs(Profiles profiles) {
    this.profiles = profiles;
  }

  /** What was found, in words. */
  List<String> remarks() {
    return List.copyOf(remarks);
  }

  /**
   * The suspect's tensors under the names that they have in the reference.
   *
   * @param ours tensors by names that both sides have in common
   * @param theirs likewise; tensors of layers that answer to none keep their names, with a mark
   *     that no name of the reference has; those whose names are numbers alone are left out
   */
  Map<String, TensorInfo> renumbered(Map<String, TensorInfo> ours, Map<String, TensorInfo> theirs)
      throws IOException {
    Map<String, Map<Integer, Layer>> ourStacks = stacks(ours);
    Map<String, Map<Integer, Layer>> theirStacks = stacks(theirs);
    Map<String, TensorInfo> renumbered = new LinkedHashMap<>(theirs);
    for (Map.Entry<String, Map<Integer, Layer>> stack : ourStacks.entrySet()) {
      Map<Integer, Layer> other = theirStacks.get(stack.getKey());
      if (other == null
          || other.keySet().equals(stack.getValue().keySet())
          || Math.max(other.size(), stack.getValue().size()) > MOST_LAYERS) {
        continue;
      }
      if (areNumbersAlone(stack.getValue()) || areNumbersAlone(other)) {
        other
            .values()
            .forEach(
                layer ->
                    layer
                        .tensors()
                        .keySet()
                        .forEach(
                            rest -> renumbered.remove(stack.getKey() + layer.digits() + rest)));
        continue;
      }
      List<Meeting> meetings = meetings(stack.getValue(), other);
      if (!meetings.isEmpty()) {
        renumber(stack.getKey(), other, meetings, renumbered);
        remarks.add(words(stack.getKey(), stack.getValue(), other, meetings));
      }
    }
    return renumbered;
  }

  /** Whether nothing stands behind the numbers: then they are tensors, and no name tells any. */
  private static boolean areNumbersAlone(Map<Integer, Layer> layers) {
    return layers.values().stream().allMatch(layer -> layer.tensors().keySet().equals(Set.of("")));
  }

  /** Layers by what stands in front of their numbers. */
  private static Map<String, Map<Integer, Layer>> stacks(Map<String, TensorInfo> tensors) {
    Map<String, Map<Integer, Layer>> stacks = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          int start = 0;
          while (start < name.length() && !Character.isDigit(name.charAt(start))) {
            start++;
          }
          int end = start;
          while (end < name.length() && end - start < 9 && Character.isDigit(name.charAt(end))) {
            end++;
          }
          if (end > start) {
            String digits = name.substring(start, end);
            stacks
                .computeIfAbsent(name.substring(0, start), k -> new TreeMap<>())
                .computeIfAbsent(Integer.parseInt(digits), k -> new Layer(digits, new TreeMap<>()))
                .tensors()
                .put(name.substring(end), tensor);
          }
        });
    stacks.values().removeIf(layers -> layers.size() < 2);
    return stacks;
  }

  private List<Meeting> meetings(Map<Integer, Layer> ours, Map<Integer, Layer> theirs)
      throws IOException {
    List<Meeting> all = new ArrayList<>();
    for (Layer our : ours.values()) {
      for (Layer their : theirs.values()) {
        double distance = distance(our, their);
        if (distance < Double.POSITIVE_INFINITY) {
          all.add(new Meeting(our, their, distance));
        }
      }
    }
    all.sort(
        Comparator.comparingDouble(Meeting::distance)
            .thenComparingInt(m -> Math.abs(m.ours().number() - m.theirs().number())));
    Set<Integer> here = new HashSet<>();
    Set<Integer> there = new HashSet<>();
    List<Meeting> best = new ArrayList<>();
    for (Meeting meeting : all) {
      if (!here.contains(meeting.ours().number()) && !there.contains(meeting.theirs().number())) {
        here.add(meeting.ours().number());
        there.add(meeting.theirs().number());
        best.add(meeting);
      }
    }
    best.sort(Comparator.comparingInt(m -> m.ours().number()));
    return best;
  }

  /** The mean over tensors of the same names; infinite if most of them do not fit. */
  private double distance(Layer ours, Layer theirs) throws IOException {
    double sum = 0;
    int fitting = 0;
    for (Map.Entry<String, TensorInfo> tensor : ours.tensors().entrySet()) {
      TensorInfo other = theirs.tensors().get(tensor.getKey());
      if (other != null && other.shape().equals(tensor.getValue().shape())) {
        sum += profiles.distance(tensor.getValue(), other);
        fitting++;
      }
    }
    return 2 * fitting < ours.tensors().size() ? Double.POSITIVE_INFINITY : sum / fitting;
  }

  private static void renumber(
      String front,
      Map<Integer, Layer> theirs,
      List<Meeting> meetings,
      Map<String, TensorInfo> renumbered) {
    theirs
        .values()
        .forEach(
            layer ->
                layer
                    .tensors()
                    .forEach(
                        (rest, tensor) -> {
                          renumbered.remove(front + layer.digits() + rest);
                          renumbered.put(front + "left over " + layer.digits() + rest, tensor);
                        }));
    for (Meeting meeting : meetings) {
      meeting
          .theirs()
          .tensors()
          .forEach(
              (rest, tensor) -> {
                renumbered.remove(front + "left over " + meeting.theirs().digits() + rest);
                renumbered.put(front + meeting.ours().digits() + rest, tensor);
              });
    }
  }

  private static String words(
      String front, Map<Integer, Layer> ours, Map<Integer, Layer> theirs, List<Meeting> meetings) {
    Set<Integer> missing = new HashSet<>(ours.keySet());
    Set<Integer> added = new HashSet<>(theirs.keySet());
    List<String> moved = new ArrayList<>();
    for (Meeting meeting : meetings) {
      missing.remove(meeting.ours().number());
      added.remove(meeting.theirs().number());
      if (meeting.ours().number() != meeting.theirs().number()) {
        moved.add(meeting.ours().number() + " is " + meeting.theirs().number());
      }
    }
    List<String> parts = new ArrayList<>();
    parts.add(
        "'%s' has %d layers in the reference, %d in the suspect"
            .formatted(front, ours.size(), theirs.size()));
    if (!missing.isEmpty()) {
      parts.add("dropped: " + numbers(missing));
    }
    if (!added.isEmpty()) {
      parts.add("added: " + numbers(added));
    }
    if (!moved.isEmpty()) {
      parts.add("layer " + String.join(", ", moved.subList(0, Math.min(8, moved.size()))));
    }
    return String.join(", ", parts);
  }

  private static String numbers(Set<Integer> numbers) {
    return numbers.stream()
        .sorted()
        .limit(8)
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }
}
