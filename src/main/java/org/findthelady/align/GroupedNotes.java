package org.findthelady.align;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Notes of which one line stands for all tensors that it holds for. */
final class GroupedNotes {
  private final Map<String, List<String>> tensors = new LinkedHashMap<>();

  void add(String tensor, String what) {
    tensors.computeIfAbsent(what, w -> new ArrayList<>()).add(tensor);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    tensors.forEach(
        (what, names) ->
            lines.add(
                names.size() == 1
                    ? "tensor '%s': %s".formatted(names.get(0), what)
                    : "%d tensors, such as '%s': %s".formatted(names.size(), names.get(0), what)));
    return lines;
  }
}
