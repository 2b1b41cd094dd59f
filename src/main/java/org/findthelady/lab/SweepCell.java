package org.findthelady.lab;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.MatchResult;
import org.findthelady.match.Matcher;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/**
 * One model under one perturbation with one seed, matched by every method. A function of its values
 * and of the model: the same wherever and whenever it runs.
 */
public record SweepCell(
    ModelSpec model,
    Protocol protocol,
    AttackKind attack,
    double strength,
    long seed,
    List<Method> methods)
    implements Serializable {
  public SweepCell {
    methods = List.copyOf(methods);
  }

  /** What is run, in words, for job descriptions. */
  public String description() {
    return "%s, %s hit, %s %s, seed %d"
        .formatted(
            model.name(),
            protocol == Protocol.LAYER ? "one layer" : "every layer",
            attack.label(),
            strength,
            seed);
  }

  /**
   * Permutes, perturbs, matches and counts, in the calling thread.
   *
   * @param loader gives the model
   */
  public List<CellResult> run(ModelLoader loader) throws IOException {
    LabModel reference = loader.load(model, seed);
    Layers layers =
        protocol == Protocol.LAYER ? new Layers(model.hit().orElseThrow()) : Layers.all();
    LabModel changed =
        reference.perturbed(
            Attack.perturbations(attack, strength, layers, reference.structure(), seed));
    Optional<LabTask> task = loader.task(model);
    TaskScore score = task.isPresent() ? task.get().score(changed) : null;
    return protocol == Protocol.LAYER
        ? runLayer(reference, changed, score)
        : runNetwork(reference, changed, score);
  }

  private List<CellResult> runLayer(LabModel whole, LabModel wholeChanged, TaskScore score)
      throws IOException {
    String hit = model.hit().orElseThrow();
    Structure around =
        Neighbourhood.of(whole.structure(), Neighbourhood.producedBy(whole.structure(), hit));
    Structure alone = Neighbourhood.ofTensor(whole.structure(), hit);
    List<CellResult> rows = new ArrayList<>();
    for (Method method : methods) {
      if (method == Method.PAPER) {
        rows.add(row(method, nearest(whole.within(alone), wholeChanged.within(alone)), score));
      } else if (method == Method.FTL) {
        rows.add(row(method, placed(whole.within(around), wholeChanged.within(around)), score));
      }
    }
    return rows;
  }

  private List<CellResult> runNetwork(LabModel reference, LabModel changed, TaskScore score)
      throws IOException {
    List<CellResult> rows = new ArrayList<>();
    for (Method method : methods) {
      Placement placement =
          switch (method) {
            case PAPER -> nearest(reference, changed);
            case FTL -> placed(reference, changed);
            case ORACLE -> bound(reference, changed);
          };
      rows.add(row(method, placement, score));
    }
    return rows;
  }

  /** The paper's method. */
  private Placement nearest(LabModel reference, LabModel changed) throws IOException {
    Structure structure = reference.structure();
    Assignment truth = Assignment.random(structure, seed);
    MatchResult match =
        Matcher.match(structure, reference, changed.permuted(truth), MatchOptions.paper());
    return Placement.ofNearest(structure, truth, match);
  }

  /** Ours. */
  private Placement placed(LabModel reference, LabModel changed) throws IOException {
    Structure structure = reference.structure();
    Assignment truth = Assignment.random(structure, seed);
    MatchResult match =
        Matcher.match(structure, reference, changed.permuted(truth), MatchOptions.defaults());
    return Placement.ofSources(structure, truth, match);
  }

  /** Ours on one group at a time, all others in their true order. */
  private Placement bound(LabModel reference, LabModel changed) throws IOException {
    List<Placement> placements = new ArrayList<>();
    for (Group root : Neighbourhood.roots(reference.structure())) {
      Structure around = Neighbourhood.of(reference.structure(), root);
      placements.add(placed(reference.within(around), changed.within(around)));
    }
    return Placement.sum(placements);
  }

  private CellResult row(Method method, Placement placement, TaskScore score) {
    return new CellResult(
        model.name(),
        protocol,
        attack,
        strength,
        seed,
        method,
        placement.groups(),
        placement.neurons(),
        placement.right(),
        placement.wrongAmbiguous(),
        placement.wrongInterchangeable(),
        method == Method.PAPER ? 0 : placement.wrongSilent(),
        placement.marked(),
        placement.neurons() == 0 ? 100 : 100.0 * placement.right() / placement.neurons(),
        score == null ? null : score.errorPercent(),
        score == null ? null : score.divergence(),
        closedForm(method));
  }

  /** Where rows are independent and normal: a layer alone, and the row-wise maximum on it. */
  private Double closedForm(Method method) {
    ModelSpec.LayerShape layer = model.layer();
    boolean everything = method != Method.PAPER && protocol == Protocol.NETWORK;
    if (layer == null || (method != Method.PAPER && !everything)) {
      return null;
    }
    double width = layer.width() + (everything ? (double) layer.others() : 0);
    return switch (attack) {
      case NONE -> 100.0;
      case NOISE ->
          InformationLimit.psi(
              layer.neurons(), width, InformationLimit.correlationUnderNoise(strength));
      case PRUNE, PRUNE_GLOBAL ->
          strength < 100
              ? InformationLimit.psiUnderPruning(layer.neurons(), width, strength)
              : null;
      case BITS, DRIFT, SCALE -> null;
    };
  }
}
