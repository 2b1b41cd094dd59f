package org.findthelady.job;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Assignment;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TensorMove;

/**
 * An opened pair: headers and structure, no tensor bytes. Sent once to every executor.
 *
 * @param suspectNames for every tensor of the reference the name of the suspect's
 */
record PairContext(
    HadoopStore store,
    Structure structure,
    Checkpoint reference,
    Checkpoint suspect,
    Map<String, String> suspectNames)
    implements Serializable {
  PairContext {
    suspectNames = Map.copyOf(suspectNames);
  }

  /** The tensors that both have, in the reference's order. */
  List<TensorInfo> compared() {
    return reference.tensors().stream().filter(t -> suspectNames.containsKey(t.name())).toList();
  }

  /** The suspect's tensors by the reference's names. */
  Map<String, TensorInfo> suspectTensors() {
    Map<String, TensorInfo> byName = suspect.byName();
    Map<String, TensorInfo> renamed = new HashMap<>();
    suspectNames.forEach((ours, theirs) -> renamed.put(ours, byName.get(theirs)));
    return renamed;
  }

  /** How the suspect's tensors are gathered by an assignment, by the reference's names. */
  Map<String, Move> moves(Assignment assignment) {
    Map<String, Move> moves = new HashMap<>();
    Map<String, TensorInfo> tensors = suspectTensors();
    tensors.keySet().forEach(name -> moves.put(name, move(structure, name, tensors, assignment)));
    return moves;
  }

  /**
   * How one tensor is gathered; a tensor that the structure does not name stays as it is. A part of
   * a stack may take from another part.
   *
   * @param tensors all tensors by the reference's names
   * @throws UserException if it would take from a tensor of another type
   */
  static Move move(
      Structure structure, String name, Map<String, TensorInfo> tensors, Assignment assignment) {
    TensorInfo tensor = tensors.get(name);
    if (structure.axes(name).isEmpty()) {
      return Move.none(tensor);
    }
    TensorMove move = structure.move(name, assignment);
    TensorInfo source = tensors.get(move.source());
    if (source == null || source.dtype() != tensor.dtype()) {
      throw new UserException(
          "tensor '%s' (%s) would take its elements from '%s' (%s)"
              .formatted(
                  name,
                  tensor.dtype(),
                  move.source(),
                  source == null ? "not there" : source.dtype()));
    }
    return new Move(source, move.gathers());
  }

  /** Bytes of both checkpoints. */
  long bytes() {
    return reference.tensorBytes() + suspect.tensorBytes();
  }

  Store files() {
    return store;
  }
}
