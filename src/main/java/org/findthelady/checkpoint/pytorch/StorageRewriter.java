package org.findthelady.checkpoint.pytorch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.zip.ZipLocal;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * Writes a storage as its tensors' moves leave it. Bytes that belong to no tensor stay.
 *
 * <p>Where tensors lie side by side, packed, the storage is streamed. Otherwise it is put together
 * in memory: each moved tensor is scattered through its strides, and where two tensors share an
 * element they must leave the same bytes there.
 */
final class StorageRewriter {
  /** Largest storage that is put together in memory. */
  static final long SCATTERED_BYTES_LIMIT = 512L << 20;

  private final SeekableInput file;
  private final TensorReader bytes;
  private final Map<String, Move> moves;
  private final TensorMover mover = new TensorMover();

  StorageRewriter(SeekableInput file, TensorReader bytes, Map<String, Move> moves) {
    this.file = file;
    this.bytes = bytes;
    this.moves = moves;
  }

  /**
   * Writes the storage's bytes.
   *
   * @param tensors all tensors that view the storage
   * @throws CheckpointException if tensors that share elements move differently
   */
  void write(ZipLocal storage, List<PlacedTensor> tensors, OutputStream out) throws IOException {
    List<PlacedTensor> parts = sideBySide(tensors);
    if (parts == null) {
      out.write(scattered(storage, tensors));
      return;
    }
    long at = storage.data();
    for (PlacedTensor part : parts) {
      FileRange.copy(file, at, part.position(), out);
      mover.write(out, bytes, move(part));
      at = end(part);
    }
    FileRange.copy(file, at, storage.data() + storage.entry().size(), out);
  }

  /** The tensors in file order if they can be streamed, each range once; else null. */
  private List<PlacedTensor> sideBySide(List<PlacedTensor> tensors) {
    List<PlacedTensor> parts = new ArrayList<>(tensors);
    parts.removeIf(part -> part.view().shape().elements() == 0);
    parts.sort(Comparator.comparingLong(PlacedTensor::position));
    List<PlacedTensor> kept = new ArrayList<>();
    PlacedTensor last = null;
    for (PlacedTensor part : parts) {
      if (!part.direct()) {
        return null;
      }
      if (last != null && part.position() < end(last)) {
        if (!sameMove(last, part)) {
          return null;
        }
        continue;
      }
      kept.add(part);
      last = part;
    }
    return kept;
  }

  private static long end(PlacedTensor packed) {
    return packed.position() + packed.view().dtype().bytes(packed.view().shape());
  }

  private boolean sameMove(PlacedTensor one, PlacedTensor other) {
    Move first = move(one);
    Move second = move(other);
    boolean sameSource =
        first.source().equals(second.source())
            || (first.source().equals(one.info()) && second.source().equals(other.info()));
    return one.position() == other.position()
        && one.view().dtype() == other.view().dtype()
        && one.view().shape().equals(other.view().shape())
        && sameSource
        && Arrays.deepEquals(first.gathers(), second.gathers());
  }

  private Move move(PlacedTensor tensor) {
    Move move = moves.getOrDefault(tensor.name(), Move.none(tensor.info()));
    if (move.source().dtype() != tensor.view().dtype()
        || !move.source().shape().equals(tensor.view().shape())) {
      throw new IllegalArgumentException(
          "Tensor '%s' of %s %s cannot take from '%s' of %s %s"
              .formatted(
                  tensor.name(),
                  tensor.view().dtype(),
                  tensor.view().shape(),
                  move.source().name(),
                  move.source().dtype(),
                  move.source().shape()));
    }
    return move;
  }

  private byte[] scattered(ZipLocal storage, List<PlacedTensor> tensors) throws IOException {
    long size = storage.entry().size();
    if (size > SCATTERED_BYTES_LIMIT) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: tensor '%s': storage '%s' with strided or shared tensors has %d bytes, at most %d can be rewritten"
              .formatted(
                  file.location(),
                  tensors.get(0).name(),
                  tensors.get(0).view().storage().key(),
                  size,
                  SCATTERED_BYTES_LIMIT));
    }
    byte[] target = new byte[(int) size];
    file.readFully(storage.data(), target, 0, target.length);
    BitSet written = new BitSet();
    for (int i = 0; i < tensors.size(); i++) {
      long conflict = scatter(storage.data(), tensors.get(i), target, written);
      if (conflict >= 0) {
        throw new CheckpointException(
            Reason.UNSUPPORTED,
            "%s: tensors '%s' and '%s' share storage '%s' and move differently at its byte %d"
                .formatted(
                    file.location(),
                    holder(tensors.subList(0, i + 1), storage.data() + conflict),
                    tensors.get(i).name(),
                    tensors.get(i).view().storage().key(),
                    conflict));
      }
    }
    return target;
  }

  /** Returns the first byte that an earlier tensor left otherwise, or -1. */
  private long scatter(long start, PlacedTensor tensor, byte[] target, BitSet written)
      throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    mover.write(packed, bytes, move(tensor));
    byte[] moved = packed.toByteArray();
    byte[] element = new byte[tensor.view().dtype().blockBytes()];
    ViewCursor cursor = moved.length == 0 ? null : new ViewCursor(tensor, 0);
    for (int from = 0; from < moved.length; from += element.length) {
      System.arraycopy(moved, from, element, 0, element.length);
      if (tensor.bigEndian()) {
        BigEndian.turnInPlace(element, tensor.view().dtype());
      }
      int at = (int) (cursor.position() - start);
      for (int i = 0; i < element.length; i++) {
        if (written.get(at + i) && target[at + i] != element[i]) {
          return (long) at + i;
        }
        written.set(at + i);
        target[at + i] = element[i];
      }
      cursor.advance();
    }
    return -1;
  }

  /** The first of the tensors that has an element at that position of the file. */
  private static String holder(List<PlacedTensor> tensors, long position) {
    for (PlacedTensor tensor : tensors) {
      long elements = tensor.view().shape().elements();
      if (elements == 0) {
        continue;
      }
      ViewCursor cursor = new ViewCursor(tensor, 0);
      for (long i = 0; i < elements; i++, cursor.advance()) {
        long offset = position - cursor.position();
        if (offset >= 0 && offset < tensor.view().dtype().blockBytes()) {
          return tensor.name();
        }
      }
    }
    throw new IllegalStateException("nobody wrote byte " + position);
  }
}
