package org.findthelady.perturb;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Permutation;
import org.findthelady.core.UserException;
import org.findthelady.match.rows.RotaryRecognition.Conversion;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.RotaryLayout;
import org.findthelady.structure.Structure;

/**
 * What was done to a checkpoint, as a JSON file beside it: {@code {"format": "ftl-truth-1",
 * "structure", "seed", "perturbations": [..], "rotary": [from, to], "groups": {name: [[sources of
 * instance 0], ..]}}}. Output unit i of an instance was taken from unit {@code sources[i]}.
 *
 * @param structure name of the structure that the groups belong to
 * @param perturbations their descriptions, in the order applied, all before the permutation
 * @param rotary the conversion of rotary rows that came before the permutation; null for none
 */
public record PermutationFile(
    String structure,
    long seed,
    List<String> perturbations,
    Conversion rotary,
    GroupPermutations assignment)
    implements Serializable {
  private static final String FORMAT = "ftl-truth-1";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .build();

  public PermutationFile {
    perturbations = List.copyOf(perturbations);
  }

  /** What was done, rotary rows left in their layout. */
  public PermutationFile(
      String structure, long seed, List<String> perturbations, GroupPermutations assignment) {
    this(structure, seed, perturbations, null, assignment);
  }

  /**
   * What undoes it. Conversions of rotary rows and permutations move different digits, so their
   * order does not matter.
   */
  public PermutationFile inverse(Structure of) {
    return new PermutationFile(
        structure,
        seed,
        perturbations,
        rotary == null ? null : new Conversion(rotary.to(), rotary.from()),
        assignment.inverse(of));
  }

  /** The gathers of the conversion of rotary rows, by tensor; empty for none. */
  public Map<String, int[][]> conversion(Structure of) {
    return rotary == null ? Map.of() : rotary.from().gathers(of, rotary.to());
  }

  /** Writes the file; the same bytes for an equal truth. Does not close the stream. */
  public void write(OutputStream target) throws IOException {
    try (JsonGenerator json = JSON.getFactory().createGenerator(target)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.writeStartObject();
      json.writeStringField("format", FORMAT);
      json.writeStringField("structure", structure);
      json.writeNumberField("seed", seed);
      json.writeArrayFieldStart("perturbations");
      for (String perturbation : perturbations) {
        json.writeString(perturbation);
      }
      json.writeEndArray();
      if (rotary != null) {
        json.writeArrayFieldStart("rotary");
        json.writeString(rotary.from().name());
        json.writeString(rotary.to().name());
        json.writeEndArray();
      }
      json.writeObjectFieldStart("groups");
      for (Map.Entry<String, List<Permutation>> group : assignment.asMap().entrySet()) {
        json.writeRaw('\n');
        json.writeArrayFieldStart(group.getKey());
        for (Permutation instance : group.getValue()) {
          json.writeArray(instance.toArray(), 0, instance.size());
        }
        json.writeEndArray();
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  /**
   * Reads a file for a structure.
   *
   * @param source not closed
   * @throws UserException if it is not such a file, or names a group that the structure lacks, or
   *     has another number of instances, or one that is not a bijection of the group's size
   */
  public static PermutationFile read(InputStream source, Structure structure) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(source);
    } catch (JsonProcessingException e) {
      throw new UserException("truth file: not JSON: " + e.getOriginalMessage(), e);
    }
    if (!FORMAT.equals(root.path("format").asText())
        || !root.path("structure").isTextual()
        || !root.path("seed").canConvertToLong()
        || !root.path("perturbations").isArray()
        || !root.path("groups").isObject()) {
      throw new UserException(
          "truth file: needs format " + FORMAT + ", structure, seed, perturbations and groups");
    }
    List<String> perturbations = new ArrayList<>();
    root.get("perturbations").forEach(node -> perturbations.add(node.asText()));
    GroupPermutations assignment = GroupPermutations.identity();
    for (Map.Entry<String, JsonNode> entry : root.get("groups").properties()) {
      try {
        Group group = structure.group(entry.getKey());
        assignment = assignment.with(group, instances(entry.getValue()));
      } catch (IllegalArgumentException e) {
        throw new UserException("truth file: group '" + entry.getKey() + "': " + e.getMessage(), e);
      }
    }
    return new PermutationFile(
        root.get("structure").asText(),
        root.get("seed").asLong(),
        perturbations,
        rotary(root.path("rotary")),
        assignment);
  }

  private static Conversion rotary(JsonNode layouts) {
    if (layouts.isMissingNode()) {
      return null;
    }
    try {
      return new Conversion(
          RotaryLayout.valueOf(layouts.path(0).asText()),
          RotaryLayout.valueOf(layouts.path(1).asText()));
    } catch (IllegalArgumentException e) {
      throw new UserException("truth file: rotary " + layouts + " names no two layouts", e);
    }
  }

  private static List<Permutation> instances(JsonNode node) {
    List<Permutation> instances = new ArrayList<>();
    for (JsonNode list : node) {
      int[] sources = new int[list.size()];
      for (int i = 0; i < sources.length; i++) {
        if (!list.get(i).canConvertToInt() || !list.get(i).isIntegralNumber()) {
          throw new IllegalArgumentException("source " + list.get(i) + " is not a whole number");
        }
        sources[i] = list.get(i).asInt();
      }
      instances.add(Permutation.ofSources(sources));
    }
    return instances;
  }
}
