package org.findthelady.checkpoint.onnx;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/** Copies one file of a model byte for byte, but for the elements of moved tensors. */
final class PatchedCopy {
  private static final int BUFFER_BYTES = 1 << 18;

  private final Store store;
  private final Checkpoint checkpoint;
  private final TensorReader bytes;
  private final Map<String, Move> moves;
  private final int index;
  private final TypedTensors typed;

  PatchedCopy(
      Store store, Checkpoint checkpoint, TensorReader bytes, Map<String, Move> moves, int index) {
    this.store = store;
    this.checkpoint = checkpoint;
    this.bytes = bytes;
    this.moves = moves;
    this.index = index;
    this.typed = TypedTensors.of(checkpoint);
  }

  void writeTo(String target) throws IOException {
    FileInfo file = checkpoint.files().get(index);
    List<TensorInfo> moved =
        checkpoint.tensors().stream()
            .filter(t -> t.file() == index && t.length() > 0 && (changes(t) || isRead(t)))
            .sorted(Comparator.comparingLong(TensorInfo::offset))
            .toList();
    checkApart(file, moved.stream().filter(this::changes).toList());
    TensorMover mover = new TensorMover();
    try (SeekableInput input = store.open(file);
        OutputStream out = new BufferedOutputStream(store.create(target), BUFFER_BYTES)) {
      long at = 0;
      for (TensorInfo tensor : moved) {
        copy(input, at, tensor.offset(), out);
        Move move = moves.get(tensor.name());
        if (typed.contains(tensor)) {
          new TypedFields(checkpoint, tensor).write(input, bytes, move, out);
        } else {
          mover.write(out, bytes, move);
        }
        at = tensor.offset() + typed.stored(tensor);
      }
      copy(input, at, file.length(), out);
    }
  }

  private boolean changes(TensorInfo tensor) {
    Move move = moves.get(tensor.name());
    return move != null
        && (!move.source().equals(tensor)
            || Arrays.stream(move.gathers()).anyMatch(Objects::nonNull));
  }

  /** A tensor that stays is read too, in case the reader gives other bytes than the file's. */
  private boolean isRead(TensorInfo tensor) {
    return moves.containsKey(tensor.name()) && !typed.contains(tensor) && !shares(tensor);
  }

  private boolean shares(TensorInfo tensor) {
    return checkpoint.tensors().stream().anyMatch(other -> overlaps(tensor, other));
  }

  private boolean overlaps(TensorInfo tensor, TensorInfo other) {
    return other.file() == index
        && other.length() > 0
        && !other.name().equals(tensor.name())
        && other.offset() < tensor.offset() + typed.stored(tensor)
        && tensor.offset() < other.offset() + typed.stored(other);
  }

  /** Tensors that share bytes cannot move apart. */
  private void checkApart(FileInfo file, List<TensorInfo> moved) {
    for (TensorInfo tensor : moved) {
      long end = tensor.offset() + typed.stored(tensor);
      for (TensorInfo other : checkpoint.tensors()) {
        if (overlaps(tensor, other)) {
          throw new CheckpointException(
              Reason.UNSUPPORTED,
              "Tensors '%s' and '%s' share bytes %d to %d of %s and cannot move"
                  .formatted(
                      tensor.name(),
                      other.name(),
                      Math.max(tensor.offset(), other.offset()),
                      Math.min(end, other.offset() + typed.stored(other)),
                      file.path()));
        }
      }
    }
  }

  private static void copy(SeekableInput input, long from, long to, OutputStream out)
      throws IOException {
    byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1, to - from))];
    for (long at = from; at < to; ) {
      int count = (int) Math.min(buffer.length, to - at);
      input.readFully(at, buffer, 0, count);
      out.write(buffer, 0, count);
      at += count;
    }
  }
}
