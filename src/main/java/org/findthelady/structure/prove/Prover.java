package org.findthelady.structure.prove;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.Permutation;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.findthelady.structure.derive.Shuffle;
import org.findthelady.structure.graph.GraphWeights;

/**
 * Proves a structure by experiment: moves groups at random, runs the network in ONNX Runtime and
 * compares the outputs with the original's. So that a proof can fail, each group is also moved in
 * one place only, which must change the outputs.
 */
public final class Prover implements AutoCloseable {
  private final Network network;
  private final Structure structure;
  private final long seed;

  /**
   * @param tensors every weight by name; shapes are checked against nothing else
   * @param inputShapes lengths for graph inputs with symbolic axes
   */
  public Prover(
      OnnxModel model,
      Map<String, TensorInfo> tensors,
      GraphWeights weights,
      Map<String, long[]> inputShapes,
      Structure structure,
      long seed)
      throws IOException, OrtException {
    this.structure = structure;
    this.seed = seed;
    Set<String> moving = new LinkedHashSet<>();
    structure
        .axes()
        .forEach(
            (tensor, axes) -> {
              if (axes.stream().anyMatch(axis -> !axis.isFrozen())) {
                moving.add(tensor);
              }
            });
    this.network = new Network(model, tensors, weights, inputShapes, moving, seed);
  }

  /**
   * Moves all groups together, then each alone and each in one place only.
   *
   * @param alone at most so many groups are moved alone, spread over the list; all of them if the
   *     groups together fail
   */
  public Proof prove(int alone) throws IOException, OrtException {
    List<Group> groups = new ArrayList<>(structure.groups());
    GroupPermutations all = Shuffle.of(structure, seed);
    double together = network.difference(moves(all, null));
    boolean fails = !(together <= Proof.TOLERANCE);
    int tried = fails ? groups.size() : Math.min(alone, groups.size());
    List<Proof.GroupDifference> findings = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      Group group = groups.get(g);
      boolean chosen =
          tried > 0 && (long) g * tried / groups.size() != (long) (g + 1) * tried / groups.size();
      double difference = Double.NaN;
      double effect = Double.NaN;
      if (chosen) {
        GroupPermutations one = alone(group, g);
        difference = network.difference(moves(one, null));
        effect = effect(one, group);
      }
      findings.add(new Proof.GroupDifference(group.name(), difference, effect));
    }
    return new Proof(findings, together);
  }

  private double effect(GroupPermutations one, Group group) throws IOException, OrtException {
    List<String> members = structure.membersOf(group.name());
    Place place = new Place(members.get(members.size() - 1), group.name());
    Map<String, int[][]> broken = moves(one, place);
    boolean whole = members.size() == 1 && places(members.get(0), group.name()) == 1;
    return whole ? Double.NaN : network.difference(broken);
  }

  private long places(String tensor, String group) {
    return structure.axes(tensor).stream().filter(a -> a.groups().contains(group)).count();
  }

  /** The only place that moves in a broken trial: the last axis of a tensor with a group. */
  private record Place(String tensor, String group) {}

  private GroupPermutations alone(Group group, int number) {
    List<Permutation> instances = Shuffle.of(group, new SplittableRandom(seed + 31L * number));
    return GroupPermutations.identity().with(group, instances);
  }

  private Map<String, int[][]> moves(GroupPermutations assignment, Place only) {
    Map<String, int[][]> moves = new LinkedHashMap<>();
    for (String tensor : structure.axes().keySet()) {
      if (only != null && !only.tensor().equals(tensor)) {
        continue;
      }
      int[][] gathers = structure.gathers(tensor, assignment);
      boolean moving = false;
      boolean placed = false;
      for (int axis = gathers.length - 1; axis >= 0; axis--) {
        if (only != null && placed) {
          gathers[axis] = null;
        }
        placed |= gathers[axis] != null;
        moving |= gathers[axis] != null;
      }
      if (moving) {
        moves.put(tensor, gathers);
      }
    }
    return moves;
  }

  @Override
  public void close() throws OrtException {
    network.close();
  }
}
