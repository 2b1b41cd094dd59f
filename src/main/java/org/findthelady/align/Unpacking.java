package org.findthelady.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * Sees packed tensors as the matrices that are packed in them: fused query, key and value rows,
 * fused gate and up rows, experts of one layer in either order of axes. Names are declared ({@link
 * PackedNames}); lengths must agree with the other side's matrices, or with the layer's router.
 */
final class Unpacking {
  private final Map<TensorInfo, View> ofReference;
  private final Map<TensorInfo, View> ofSuspect;

  /**
   * @param all whether tensors that both sides pack alike are unpacked too
   */
  Unpacking(Checkpoint reference, Checkpoint suspect, boolean all) {
    Map<String, TensorInfo> ours = byCommonName(reference);
    Map<String, TensorInfo> theirs = byCommonName(suspect);
    Map<TensorInfo, View> parts = of(ours, theirs, all);
    Map<TensorInfo, View> otherParts = of(theirs, ours, all);
    // Where each packs in a way of its own, so is what both pack alike.
    boolean both = !all && !parts.isEmpty() && !otherParts.isEmpty();
    this.ofReference = both ? of(ours, theirs, true) : parts;
    this.ofSuspect = both ? of(theirs, ours, true) : otherParts;
  }

  /** The reference's parts and how they are seen. */
  Map<TensorInfo, View> ofReference() {
    return ofReference;
  }

  /** The suspect's parts and how they are seen. */
  Map<TensorInfo, View> ofSuspect() {
    return ofSuspect;
  }

  /** A side's packed tensors in their parts; both sides by common name. */
  private static Map<TensorInfo, View> of(
      Map<String, TensorInfo> own, Map<String, TensorInfo> theirs, boolean all) {
    Map<String, TensorInfo> others = byEnding(theirs);
    if (!all) {
      Map<String, TensorInfo> names = byEnding(own);
      // Both may pack the same matrices in ways of their own.
      Map<String, TensorInfo> elsewhere = new HashMap<>(theirs);
      elsewhere.keySet().removeIf(name -> names.containsKey(ending(name)));
      parts(elsewhere, theirs, Map.of(), true)
          .keySet()
          .forEach(part -> others.putIfAbsent(ending(part.name()), part));
    }
    return parts(own, own, others, all);
  }

