package org.findthelady.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;

/**
 * What must hold for any bytes whatever: a checkpoint that can be read and rewritten, or a reason.
 */
public final class ParserFuzz {
  private static final int MOST_BYTES = 1 << 20;

  private ParserFuzz() {}

  /**
   * Reads the bytes as a checkpoint, reads and decodes its tensors and writes it again.
   *
   * @throws AssertionError if anything but a {@link CheckpointException} or an {@link IOException}
   *     comes out, or more is promised than there is
   */
  public static void check(CheckpointFormat format, String path, byte[] bytes) {
    MemoryStore store = new MemoryStore();
    FileInfo file = store.put(path, bytes);
    try {
      Checkpoint checkpoint = format.read(store, file);
      Map<String, TensorInfo> names = new HashMap<>();
      try (TensorReader reader = format.reader(store, checkpoint)) {
        for (TensorInfo tensor : checkpoint.tensors()) {
          if (names.put(tensor.name(), tensor) != null) {
            throw new AssertionError("two tensors named " + tensor.name());
          }
          read(reader, tensor);
        }
        if (checkpoint.tensorBytes() <= MOST_BYTES) {
          format.write(store, checkpoint, reader, Map.of(), "/out/copy");
        }
      }
    } catch (CheckpointException | IOException e) {
      // A reason is an answer.
    }
  }

  private static void read(TensorReader reader, TensorInfo tensor) throws IOException {
    long block = tensor.dtype().blockBytes();
    int count = (int) (Math.min(tensor.length(), MOST_BYTES) / block * block);
    ByteBuffer packed = ByteBuffer.allocate(count);
    reader.read(tensor, tensor.length() - count, packed);
    if (packed.hasRemaining()) {
      throw new AssertionError(tensor + ": " + packed.remaining() + " bytes not filled");
    }
    if (tensor.dtype().decodable()) {
      int elements = (int) (count / block) * tensor.dtype().blockElements();
      Floats.decode(tensor.dtype(), packed.flip(), new float[elements], 0, elements);
    }
  }
}
