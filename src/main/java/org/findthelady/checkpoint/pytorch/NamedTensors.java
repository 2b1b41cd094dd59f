package org.findthelady.checkpoint.pytorch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * Finds every tensor of a pickled object and names it.
 *
 * <ol>
 *   <li>The mapping that holds the most tensors directly under string keys is the main state dict;
 *       its keys are the names, as they are. One whose path says "ema" counts half, since an
 *       averaged copy may hold a counter more; among equals the first in the file. A pickled {@code
 *       nn.Module} counts as the mapping that its {@code state_dict()} would be.
 *   <li>A tensor elsewhere is named by its path: mapping keys, attribute names and list indices
 *       joined by dots.
 *   <li>If a path is taken already, {@code #2}, {@code #3} ... is added.
 *   <li>A container that is reached twice is listed where it is reached first, so cycles end.
 * </ol>
 */
final class NamedTensors {
  private static final int DEPTH_LIMIT = 400;
  private static final long NAME_BUDGET = 128L << 20;
  private static final int TENSOR_COST = 300;

  private final String location;
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final StringBuilder path = new StringBuilder();
  private final List<Found> found = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Integer> repeats = new HashMap<>();
  private long budget = NAME_BUDGET;

  /** A tensor, the mapping it belongs to and how long that mapping's own path is. */
  private record Found(TensorView view, String path, Object owner, int ownerPath) {
    String key() {
      return path.substring(ownerPath);
    }
  }

  private NamedTensors(String location) {
    this.location = location;
  }

  /**
   * Names the tensors of {@code root}: the main state dict's first, then the others, each in the
   * order of the file.
   *
   * @param notes receives what a reader should know
   */
  static Map<String, TensorView> of(String location, Value root, List<String> notes) {
    NamedTensors walk = new NamedTensors(location);
    walk.visit(root, null, 0, 0);
    notes.addAll(walk.notes);
    return walk.named(notes);
  }

  private Map<String, TensorView> named(List<String> notes) {
    Object main = mainOwner();
    Map<String, TensorView> named = new LinkedHashMap<>();
    for (Found tensor : found) {
      if (main != null && tensor.owner == main) {
        if (named.isEmpty() && tensor.ownerPath > 0) {
          notes.add(
              "tensor names are the keys below '%s'"
                  .formatted(tensor.path.substring(0, tensor.ownerPath - 1)));
        }
        add(named, tensor.key(), tensor.view);
      }
    }
    for (Found tensor : found) {
      if (main == null || tensor.owner != main) {
        add(named, tensor.path.isEmpty() ? "tensor" : tensor.path, tensor.view);
      }
    }
    return named;
  }

  private void add(Map<String, TensorView> named, String name, TensorView view) {
    String free = name;
    while (named.containsKey(free)) {
      free = name + "#" + repeats.merge(name, 2, (last, first) -> last + 1);
    }
    named.put(free, view);
  }

  private Object mainOwner() {
    IdentityHashMap<Object, Integer> counts = new IdentityHashMap<>();
    for (Found tensor : found) {
      if (tensor.owner != null) {
        counts.merge(tensor.owner, 1, Integer::sum);
      }
    }
    Found best = null;
    for (Found tensor : found) {
      if (tensor.owner == null) {
        continue;
      }
      if (best == null || worth(tensor, counts) > worth(best, counts)) {
        best = tensor;
      }
    }
    return best == null ? null : best.owner;
  }

  private static int worth(Found tensor, Map<Object, Integer> counts) {
    return counts.get(tensor.owner) * (averaged(tensor) ? 1 : 2);
  }

  private static boolean averaged(Found tensor) {
    return tensor.path.substring(0, tensor.ownerPath).toLowerCase(Locale.ROOT).contains("ema");
  }

  /**
   * Visits one value at the current path.
   *
   * @param owner the mapping or module that it belongs to directly, or null
   * @param ownerPath length of the path at which the owner's keys start
   */
  private void visit(Value value, Object owner, int ownerPath, int depth) {
    if (depth > DEPTH_LIMIT) {
      throw new CheckpointException(
          Reason.LIMIT, location + ": objects are nested deeper than " + DEPTH_LIMIT);
    }
    if (value instanceof Value.Tensor tensor) {
      pay(path.length() + TENSOR_COST);
      found.add(new Found(tensor.view(), path.toString(), owner, ownerPath));
      tensor.scales().forEach((name, scale) -> below(name, scale, null, 0, depth));
    } else if (value instanceof Value.Sequence sequence && seen.add(sequence)) {
      for (int i = 0; i < sequence.items.size(); i++) {
        below(Integer.toString(i), sequence.items.get(i), null, 0, depth);
      }
    } else if (value instanceof Value.Dict dict && seen.add(dict)) {
      entries(dict, dict, start(), depth);
    } else if (value instanceof Value.Opaque opaque && seen.add(opaque)) {
      object(opaque, owner instanceof Value.Opaque ? owner : opaque, ownerPath, depth);
    }
  }

  private void object(Value.Opaque opaque, Object root, int rootPath, int depth) {
    if (opaque.callable.name().equals("_reconstruct")) {
      notes.add("numpy array '%s' inside the pickle is left out".formatted(path));
      return;
    }
    int ownPath = root == opaque ? start() : rootPath;
    if (opaque.state instanceof Value.Dict state && state.at("_modules") instanceof Value.Dict) {
      seen.add(state);
      for (int i = 0; i < state.keys.size(); i++) {
        Value part = state.values.get(i);
        String name = key(state.keys.get(i), i);
        boolean own =
            name.equals("_parameters") || name.equals("_buffers") || name.equals("_modules");
        if (own && part instanceof Value.Dict dict && seen.add(dict)) {
          entries(dict, root, ownPath, depth);
        } else {
          below(name, part, null, 0, depth);
        }
      }
    } else if (opaque.state instanceof Value.Sequence parts && seen.add(parts)) {
      parts.items.forEach(part -> visit(part, null, 0, depth + 1));
    } else {
      visit(opaque.state, null, 0, depth + 1);
    }
    if (opaque.entries != null) {
      visit(opaque.entries, null, 0, depth + 1);
    }
    if (opaque.items != null) {
      visit(opaque.items, null, 0, depth + 1);
    }
    visit(opaque.arguments, null, 0, depth + 1);
  }

  private void entries(Value.Dict dict, Object owner, int ownerPath, int depth) {
    for (int i = 0; i < dict.keys.size(); i++) {
      Value key = dict.keys.get(i);
      boolean named = key instanceof Value.Text;
      below(key(key, i), dict.values.get(i), named ? owner : null, named ? ownerPath : 0, depth);
    }
  }

  private void below(String name, Value value, Object owner, int ownerPath, int depth) {
    int length = path.length();
    if (length > 0) {
      path.append('.');
    }
    path.append(name);
    visit(value, owner, ownerPath, depth + 1);
    path.setLength(length);
  }

  /** Where the keys of a mapping at the current path start. */
  private int start() {
    return path.length() == 0 ? 0 : path.length() + 1;
  }

  private static String key(Value key, int place) {
    if (key instanceof Value.Text text) {
      return text.value();
    }
    return key instanceof Value.Int number ? Long.toString(number.value()) : "#" + place;
  }

  private void pay(long characters) {
    budget -= characters;
    if (budget < 0) {
      throw new CheckpointException(
          Reason.LIMIT, location + ": tensor names take more than " + NAME_BUDGET + " characters");
    }
  }
}
