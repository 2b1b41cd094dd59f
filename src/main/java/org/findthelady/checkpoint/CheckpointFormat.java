package org.findthelady.checkpoint;

import java.io.IOException;
import java.util.Map;

/** One way to store a checkpoint. Stateless. */
public interface CheckpointFormat {
  /** Short name for reports, e.g. {@code safetensors}. */
  String name();

  /**
   * Whether {@link #read} should be tried. A guess from names and magic bytes; no parsing.
   *
   * @param location a file or a folder
   * @param head the first bytes of the file (up to 64); empty for a folder
   */
  boolean recognises(Store store, FileInfo location, byte[] head) throws IOException;

  /**
   * Reads and validates the headers.
   *
   * @throws org.findthelady.core.CheckpointException if the checkpoint cannot or must not be read
   */
  Checkpoint read(Store store, FileInfo location) throws IOException;

  /** Reads tensors of a checkpoint of this format. */
  TensorReader reader(Store store, Checkpoint checkpoint);

  /** The name of the format that {@link #write} makes: this one, or another for read-only ones. */
  String writtenAs();

  /** Whether {@link #write} puts the packed bytes of every tensor where that lay in its file. */
  default boolean keepsOffsets() {
    return false;
  }

  /**
   * Writes a checkpoint like {@code checkpoint} whose tensors are moved; everything else (names,
   * order, metadata, headers, shards) stays as it was where the format is kept.
   *
   * @param moves by output tensor name; a tensor that is not named is copied as it is
   * @param target file or folder to make, of the same kind as the checkpoint's location (a file if
   *     the format is not kept); nothing is there yet
   */
  void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException;
}