  /**
   * Packed tensors in their parts.
   *
   * @param tensors by common name
   * @param own all tensors of their side
   * @param others the other side's, by ending
   */
  private static Map<TensorInfo, View> parts(
      Map<String, TensorInfo> tensors,
      Map<String, TensorInfo> own,
      Map<String, TensorInfo> others,
      boolean all) {
    Map<TensorInfo, View> parts = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          TensorInfo same = others.get(ending(name));
          boolean alike = same != null && same.shape().equals(tensor.shape());
          if ((all || !alike) && View.hasParts(tensor)) {
            parts.putAll(best(name, tensor, own, others, all));
          }
        });
    return parts;
  }

  private static Map<TensorInfo, View> best(
      String name,
      TensorInfo tensor,
      Map<String, TensorInfo> own,
      Map<String, TensorInfo> others,
      boolean all) {
    TensorInfo same = others.get(ending(name));
    boolean translated = !name.equals(tensor.name());
    if (translated && same != null && isLonger(same.shape(), tensor.shape())) {
      Map<TensorInfo, View> longer = new LinkedHashMap<>();
      add(longer, tensor, name, 0, strides(same.shape()), same.shape().toArray());
      return longer;
    }
    Map<TensorInfo, View> best = Map.of();
    long most = -1;
    for (PackedNames.Found found : PackedNames.of(name)) {
      Map<TensorInfo, View> tried = parts(name, tensor, found, own, others);
      long known =
          tried.keySet().stream().filter(t -> others.containsKey(ending(t.name()))).count();
      // Names in words of their own do not tell one kind of experts from another: the last fits
      // all.
      boolean more = known > most || (translated && known == most);
      boolean either = translated && isBesidePacked(found, own);
      if (!tried.isEmpty() && more && (known > 0 || (all && !either))) {
        best = tried;
        most = known;
      }
    }
    return best;
  }

  /** Whether a router has another name beside some packed experts. */
  private static boolean isBesidePacked(PackedNames.Found found, Map<String, TensorInfo> own) {
    TensorInfo experts = own.get(found.router());
    return !found.rule().experts() && experts != null && experts.shape().rank() == 3;
  }

  /** Whether a shape has axes of length 1 that the other leaves out, and is the same without. */
  private static boolean isLonger(Shape shape, Shape other) {
    return shape.rank() > other.rank()
        && Arrays.equals(
            Arrays.stream(shape.toArray()).filter(length -> length != 1).toArray(),
            Arrays.stream(other.toArray()).filter(length -> length != 1).toArray());
  }

  private static Map<String, TensorInfo> byCommonName(Checkpoint checkpoint) {
    Optional<Vocabulary> words = Vocabularies.of(checkpoint.tensors());
    Map<String, TensorInfo> byName = new LinkedHashMap<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      String name = tensor.name();
      byName.putIfAbsent(words.flatMap(known -> known.common(name)).orElse(name), tensor);
    }
    return byName;
  }

  /** Names without wrappers in front: from the first word that has a number behind it on. */
  private static String ending(String name) {
    String[] words = name.split("\\.");
    for (int i = 1; i < words.length; i++) {
      if (!words[i].isEmpty() && words[i].chars().allMatch(Character::isDigit)) {
        List<String> rest = new ArrayList<>(List.of(words).subList(i - 1, words.length));
        return String.join(".", rest);
      }
    }
    return name;
  }

  private static Map<String, TensorInfo> byEnding(Map<String, TensorInfo> byName) {
    Map<String, TensorInfo> byEnding = new HashMap<>();
    byName.forEach((name, tensor) -> byEnding.put(ending(name), tensor));
    return byEnding;
  }

  private static Map<TensorInfo, View> parts(
      String name,
      TensorInfo tensor,
      PackedNames.Found found,
      Map<String, TensorInfo> own,
      Map<String, TensorInfo> others) {
    if (found.rule().experts()) {
      return experts(name, tensor, found, own, others);
    }
    if (found.rule().parts().size() == 1) {
      return found.router() != null && own.containsKey(found.router())
          ? Map.of(View.shownPart(found.part(0, 0), tensor, tensor.shape()), whole(tensor, found))
          : Map.of();
    }
    boolean beside =
        IntStream.range(0, found.rule().parts().size())
            .anyMatch(i -> !own.getOrDefault(found.part(i, 0), tensor).equals(tensor));
    return beside ? Map.of() : fused(tensor, found, own, others);
  }

  /** A tensor that has another name beside packed ones. */
  private static View whole(TensorInfo tensor, PackedNames.Found found) {
    return View.part(
        found.part(0, 0),
        tensor,
        new BlockExcerpt(0, strides(tensor.shape()), tensor.shape().toArray()));
  }

  /** Rows that lie behind each other. */
  private static Map<TensorInfo, View> fused(
      TensorInfo tensor,
      PackedNames.Found found,
      Map<String, TensorInfo> own,
      Map<String, TensorInfo> others) {
    Shape shape = tensor.shape();
    int count = found.rule().parts().size();
    if (shape.rank() < 1 || shape.rank() > 2) {
      return Map.of();
    }
    long[] rows = new long[count];
    long sum = 0;
    for (int i = 0; i < count; i++) {
      TensorInfo other = others.get(ending(found.part(i, 0)));
      boolean fits = other != null && other.shape().rank() == shape.rank();
      rows[i] = fits ? other.shape().length(0) : 0;
      sum += rows[i];
    }
    if (sum != shape.length(0) && !evenly(rows, found, shape, own)) {
      return Map.of();
    }
    Map<TensorInfo, View> parts = new LinkedHashMap<>();
    long width = shape.elements(1, shape.rank());
    long first = 0;
    for (int i = 0; i < count; i++) {
      long[] lengths = shape.toArray();
      lengths[0] = rows[i];
      if (rows[i] == 0) {
        return Map.of();
      }
      add(parts, tensor, found.part(i, 0), first * width, strides(shape), lengths);
      first += rows[i];
    }
    return parts;
  }

  /**
   * Lengths from the layer itself: as many query rows as its output projection has columns, and
   * half of the rest for keys and values each; two parts, or three without that, are equal.
   */
  private static boolean evenly(
      long[] rows, PackedNames.Found found, Shape shape, Map<String, TensorInfo> own) {
    long all = shape.length(0);
    TensorInfo output = own.get(found.front() + "o_proj.weight");
    if (rows.length == 3 && output != null && output.shape().rank() == 2) {
      rows[0] = output.shape().length(1);
      rows[1] = (all - rows[0]) / 2;
      rows[2] = rows[1];
    } else {
      Arrays.fill(rows, all / rows.length);
    }
    long sum = 0;
    for (long row : rows) {
      sum += row;
    }
    return sum == all && rows[1] > 0;
  }

  /** Matrices [inner, hidden] or [hidden, inner] of each expert, as they are or turned. */
  private static Map<TensorInfo, View> experts(
      String name,
      TensorInfo tensor,
      PackedNames.Found found,
      Map<String, TensorInfo> own,
      Map<String, TensorInfo> others) {
    Shape shape = tensor.shape();
    int count = found.rule().parts().size();
    if (shape.rank() != 3) {
      return Map.of();
    }
    // Who names tensors in words of their own, as GGUF does, never turns them.
    Boolean turned = name.equals(tensor.name()) ? isTurned(found, own, others) : Boolean.FALSE;
    if (turned == null) {
      return Map.of();
    }
    long rows = shape.length(turned ? 2 : 1);
    long columns = shape.length(turned ? 1 : 2);
    if (rows % count != 0 || shape.length(0) > Integer.MAX_VALUE) {
      return Map.of();
    }
    long[] strides = turned ? new long[] {1, shape.length(2)} : new long[] {shape.length(2), 1};
    long[] lengths = {rows / count, columns};
    Map<TensorInfo, View> parts = new LinkedHashMap<>();
    for (int expert = 0; expert < shape.intLength(0); expert++) {
      long first = expert * Math.multiplyExact(rows, columns);
      for (int i = 0; i < count; i++) {
        long offset = Math.multiplyExact(lengths[0] * i, strides[0]);
        add(parts, tensor, found.part(i, expert), first + offset, strides, lengths);
      }
    }
    return parts;
  }

  /**
   * Whether a layer's packed matrices lie turned: told by the width of the hidden stream, which its
   * router has, on whichever of the two packed tensors shows it. Null if that tells nothing.
   */
  private static Boolean isTurned(
      PackedNames.Found found, Map<String, TensorInfo> own, Map<String, TensorInfo> others) {
    TensorInfo part = others.get(ending(found.part(0, 0)));
    TensorInfo router = own.get(found.router());
    long hidden =
        router != null && router.shape().rank() == 2
            ? router.shape().length(1)
            : part == null ? 0 : part.shape().length(found.rule().parts().size() > 1 ? 1 : 0);
    String front = found.front();
    String whole = found.rule().whole();
    String mlp = front + whole.substring(0, whole.lastIndexOf('.') + 1);
    for (String ending : List.of("gate_up_proj", "down_proj")) {
      TensorInfo packed = own.get(mlp + ending + found.ending());
      if (packed != null && packed.shape().rank() == 3) {
        boolean last = packed.shape().length(2) == hidden;
        boolean middle = packed.shape().length(1) == hidden;
        if (last != middle) {
          return ending.equals("gate_up_proj") ? middle : last;
        }
      }
    }
    return null;
  }

  static long[] strides(Shape shape) {
    long[] strides = new long[shape.rank()];
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = shape.elements(axis + 1, shape.rank());
    }
    return strides;
  }

  private static void add(
      Map<TensorInfo, View> parts,
      TensorInfo tensor,
      String name,
      long first,
      long[] strides,
      long[] lengths) {
    parts.put(
        View.shownPart(name, tensor, Shape.of(lengths)),
        View.part(name, tensor, new BlockExcerpt(first, strides, lengths)));
  }
}
