package org.findthelady.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.findthelady.core.UserException;
import org.findthelady.perturb.Attack;

/**
 * An experiment: every model under every attack at every strength, for several seeds. Its file is
 * JSON with the methods of {@link Builder} as keys ({@code network-seeds}); unknown keys are
 * errors.
 *
 * @param name of the experiment
 * @param notes what a reader of its page should know, a paragraph each; may be left out
 * @param protocols what is hit, once or both
 * @param methods how permutations are looked for
 * @param studies questions asked of single models; may be left out
 * @param seeds how often each cell is drawn anew
 */
@JsonDeserialize(builder = Sweep.Builder.class)
public record Sweep(
    String name,
    List<String> notes,
    List<ModelSpec> models,
    List<Attack> attacks,
    List<Protocol> protocols,
    List<Method> methods,
    List<StudySpec> studies,
    Seeds seeds)
    implements Serializable {
  /**
   * Numbers of seeds.
   *
   * @param layer for the layer protocol, at least 1
   * @param network for the network protocols, at least 1
   */
  public record Seeds(int layer, int network) implements Serializable {
    public Seeds {
      if (layer < 1 || network < 1) {
        throw new IllegalArgumentException(layer + " and " + network + " seeds");
      }
    }
  }

  /** Builds a sweep; its methods are the keys of a sweep's file. */
  @JsonPOJOBuilder(withPrefix = "")
  public static final class Builder {
    private String name;
    private List<String> notes;
    private List<ModelSpec> models;
    private List<Attack> attacks;
    private List<Protocol> protocols;
    private List<Method> methods;
    private List<StudySpec> studies;
    private int seeds;
    private int networkSeeds;

    public Builder name(String value) {
      name = value;
      return this;
    }

    public Builder notes(List<String> value) {
      notes = value;
      return this;
    }

    public Builder models(List<ModelSpec> value) {
      models = value;
      return this;
    }

    public Builder attacks(List<Attack> value) {
      attacks = value;
      return this;
    }

    public Builder protocols(List<Protocol> value) {
      protocols = value;
      return this;
    }

    public Builder methods(List<Method> value) {
      methods = value;
      return this;
    }

    public Builder studies(List<StudySpec> value) {
      studies = value;
      return this;
    }

    public Builder seeds(int value) {
      seeds = value;
      return this;
    }

    public Builder networkSeeds(int value) {
      networkSeeds = value;
      return this;
    }

    /**
     * The sweep.
     *
     * @throws IllegalArgumentException if something is missing or does not fit
     */
    public Sweep build() {
      Seeds both = new Seeds(seeds, networkSeeds);
      return new Sweep(name, notes, models, attacks, protocols, methods, studies, both);
    }
  }

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .build();

  public Sweep {
    if (name == null || models == null || attacks == null || protocols == null || methods == null) {
      throw new IllegalArgumentException(
          "a sweep needs name, models, attacks, protocols and methods");
    }
    notes = notes == null ? List.of() : List.copyOf(notes);
    studies = studies == null ? List.of() : List.copyOf(studies);
    models = List.copyOf(models);
    attacks = List.copyOf(attacks);
    protocols = List.copyOf(protocols);
    methods = List.copyOf(methods);
    Set<String> names = new HashSet<>();
    for (ModelSpec model : models) {
      if (!names.add(model.name())) {
        throw new IllegalArgumentException("model " + model.name() + " twice");
      }
    }
    for (StudySpec study : studies) {
      if (!names.contains(study.model()) || !names.containsAll(study.others())) {
        throw new IllegalArgumentException("study of a model that is not in the sweep: " + study);
      }
    }
  }

  /** The model of that name. */
  ModelSpec model(String modelName) {
    return models.stream().filter(m -> m.name().equals(modelName)).findFirst().orElseThrow();
  }

  /**
   * Reads a sweep's file.
   *
   * @param source not closed
   * @throws UserException naming what is wrong with it
   */
  public static Sweep read(String file, InputStream source) throws IOException {
    try {
      return JSON.readValue(source.readAllBytes(), Sweep.class);
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause() instanceof IllegalArgumentException inner ? inner : e;
      String message =
          cause instanceof JsonProcessingException json
              ? json.getOriginalMessage()
              : cause.getMessage();
      throw new UserException(file + ": " + message, e);
    }
  }

  /** All cells by model, protocol and seed: those of a batch share what they load. */
  public List<SweepBatch> batches() {
    List<SweepBatch> batches = new ArrayList<>();
    List<SweepCell> batch = new ArrayList<>();
    for (SweepCell cell : cells()) {
      if (!batch.isEmpty() && !batch.get(0).sharesModelWith(cell)) {
        batches.add(new SweepBatch(batch));
        batch = new ArrayList<>();
      }
      batch.add(cell);
    }
    if (!batch.isEmpty()) {
      batches.add(new SweepBatch(batch));
    }
    return batches;
  }

  /**
   * All cells, those of one model and protocol side by side; in the order of the file whatever the
   * seeds.
   */
  public List<SweepCell> cells() {
    List<SweepCell> cells = new ArrayList<>();
    for (ModelSpec model : models) {
      for (Protocol protocol : protocols) {
        boolean possible = protocol != Protocol.LAYER || model.hit().isPresent();
        int count = protocol == Protocol.LAYER ? seeds.layer() : seeds.network();
        for (int seed = 1; possible && seed <= count; seed++) {
          for (Attack attack : attacks) {
            for (double strength : attack.strengths()) {
              if (!attack.kind().isTraining()
                  || model.trained(attack.kind(), strength).isPresent()) {
                cells.add(new SweepCell(model, protocol, attack.kind(), strength, seed, methods));
              }
            }
          }
        }
      }
    }
    return cells;
  }
}
