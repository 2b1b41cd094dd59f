package org.findthelady.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
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
 * JSON with these components as keys ({@code network-seeds}); unknown keys are errors.
 *
 * @param name of the experiment
 * @param notes what a reader of its page should know, a paragraph each; may be left out
 * @param protocols what is hit, once or both
 * @param methods how permutations are looked for
 * @param seeds number of seeds for the layer protocol, at least 1
 * @param studies questions asked of single models; may be left out
 * @param networkSeeds number of seeds for the network protocol, at least 1
 */
public record Sweep(
    String name,
    List<String> notes,
    List<ModelSpec> models,
    List<Attack> attacks,
    List<Protocol> protocols,
    List<Method> methods,
    List<StudySpec> studies,
    int seeds,
    int networkSeeds)
    implements Serializable {
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
    if (seeds < 1 || networkSeeds < 1) {
      throw new IllegalArgumentException(seeds + " and " + networkSeeds + " seeds");
    }
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
        int count = protocol == Protocol.LAYER ? seeds : networkSeeds;
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
