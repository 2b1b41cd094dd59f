package org.findthelady.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.StrictJson;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TensorMove;

/**
 * How the tensors of a checkpoint move with those of its base model. They are the base's own, or
 * those of a LoRA adapter as PEFT names them: {@code lora_A} (rank x inputs) has the base weight's
 * input axis, {@code lora_B} (outputs x rank) its output axis. What is neither is refused: left
 * where it is, it would no longer fit.
 *
 * @see <a href="https://huggingface.co/docs/peft/developer_guides/checkpoint">PEFT's checkpoint
 *     format</a>
 */
final class AdapterMoves {
  private static final String CONFIGURATION = "adapter_config.json";
  private static final List<String> PREFIXES = List.of("", "base_model.model.", "base_model.");
  private static final Pattern FACTOR =
      Pattern.compile(
          "(.+)\\.(lora_A|lora_B|lora_embedding_A|lora_embedding_B|lora_magnitude_vector)"
              + "(\\.[^.]+)?(\\.weight)?");
  private static final Pattern SAVED =
      Pattern.compile("(.+)\\.modules_to_save(?:\\.default)?\\.(.+)");
  private static final Pattern WRAPPED = Pattern.compile("(.+)\\.base_layer\\.(.+)");

  private final Structure structure;
  private final Map<String, TensorInfo> base;
  private final Checkpoint adapter;
  private final GroupPermutations assignment;
  private final Map<String, int[][]> conversion;
  private final boolean inputsFirst;

  private AdapterMoves(
      Structure structure,
      Map<String, TensorInfo> base,
      Checkpoint adapter,
      PermutationFile applied,
      boolean inputsFirst) {
    this.structure = structure;
    this.base = base;
    this.adapter = adapter;
    this.assignment = applied.assignment();
    this.conversion = applied.conversion(structure);
    this.inputsFirst = inputsFirst;
  }

  /**
   * The move of every tensor of {@code adapter}.
   *
   * @throws UserException naming the tensor that belongs to none of the base's, or does not fit it
   */
  static Map<String, Move> of(
      Structure structure, Checkpoint base, Checkpoint adapter, PermutationFile applied) {
    AdapterMoves moves =
        new AdapterMoves(structure, base.byName(), adapter, applied, inputsFirst(adapter));
    Map<Place, TensorInfo> placed = new HashMap<>();
    for (TensorInfo tensor : adapter.tensors()) {
      if (placed.put(moves.place(tensor), tensor) != null) {
        throw moves.refusal(tensor, "has the place of another one");
      }
    }
    Map<String, Move> found = new HashMap<>();
    placed.forEach((place, tensor) -> found.put(tensor.name(), moves.move(place, tensor, placed)));
    return found;
  }

  /** Whether the base keeps its weights as inputs x outputs, as GPT-2 does. */
  private static boolean inputsFirst(Checkpoint adapter) {
    String text = adapter.attributes().get(CONFIGURATION);
    if (text == null) {
      return false;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      JsonNode root =
          JsonMapper.builder().build().readTree(StrictJson.parser(bytes, 0, bytes.length));
      return root != null && root.path("fan_in_fan_out").asBoolean(false);
    } catch (IOException e) {
      throw new UserException(
          adapter.location().path() + ": " + CONFIGURATION + " is not JSON: " + e.getMessage(), e);
    }
  }

  /**
   * What a tensor is to the base.
   *
   * @param tensor of the base
   * @param role empty for the tensor itself
   */
  private record Place(String tensor, String role) {}

  private Place place(TensorInfo tensor) {
    for (String prefix : PREFIXES) {
      if (!tensor.name().startsWith(prefix)) {
        continue;
      }
      String name = tensor.name().substring(prefix.length());
      Matcher saved = SAVED.matcher(name);
      Matcher wrapped = WRAPPED.matcher(name);
      String own =
          saved.matches()
              ? saved.group(1) + "." + saved.group(2)
              : wrapped.matches() ? wrapped.group(1) + "." + wrapped.group(2) : name;
      if (base.containsKey(own)) {
        return new Place(own, "");
      }
      Matcher factor = FACTOR.matcher(name);
      if (factor.matches() && base.containsKey(factor.group(1) + ".weight")) {
        return new Place(factor.group(1) + ".weight", factor.group(2));
      }
    }
    throw refusal(tensor, "belongs to no tensor of the base model");
  }

  private Move move(Place place, TensorInfo tensor, Map<Place, TensorInfo> placed) {
    int rank = base.get(place.tensor()).shape().rank();
    if (structure.axes(place.tensor()).isEmpty()) {
      return Move.none(tensor);
    }
    TensorMove plain = structure.move(place.tensor(), assignment);
    TensorMove move = plain.after(conversion.get(structure.parameterOf(plain.source())));
    TensorInfo source = placed.get(new Place(move.source(), place.role()));
    if (source == null || source.dtype() != tensor.dtype()) {
      throw refusal(tensor, "would take its elements from what is not in the adapter");
    }
    int[][] gathers = new int[tensor.shape().rank()][];
    if (place.role().isEmpty()) {
      for (int axis = 0; axis < rank; axis++) {
        put(tensor, gathers, axis, place, axis, move);
      }
      return new Move(source, gathers);
    }
    int inputs = inputsFirst ? 0 : 1;
    switch (place.role()) {
      case "lora_A" -> put(tensor, gathers, 1, place, inputs, move);
      case "lora_B" -> put(tensor, gathers, 0, place, 1 - inputs, move);
      case "lora_embedding_A" -> put(tensor, gathers, 1, place, 0, move);
      case "lora_embedding_B" -> put(tensor, gathers, 0, place, 1, move);
      default -> put(tensor, gathers, tensor.shape().rank() - 1, place, 1 - inputs, move);
    }
    return new Move(source, gathers);
  }

  /** Lets an axis of the tensor move like an axis of the base's. */
  private void put(
      TensorInfo tensor, int[][] gathers, int axis, Place place, int baseAxis, TensorMove move) {
    TensorInfo whole = base.get(place.tensor());
    boolean there = axis < gathers.length && baseAxis < whole.shape().rank();
    if (!there || tensor.shape().length(axis) != whole.shape().length(baseAxis)) {
      throw refusal(
          tensor,
          "of shape %s does not fit '%s' of shape %s"
              .formatted(tensor.shape(), place.tensor(), whole.shape()));
    }
    gathers[axis] = move.gathers()[baseAxis];
  }

  private UserException refusal(TensorInfo tensor, String what) {
    return new UserException(
        "%s: tensor '%s' %s".formatted(adapter.location().path(), tensor.name(), what));
  }
}
