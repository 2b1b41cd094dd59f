package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.safetensors.SafetensorsWriter;

/**
 * PyTorch files from before 1.6, which are read only. Any other pickle is recognised too, so that
 * it is judged by what it holds and refused for it.
 */
public final class LegacyFormat implements CheckpointFormat {
  private static final Set<String> EXTENSIONS =
      Set.of("pt", "pth", "th", "pkl", "pickle", "ckpt", "tar");
  private static final int PROTO = 0x80;
  private static final int LATEST_PROTOCOL = 5;

  @Override
  public String name() {
    return "pytorch-legacy";
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) {
    if (location.folder() || startsWith(head, "PK\3\4")) {
      return false;
    }
    boolean protocol =
        head.length > 1 && (head[0] & 0xff) == PROTO && head[1] >= 2 && head[1] <= LATEST_PROTOCOL;
    String name = location.name().toLowerCase(Locale.ROOT);
    boolean named = EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1));
    return protocol || (named && !startsWith(head, "\u0089HDF"));
  }

  private static boolean startsWith(byte[] head, String magic) {
    byte[] wanted = magic.getBytes(StandardCharsets.ISO_8859_1);
    if (head.length < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (head[i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    try (SeekableInput file = store.open(location)) {
      return LegacyFile.read(file).checkpoint(location, name());
    }
  }

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    return TorchReader.of(store, checkpoint, LegacyFile::read);
  }

  @Override
  public String writtenAs() {
    return "safetensors";
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    SafetensorsWriter.write(store, checkpoint, bytes, moves, Map.of("format", "pt"), target);
  }
}
