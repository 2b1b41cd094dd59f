package org.findthelady.checkpoint.pytorch;

import java.util.Arrays;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * A named view whose storage was found in a file and is large enough for it.
 *
 * @param name as the checkpoint lists it
 * @param position absolute byte position of the view's first element
 * @param bigEndian whether multi-byte elements are stored most significant byte first
 */
record PlacedTensor(String name, TensorView view, long position, boolean bigEndian) {
  /**
   * Places a view.
   *
   * @param location the file, for messages
   * @param storagePosition absolute byte position of the whole storage
   * @param storageBytes bytes that the storage really has
   * @param fileBytes bytes of the whole file, which no packed tensor may exceed
   * @throws CheckpointException if the view reaches outside its storage
   */
  static PlacedTensor of(
      String location,
      String name,
      TensorView view,
      long storagePosition,
      long storageBytes,
      long fileBytes,
      boolean bigEndian) {
    StorageRef storage = view.storage();
    long width = view.dtype().blockBytes();
    long unit = storage.dtype().blockBytes();
    try {
      long start =
          Math.addExact(
              Math.multiplyExact(storage.first(), unit), Math.multiplyExact(view.offset(), width));
      long end = Math.addExact(start, Math.multiplyExact(view.span(), width));
      long limit =
          Math.min(storageBytes, Math.multiplyExact(storage.first() + storage.count(), unit));
      if (end > limit) {
        throw new CheckpointException(
            Reason.MALFORMED,
            "%s: tensor '%s': shape %s, strides %s, offset %d need storage '%s' up to byte %d, it ends at %d"
                .formatted(
                    location,
                    name,
                    view.shape(),
                    Arrays.toString(view.strides()),
                    view.offset(),
                    storage.key(),
                    end,
                    limit));
      }
      long packed = view.dtype().bytes(view.shape());
      if (packed > fileBytes) {
        throw new CheckpointException(
            Reason.LIMIT,
            "%s: tensor '%s': shape %s has %d bytes, more than the file's %d"
                .formatted(location, name, view.shape(), packed, fileBytes));
      }
      return new PlacedTensor(name, view, storagePosition + start, bigEndian);
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "%s: tensor '%s': shape %s, strides %s: %s"
              .formatted(
                  location, name, view.shape(), Arrays.toString(view.strides()), e.getMessage()),
          e);
    }
  }

  /** Whether the packed bytes lie in the file as they are. */
  boolean direct() {
    return view.packed() && (!bigEndian || view.dtype().blockBytes() == 1);
  }

  TensorInfo info() {
    return new TensorInfo(
        name, view.dtype(), view.shape(), 0, position, view.dtype().bytes(view.shape()));
  }
}
