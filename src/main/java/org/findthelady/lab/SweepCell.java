package org.findthelady.lab;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
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
    return protocol == Protocol.LAYER ? runLayer(reference) : runNetwork(reference);
  }

  private List<CellResult> runLayer(LabModel whole) throws IOException {
    String hit = model.hit().orElseThrow();
    Structure around =
        Neighbourhood.of(whole.structure(), Neighbourhood.producedBy(whole.structure(), hit));
    LabModel reference = whole.within(around);
    LabModel changed = perturbed(reference, new Layers(hit));
    List<CellResult> rows = new ArrayList<>();
    for (Method method : methods) {
      if (method == Method.PAPER) {
        Structure alone = Neighbourhood.ofTensor(whole.structure(), hit);
        rows.add(row(method, nearest(reference.within(alone), changed.within(alone))));
      } else if (method == Method.FTL) {
        rows.add(row(method, placed(reference, changed)));
      }
    }
    return rows;
  }

  private List<CellResult> runNetwork(LabModel reference) throws IOException {
    LabModel changed = perturbed(reference, Layers.all());
    List<CellResult> rows = new ArrayList<>();
    for (Method method : methods) {
      rows.add(
          switch (method) {
            case PAPER -> row(method, nearest(reference, changed));
            case FTL -> row(method, placed(reference, changed));
            case ORACLE -> row(method, bound(reference, changed));
          });
    }
    return rows;
  }

  private LabModel perturbed(LabModel reference, Layers layers) throws IOException {
    return reference.perturbed(
        Attack.perturbations(attack, strength, layers, reference.structure(), seed));
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

  private CellResult row(Method method, Placement placement) {
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
        method == Method.PAPER && protocol == Protocol.LAYER ? closedForm() : null);
  }

  private Double closedForm() {
    ModelSpec.LayerShape layer = model.layer();
    if (layer == null) {
      return null;
    }
    return switch (attack) {
      case NONE -> 100.0;
      case NOISE ->
          InformationLimit.psi(
              layer.neurons(), layer.width(), InformationLimit.correlationUnderNoise(strength));
      case PRUNE, PRUNE_GLOBAL ->
          InformationLimit.psi(
              layer.neurons(), layer.width(), InformationLimit.correlationUnderPruning(strength));
      case BITS, DRIFT, SCALE -> null;
    };
  }
}
