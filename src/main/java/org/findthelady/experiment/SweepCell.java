package org.findthelady.experiment;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.result.MatchResult;
import org.findthelady.perturb.AttackKind;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
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
  /** Sketches never change a result, and under strong noise they are all in vain. */
  private static final MatchOptions OURS = MatchOptions.defaults().withSketch(false);

  private static final MatchOptions PAPER = MatchOptions.paper().withSketch(false);

  public SweepCell {
    methods = List.copyOf(methods);
  }

  boolean sharesModelWith(SweepCell other) {
    return model.equals(other.model) && protocol == other.protocol && seed == other.seed;
  }

  /**
   * Permutes, perturbs, matches and counts, in the calling thread.
   *
   * @param loader gives the model
   */
  public List<CellResult> run(ModelLoader loader) throws IOException {
    LabModel reference = loader.load(model, seed);
    LabModel changed = changed(reference, loader);
    // What a perturbation without chance does to the task is the same for every seed.
    boolean scored = seed == 1 || !attack.isDeterministic();
    Optional<LabTask> task = scored ? loader.task(model) : Optional.empty();
    TaskScore score = task.isPresent() ? task.get().score(changed) : null;
    return protocol == Protocol.LAYER
        ? runLayer(reference, changed, score)
        : runNetwork(reference, changed, score);
  }

  private LabModel changed(LabModel reference, ModelLoader loader) throws IOException {
    if (attack.isTraining()) {
      return loader.trained(model, attack, strength);
    }
    LayerSelection layers =
        switch (protocol) {
          case LAYER -> new LayerSelection(model.hit().orElseThrow());
          case NETWORK -> LayerSelection.all();
          case EVERYTHING -> LayerSelection.everything();
        };
    return reference.perturbed(
        attack.perturbations(
            new AttackKind.Setting(strength, layers, reference.structure(), seed)));
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
        rows.add(row(method, alone(whole.within(alone), wholeChanged.within(alone)), score));
      } else if (method == Method.FTL) {
        rows.add(row(method, placed(whole.within(around), wholeChanged.within(around)), score));
      }
    }
    return rows;
  }

  private List<CellResult> runNetwork(LabModel whole, LabModel wholeChanged, TaskScore score)
      throws IOException {
    LabModel reference = whole;
    LabModel changed = wholeChanged;
    if (model.groups() != null) {
      Structure some =
          Neighbourhood.ofGroups(whole.structure(), new LayerSelection(model.groups()));
      reference = whole.within(some);
      changed = wholeChanged.within(some);
    }
    List<CellResult> rows = new ArrayList<>();
    for (Method method : methods) {
      switch (method) {
        case PAPER -> rows.add(row(method, nearest(reference, changed), score));
        case FTL -> rows.add(ours(reference, changed, score));
        case ORACLE -> rows.add(row(method, bound(reference, changed), score));
        case LIMIT -> {
          if (attack.isDeterministic() || attack == AttackKind.NOISE) {
            double omega = attack == AttackKind.NOISE ? strength : 0;
            rows.add(row(method, new TrueLikelihood(reference, changed, omega).placement(), score));
          }
        }
      }
    }
    return rows;
  }

  /** The paper's method on its one layer. */
  private Placement alone(LabModel reference, LabModel changed) throws IOException {
    Structure structure = reference.structure();
    Group group = structure.groups().iterator().next();
    GroupPermutations truth = GroupPermutations.random(structure, seed);
    int[] matched = Matcher.nearest(structure, reference, changed.permuted(truth));
    return Placement.ofNearest(truth.unitSources(structure, group), matched);
  }

  /** The paper's method. */
  private Placement nearest(LabModel reference, LabModel changed) throws IOException {
    Structure structure = reference.structure();
    GroupPermutations truth = GroupPermutations.random(structure, seed);
    MatchResult match = Matcher.match(structure, reference, changed.permuted(truth), PAPER);
    return Placement.ofNearest(structure, truth, match);
  }

  /** Ours. */
  private Placement placed(LabModel reference, LabModel changed) throws IOException {
    Structure structure = reference.structure();
    GroupPermutations truth = GroupPermutations.random(structure, seed);
    MatchResult match = Matcher.match(structure, reference, changed.permuted(truth), OURS);
    return Placement.ofSources(structure, truth, match);
  }

  /** Ours on the whole network, and how likely its order is beside the true one. */
  private CellResult ours(LabModel reference, LabModel changed, TaskScore score)
      throws IOException {
    Structure structure = reference.structure();
    GroupPermutations truth = GroupPermutations.random(structure, seed);
    LabModel suspect = changed.permuted(truth);
    MatchResult match = Matcher.match(structure, reference, suspect, OURS);
    Placement placement = Placement.ofSources(structure, truth, match);
    Double likelier =
        attack == AttackKind.NOISE && strength > 0
            ? new TrueLikelihood(reference, changed, strength)
                .likelier(suspect.permuted(match.resync()))
            : null;
    return row(Method.FTL, placement, score, likelier);
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
    return row(method, placement, score, null);
  }

  private CellResult row(Method method, Placement placement, TaskScore score, Double likelier) {
    boolean unmarkable = method == Method.PAPER || method == Method.LIMIT;
    return new CellResult(
        new CellResult.Asked(model.name(), protocol, attack, strength, seed, method),
        new CellResult.Placed(
            placement.groups(),
            placement.neurons(),
            placement.right(),
            placement.wrongAmbiguous(),
            placement.wrongInterchangeable(),
            unmarkable ? 0 : placement.wrongSilent(),
            placement.marked()),
        placement.neurons() == 0 ? 100 : 100.0 * placement.right() / placement.neurons(),
        score,
        closedForm(method),
        likelier);
  }

  /**
   * Where rows are independent and normal: the paper's method on a layer, and all evidence where
   * all of it is hit.
   */
  private Double closedForm(Method method) {
    ModelSpec.LayerShape layer = model.layer();
    boolean incoming = method == Method.PAPER;
    boolean everything = method == Method.FTL && protocol != Protocol.LAYER;
    if (layer == null || !model.isSeeded() || !(incoming || (everything && model.isLayerAlone()))) {
      return null;
    }
    return incoming
        ? ClosedForm.ofIncoming(layer, attack, strength)
        : ClosedForm.ofAll(layer, attack, strength);
  }
}
