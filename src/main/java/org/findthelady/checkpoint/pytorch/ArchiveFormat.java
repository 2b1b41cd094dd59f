package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.io.OutputStream;
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

/** PyTorch's zip archives, read and written back in place of each other. */
public final class ArchiveFormat implements CheckpointFormat {
  private static final Set<String> EXTENSIONS =
      Set.of("pt", "pth", "th", "bin", "ckpt", "pkl", "tar", "zip");

  @Override
  public String name() {
    return "pytorch-zip";
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) throws IOException {
    if (location.folder()) {
      return TorchFolder.isOne(store, location);
    }
    String start = new String(head, StandardCharsets.ISO_8859_1);
    if (!start.startsWith("PK\3\4")) {
      return false;
    }
    String name = location.name().toLowerCase(Locale.ROOT);
    return start.contains("/data.pkl")
        || start.contains("/version")
        || EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    if (location.folder()) {
      return TorchFolder.read(store, location, this);
    }
    try (SeekableInput file = store.open(location)) {
      return tensors(file).checkpoint(location, name());
    }
  }

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    if (checkpoint.location().folder()) {
      return TorchFolder.reader(store, checkpoint, this);
    }
    return TorchReader.of(store, checkpoint, ArchiveFormat::tensors);
  }

  private static TensorTable tensors(SeekableInput file) throws IOException {
    return TorchArchive.open(file).tensors();
  }

  @Override
  public String writtenAs() {
    return name();
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    if (checkpoint.location().folder()) {
      TorchFolder.write(store, checkpoint, bytes, moves, target);
      return;
    }
    try (SeekableInput file = store.open(checkpoint.location())) {
      ArchiveRewriter rewriter = ArchiveRewriter.of(file, bytes, moves);
      try (OutputStream out = store.create(target)) {
        rewriter.write(out);
      }
    }
  }
}
