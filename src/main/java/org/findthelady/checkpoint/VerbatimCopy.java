package org.findthelady.checkpoint;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * Writes a file again with nothing changed but the bytes of its tensors, which lie in it packed.
 */
public final class VerbatimCopy {
  private static final int PART_BYTES = 1 << 20;

  private VerbatimCopy() {}

  /**
   * Copies {@code file} to {@code target}.
   *
   * @param tensors those of this file, at their offsets; several may share one range if they move
   *     alike
   * @param bytes reads the sources of moves
   * @param moves by tensor name; a tensor that is not named is copied as it is
   * @throws CheckpointException with UNSUPPORTED if tensors that share bytes move differently
   */
  public static void write(
      Store store,
      FileInfo file,
      List<TensorInfo> tensors,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    List<TensorInfo> ordered =
        tensors.stream()
            .sorted(
                Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::length))
            .toList();
    List<TensorInfo> apart = apart(file, ordered, moves);
    moves.values().forEach(TensorMover::check);
    try (SeekableInput input = store.open(file);
        TensorMover mover = new TensorMover();
        OutputStream out = new BufferedOutputStream(store.create(target), 1 << 16)) {
      long at = 0;
      for (int i = 0; i < apart.size(); i++) {
        TensorInfo tensor = apart.get(i);
        copy(input, at, tensor.offset(), out);
        Move next = i + 1 < apart.size() ? move(moves, apart.get(i + 1)) : null;
        mover.write(out, bytes, move(moves, tensor), next);
        at = tensor.offset() + tensor.length();
      }
      copy(input, at, file.length(), out);
    }
  }

  /** The first tensor of every range of bytes; others that share it must move alike. */
  private static List<TensorInfo> apart(
      FileInfo file, List<TensorInfo> ordered, Map<String, Move> moves) {
    List<TensorInfo> apart = new ArrayList<>();
    TensorInfo before = null;
    for (TensorInfo tensor : ordered) {
      if (tensor.length() == 0) {
        continue;
      }
      if (before != null && tensor.offset() < before.offset() + before.length()) {
        checkAlike(file, before, tensor, moves);
      } else {
        apart.add(tensor);
        before = tensor;
      }
    }
    return apart;
  }

  private static Move move(Map<String, Move> moves, TensorInfo tensor) {
    return moves.getOrDefault(tensor.name(), Move.none(tensor));
  }

  private static void checkAlike(
      FileInfo file, TensorInfo one, TensorInfo other, Map<String, Move> moves) {
    Move move = move(moves, one);
    Move otherMove = move(moves, other);
    if (one.offset() != other.offset()
        || one.length() != other.length()
        || !one.shape().equals(other.shape())
        || move.source().offset() != otherMove.source().offset()
        || !Arrays.deepEquals(move.gathers(), otherMove.gathers())) {
      if (!stays(move) || !stays(otherMove)) {
        throw new CheckpointException(
            Reason.UNSUPPORTED,
            "%s: tensors '%s' and '%s' share bytes at %d but move differently"
                .formatted(file.path(), one.name(), other.name(), other.offset()));
      }
    }
  }

  private static boolean stays(Move move) {
    return Arrays.stream(move.gathers()).allMatch(gather -> gather == null);
  }

  private static void copy(SeekableInput input, long from, long to, OutputStream out)
      throws IOException {
    byte[] part = new byte[(int) Math.min(PART_BYTES, to - from)];
    for (long at = from; at < to; at += part.length) {
      int count = (int) Math.min(part.length, to - at);
      input.readFully(at, part, 0, count);
      out.write(part, 0, count);
    }
  }
}
