package org.findthelady.structure;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;

/**
 * The tensors of a training checkpoint that go with a parameter and are none: moments of an
 * optimizer, averaged copies. They move as their parameter does and say nothing of where a neuron
 * belongs.
 *
 * <ol>
 *   <li>By name: {@code optimizer_weights/Adam/conv2d/kernel/m:0} goes with the one parameter whose
 *       name ends in {@code conv2d/kernel:0}, {@code ema.layer1.weight} with {@code layer1.weight}.
 *   <li>By number, as PyTorch writes it: {@code optimizer.state.3.exp_avg} goes with the fourth
 *       parameter. Accepted only if the numbers reach the last parameter and every shape fits.
 * </ol>
 *
 * <p>What says that it is an optimizer's and goes with no parameter stays where it is, and so does
 * such a tensor of an averaged copy, unless none of that copy goes with a parameter: then it is the
 * network itself.
 *
 * @see <a
 *     href="https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html">
 *     PyTorch's order of an optimizer's state</a>
 */
public final class TrainingState {
  private static final Set<String> AVERAGED = Set.of("ema", "swa", "shadow", "averaged");
  private static final Set<String> WRAPPERS =
      Set.of("model", "module", "state", "dict", "params", "weights", "average", "net", "network");
  private static final Set<String> STATISTICS =
      Set.of("running_mean", "running_var", "num_batches_tracked");
  private static final Pattern NUMBERED =
      Pattern.compile("(.*\\b(?:state|shadow_params)\\.)(\\d{1,9})((?:\\..+)?)");
  private static final int FIRST_TOKENS = 3;
  private static final int LONGEST_SLOT = 3;
  private static final int LONGEST_ENDING = 8;

  private final Map<String, Companion> companions = new LinkedHashMap<>();
  private final List<TensorInfo> weights;
  private final List<TensorInfo> unplaced = new ArrayList<>();

  /**
   * What a tensor goes with.
   *
   * @param parameter its name
   * @param role the tensor's name but for the parameter's part of it
   */
  public record Companion(String parameter, String role) implements Serializable {
    /**
     * The one of some companions that is to another parameter what this one is to its own.
     *
     * @param tensor the one that is moved, for errors
     * @throws UserException if there is none
     */
    public <T> T answering(Map<T, Companion> others, String tensor, String otherParameter) {
      Companion wanted = new Companion(otherParameter, role);
      return others.entrySet().stream()
          .filter(entry -> entry.getValue().equals(wanted))
          .map(Map.Entry::getKey)
          .findFirst()
          .orElseThrow(
              () ->
                  new UserException(
                      "tensor '%s' would take its elements from what goes with '%s', which is not"
                              .formatted(tensor, otherParameter)
                          + " there"));
    }
  }

  private TrainingState(List<TensorInfo> tensors) {
    Map<Boolean, List<TensorInfo>> sorted =
        tensors.stream().collect(Collectors.partitioningBy(t -> isMarked(t.name())));
    List<TensorInfo> plain = sorted.get(false);
    List<TensorInfo> marked = sorted.get(true);
    if (plain.size() == tensors.size() || plain.isEmpty()) {
      this.weights = List.copyOf(tensors);
      return;
    }
    byName(plain, marked);
    byNumber(parameters(plain), marked);
    boolean copied = companions.keySet().stream().anyMatch(t -> ofOptimizer(tokens(t)) < 0);
    List<TensorInfo> kept = new ArrayList<>(plain);
    for (TensorInfo tensor : marked) {
      boolean aside = copied || ofOptimizer(tokens(tensor.name())) >= 0;
      if (!aside) {
        kept.add(tensor);
      } else if (!companions.containsKey(tensor.name()) && tensor.shape().elements() > 1) {
        unplaced.add(tensor);
      }
    }
    this.weights = List.copyOf(kept);
  }

  /**
   * Sorts the tensors of a checkpoint.
   *
   * @param tensors in the order of the checkpoint, which is PyTorch's of the parameters
   */
  public static TrainingState of(List<TensorInfo> tensors) {
    return new TrainingState(tensors);
  }

  /** What every companion goes with, by its name. */
  public Map<String, Companion> companions() {
    return Collections.unmodifiableMap(companions);
  }

  /** The tensors of the network itself. */
  public List<TensorInfo> weights() {
    return weights;
  }

  /** Tensors of an optimizer's state, of more than one number, that go with no parameter. */
  public List<TensorInfo> unplaced() {
    return List.copyOf(unplaced);
  }

  private static boolean isMarked(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean perhaps = lower.contains("optim") || AVERAGED.stream().anyMatch(lower::contains);
    return perhaps && (ofOptimizer(tokens(name)) >= 0 || averagedEnd(tokens(name)) > 0);
  }

