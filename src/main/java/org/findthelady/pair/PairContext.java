package org.findthelady.pair;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.align.Alignment;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.match.rows.RotaryRecognition;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TensorMove;

/**
 * An opened pair: headers and structure, no tensor bytes. Sent once to every executor.
 *
 * @param store where the tensors of both are read
 * @param structure over the reference's names
 * @param alignment which tensor answers to which, and how both are seen
 * @param conversion gathers, by the reference's names, that bring the suspect's rotary rows into
 *     the reference's layout before anything else; empty if they are in it
 */
public record PairContext(
    Store store,
    Structure structure,
    Checkpoint reference,
    Checkpoint suspect,
    Alignment alignment,
    Map<String, int[][]> conversion)
    implements Serializable {
  public PairContext {
    conversion = Map.copyOf(conversion);
  }

  /** The tensors that both have, as they are seen, in the reference's order. */
  List<TensorInfo> compared() {
    return alignment.compared();
  }

  /** How the suspect's tensors are gathered by an assignment, by the reference's names. */
  public Map<String, Move> moves(GroupPermutations assignment) {
    return moves(structure, alignment.suspectTensors(), conversion, assignment);
  }

  /** How the suspect's stored tensors are gathered by an assignment, by their own names. */
  public Map<String, Move> storedMoves(GroupPermutations assignment) {
    return alignment.storedMoves(
        moves(
            structure,
            alignment.suspectTensors(),
            alignment.keepsOwnLayout() ? Map.of() : conversion,
            assignment));
  }

  /**
   * How tensors are gathered by an assignment; one that the structure does not name stays. A part
   * of a stack may take from another part.
   *
   * @param first gathers that come before the assignment's, by tensor
   * @throws UserException if a tensor would take from one of another type
   */
  public static Map<String, Move> moves(
      Structure structure,
      Map<String, TensorInfo> tensors,
      Map<String, int[][]> first,
      GroupPermutations assignment) {
    Map<String, Move> moves = new HashMap<>();
    tensors
        .keySet()
        .forEach(name -> moves.put(name, move(structure, tensors, first, assignment, name)));
    return moves;
  }

  /** How one tensor, by the reference's name, is gathered by an assignment. */
  public Move move(String tensor, GroupPermutations assignment) {
    return move(structure, alignment.suspectTensors(), conversion, assignment, tensor);
  }

  private static Move move(
      Structure structure,
      Map<String, TensorInfo> tensors,
      Map<String, int[][]> first,
      GroupPermutations assignment,
      String name) {
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
    return new Move(source, move.after(first.get(structure.parameterOf(move.source()))).gathers());
  }

  /** This pair with tensors that answer to each other otherwise. */
  PairContext with(Alignment other) {
    return new PairContext(store, structure, reference, suspect, other, conversion);
  }

  /** This pair with another structure. */
  PairContext with(Structure other) {
    return new PairContext(store, other, reference, suspect, alignment, conversion);
  }

  /** This pair with the suspect's rotary rows brought into the reference's layout. */
  PairContext with(RotaryRecognition.Conversion found) {
    return new PairContext(
        store,
        structure,
        reference,
        suspect,
        alignment,
        found.from().gathers(structure, found.to()));
  }

  /** Bytes of both checkpoints. */
  public long bytes() {
    return reference.tensorBytes() + suspect.tensorBytes();
  }
}
