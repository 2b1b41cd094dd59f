package org.findthelady.checkpoint.numpy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Encoding;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.safetensors.SafetensorsWriter;

/**
 * NumPy's npy (one array, named {@code arr_0} as NumPy does) and npz (a zip of such files): read,
 * and written as safetensors under the same names. Arrays of objects are refused.
 */
public final class NumpyFormat implements CheckpointFormat {
  static final String NAME = "numpy";

  private static final int LOCAL_NAME = 30;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String writtenAs() {
    return "safetensors";
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) {
    return !location.folder() && (isArray(head) || isArchive(location, head));
  }

  private static boolean isArray(byte[] head) {
    return new String(head, StandardCharsets.ISO_8859_1).startsWith("\u0093NUMPY");
  }

  /** A zip whose first file is an npy, or is at least called npz. */
  private static boolean isArchive(FileInfo location, byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (!text.startsWith("PK\003\004") && !text.startsWith("PK\005\006")) {
      return false;
    }
    boolean named = location.name().toLowerCase(Locale.ROOT).endsWith(".npz");
    if (head.length < LOCAL_NAME) {
      return named;
    }
    int end = LOCAL_NAME + (head[26] & 0xff) + ((head[27] & 0xff) << 8);
    return named || (end <= head.length && text.startsWith(".npy", end - 4));
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    ArrayTable table = new ArrayTable(location);
    try (SeekableInput input = store.open(location)) {
      byte[] head = new byte[(int) Math.min(6, location.length())];
      input.readFully(0, head, 0, head.length);
      if (isArray(head)) {
        table.addFile(input);
      } else {
        table.addArchive(input);
      }
    }
    return new Checkpoint(
        location,
        NAME,
        List.of(location),
        table.tensors(),
        Map.of(),
        table.notes(),
        Encoding.of(table.places()));
  }

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    return ArrayDecoder.reader(store, checkpoint);
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    SafetensorsWriter.write(store, checkpoint, bytes, moves, Map.of(), target);
  }
}