  /** The parts of a name, in small letters, whatever separates them. */
  private static List<String> tokens(String name) {
    String bare = name.endsWith(":0") ? name.substring(0, name.length() - 2) : name;
    return Arrays.asList(bare.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"));
  }

  /** The place of the token that says that a tensor is an optimizer's, or -1. */
  private static int ofOptimizer(List<String> tokens) {
    for (int i = 0; i < Math.min(FIRST_TOKENS, tokens.size()); i++) {
      if (tokens.get(i).startsWith("optim")) {
        return i;
      }
    }
    return -1;
  }

  /** How many tokens in front say that a tensor is an averaged copy; 0 if none do. */
  private static int averagedEnd(List<String> tokens) {
    int end = wrapperEnd(tokens);
    while (end > 0 && !AVERAGED.contains(tokens.get(end - 1))) {
      end--;
    }
    return end;
  }

  /** How many tokens in front are no part of a parameter's own name. */
  private static int wrapperEnd(List<String> tokens) {
    int end = 0;
    while (end < tokens.size()
        && (AVERAGED.contains(tokens.get(end)) || WRAPPERS.contains(tokens.get(end)))) {
      end++;
    }
    return end;
  }

  private void byName(List<TensorInfo> plain, List<TensorInfo> marked) {
    Map<String, TensorInfo> endings = endings(plain);
    for (TensorInfo tensor : marked) {
      List<String> tokens = tokens(tensor.name());
      int optimizer = ofOptimizer(tokens);
      int first = optimizer >= 0 ? optimizer + 1 : averagedEnd(tokens);
      int lastStart = optimizer >= 0 ? tokens.size() : wrapperEnd(tokens);
      int slot = optimizer >= 0 ? LONGEST_SLOT : 0;
      int longest = 0;
      for (int end = tokens.size(); end > first && end >= tokens.size() - slot; end--) {
        for (int from = first; end - from > longest && from <= lastStart; from++) {
          TensorInfo parameter = endings.get(String.join(".", tokens.subList(from, end)));
          if (parameter != null && parameter.shape().equals(tensor.shape())) {
            longest = end - from;
            String role =
                String.join(".", tokens.subList(0, from))
                    + ".*."
                    + String.join(".", tokens.subList(end, tokens.size()));
            companions.put(tensor.name(), new Companion(parameter.name(), role));
          }
        }
      }
    }
  }

  /**
   * Parameters by their names and by what their names end in, where only one does so: in whole
   * words between slashes or dots, since {@code depthwise_conv2d} does not end in {@code conv2d}.
   */
  private static Map<String, TensorInfo> endings(List<TensorInfo> plain) {
    Map<String, Set<TensorInfo>> all = new HashMap<>();
    for (TensorInfo tensor : plain) {
      String[] words = tensor.name().split("[./]");
      for (int from = Math.max(1, words.length - LONGEST_ENDING); from < words.length; from++) {
        List<String> ending =
            tokens(String.join(".", Arrays.asList(words).subList(from, words.length)));
        if (ending.size() > 1) {
          all.computeIfAbsent(String.join(".", ending), k -> new HashSet<>()).add(tensor);
        }
      }
    }
    Map<String, TensorInfo> endings = new HashMap<>();
    all.forEach(
        (ending, tensors) -> {
          if (tensors.size() == 1) {
            endings.put(ending, tensors.iterator().next());
          }
        });
    plain.forEach(tensor -> endings.put(String.join(".", tokens(tensor.name())), tensor));
    return endings;
  }

  /** What an optimizer is given, in order: no statistics, no integers, a tied tensor once. */
  private static List<TensorInfo> parameters(List<TensorInfo> plain) {
    Set<List<Long>> places = new HashSet<>();
    return plain.stream()
        .filter(t -> t.dtype().floating())
        .filter(t -> STATISTICS.stream().noneMatch(t.name()::endsWith))
        .filter(t -> places.add(List.of((long) t.file(), t.offset(), t.length())))
        .toList();
  }

  private void byNumber(List<TensorInfo> parameters, List<TensorInfo> marked) {
    Map<String, Map<Integer, TensorInfo>> slots = new LinkedHashMap<>();
    Map<String, Integer> last = new HashMap<>();
    for (TensorInfo tensor : marked) {
      Matcher numbered = NUMBERED.matcher(tensor.name());
      if (!companions.containsKey(tensor.name()) && numbered.matches()) {
        int number = Integer.parseInt(numbered.group(2));
        last.merge(numbered.group(1), number, Math::max);
        slots
            .computeIfAbsent(numbered.group(1) + "*" + numbered.group(3), k -> new HashMap<>())
            .put(number, tensor);
      }
    }
    slots.forEach(
        (role, tensors) -> {
          boolean fits =
              last.get(role.substring(0, role.indexOf('*'))) == parameters.size() - 1
                  && tensors.entrySet().stream()
                      .allMatch(
                          e -> parameters.get(e.getKey()).shape().equals(e.getValue().shape()));
          if (fits) {
            tensors.forEach(
                (number, tensor) ->
                    companions.put(
                        tensor.name(), new Companion(parameters.get(number).name(), role)));
          }
        });
  }
}
