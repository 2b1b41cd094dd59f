package org.findthelady.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.findthelady.core.UserException;
import org.findthelady.pair.MatchSettings;

/**
 * What an audit is to do, as read from {@code jobs/NAME.json}. Relative paths are relative to the
 * job file's folder. Unknown keys are errors.
 *
 * @param name shown in reports
 * @param references the owner's checkpoints
 * @param suspects where the checkpoints to judge come from
 * @param evidence {@code all} (default) or {@code incoming}
 * @param assign {@code one-to-one} (default) or {@code argmax}
 * @param seed of what is drawn at random in matching, beside what {@link MatchSettings#seed} mixes
 *     in
 * @param resync whether re-synchronised models are written beside the report
 */
public record JobFile(
    String name,
    List<Reference> references,
    List<Suspects> suspects,
    String evidence,
    String assign,
    long seed,
    boolean resync) {

  /**
   * @param id unique among the references
   * @param path file or folder
   * @param architecture name or file of an architecture; null to choose by tensor names
   * @param graph an ONNX file that stands as the structure; null if none
   */
  public record Reference(String id, String path, String architecture, String graph) {}

  /**
   * One of: a glob; a manifest file with one JSON object (id, path, reference, truth) or one path a
   * line; a single path.
   *
   * @param reference id of the reference to compare with; null to try all and keep the nearest
   * @param id of the model, with {@code path} only; null for the file's name
   * @param truth truth file of {@code ftl permute}, with {@code path} only; null if not known
   */
  public record Suspects(
      String glob, String manifest, String path, String reference, String id, String truth) {
    public Suspects {
      int ways = (glob == null ? 0 : 1) + (manifest == null ? 0 : 1) + (path == null ? 0 : 1);
      if (ways != 1) {
        throw new UserException("an entry of suspects needs exactly one of glob, manifest, path");
      }
    }
  }

  @SuppressWarnings("unused") // the shape that Jackson fills, before defaults
  private record Raw(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) List<Reference> references,
      @JsonProperty(required = true) List<Suspects> suspects,
      String evidence,
      String assign,
      Long seed,
      Boolean resync) {}

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  public JobFile {
    references = List.copyOf(references);
    suspects = List.copyOf(suspects);
    Set<String> ids = new HashSet<>();
    for (Reference reference : references) {
      if (reference.id() == null || reference.path() == null) {
        throw new UserException("job " + name + ": a reference needs id and path");
      }
      if (!ids.add(reference.id())) {
        throw new UserException("job " + name + ": reference id '" + reference.id() + "' twice");
      }
    }
    if (references.isEmpty()) {
      throw new UserException("job " + name + ": references is empty");
    }
    for (Suspects source : suspects) {
      if (source.reference() != null && !ids.contains(source.reference())) {
        throw new UserException(
            "job %s: suspects name reference '%s', but there are only %s"
                .formatted(name, source.reference(), ids));
      }
    }
  }

  /**
   * Parses a job file.
   *
   * @param where named in messages
   * @throws UserException if it is not one
   */
  public static JobFile parse(String json, String where) {
    try {
      Raw raw = JSON.readValue(json, Raw.class);
      if (raw == null || raw.name() == null || raw.references() == null || raw.suspects() == null) {
        throw new UserException(where + ": a job file needs name, references and suspects");
      }
      return new JobFile(
          raw.name(),
          raw.references(),
          raw.suspects(),
          Objects.requireNonNullElse(raw.evidence(), "all"),
          Objects.requireNonNullElse(raw.assign(), "one-to-one"),
          Objects.requireNonNullElse(raw.seed(), 1L),
          Objects.requireNonNullElse(raw.resync(), false));
    } catch (JsonProcessingException e) {
      if (e.getCause() instanceof UserException wrong) {
        throw new UserException(where + ": " + wrong.getMessage(), e);
      }
      throw new UserException(where + ": " + e.getOriginalMessage(), e);
    }
  }
}
