package org.findthelady.checkpoint.llama2c;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.PackedFormat;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * The binary layout of karpathy/llama2.c (version 0, without magic): read and written back in
 * place. Since nothing marks the format, a file is taken for one only if its header gives exactly
 * its length.
 */
public final class Llama2cFormat implements PackedFormat {
  static final String NAME = "llama2.c";

  /** Nine arrays of at least one number. */
  private static final int SMALLEST_LAYER_BYTES = 36;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) {
    return !location.folder()
        && Llama2cHeader.parse(head)
            .filter(header -> bytes(header, location.length()) == location.length())
            .isPresent();
  }

  /** Bytes of the whole file, or -1 if they are certainly more than the {@code available} ones. */
  private static long bytes(Llama2cHeader header, long available) {
    if (header.layers() > available / SMALLEST_LAYER_BYTES) {
      return -1;
    }
    try {
      List<TensorInfo> tensors = header.tensors();
      TensorInfo last = tensors.get(tensors.size() - 1);
      return last.offset() + last.length();
    } catch (ArithmeticException e) {
      return -1;
    }
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    byte[] head = new byte[(int) Math.min(Llama2cHeader.BYTES, location.length())];
    try (SeekableInput input = store.open(location)) {
      input.readFully(0, head, 0, head.length);
    }
    Llama2cHeader header =
        Llama2cHeader.parse(head)
            .orElseThrow(
                () ->
                    new CheckpointException(
                        Reason.MALFORMED, location.path() + ": no header of llama2.c"));
    long needed = bytes(header, location.length());
    if (needed != location.length()) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "%s: %s needs %d bytes, the file has %d"
              .formatted(location.path(), header, needed, location.length()));
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("heads", Integer.toString(header.heads()));
    metadata.put("kv_heads", Integer.toString(header.kvHeads()));
    return new Checkpoint(location, NAME, List.of(location), header.tensors(), metadata, List.of());
  }
}
