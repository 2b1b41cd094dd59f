package org.findthelady.checkpoint.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.FolderCopy;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PackedReader;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.VerbatimCopy;
import org.findthelady.core.TensorInfo;

/**
 * Safetensors: one file, or a Hugging Face folder with one file or shards. Written with the very
 * header bytes that were read; only tensor bytes move. In a folder all other files are copied.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 */
public final class SafetensorsFormat implements CheckpointFormat {
  static final String NAME = "safetensors";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String writtenAs() {
    return NAME;
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) throws IOException {
    if (location.folder()) {
      return SafetensorsFolder.isOne(store, location);
    }
    return location.name().toLowerCase(Locale.ROOT).endsWith(".safetensors")
        || looksLikeHeader(location, head);
  }

  private static boolean looksLikeHeader(FileInfo file, byte[] head) {
    if (head.length < Header.LENGTH_BYTES + 2) {
      return false;
    }
    long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return length >= 2
        && length <= Math.min(Header.MOST_BYTES, file.length() - Header.LENGTH_BYTES)
        && head[Header.LENGTH_BYTES] == '{';
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    if (location.folder()) {
      return SafetensorsFolder.read(store, location);
    }
    Header header = header(store, location);
    List<TensorInfo> tensors = new ArrayList<>();
    addTensors(header, 0, tensors);
    return new Checkpoint(location, NAME, List.of(location), tensors, header.metadata(), List.of());
  }

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    return new PackedReader(store, checkpoint);
  }

  @Override
  public boolean keepsOffsets() {
    return true;
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    boolean folder = checkpoint.location().folder();
    Set<String> written = new HashSet<>();
    for (int i = 0; i < checkpoint.files().size(); i++) {
      FileInfo file = checkpoint.files().get(i);
      written.add(file.name());
      String path = folder ? target + "/" + file.name() : target;
      VerbatimCopy.write(store, file, checkpoint.tensorsOf(i), bytes, moves, path);
    }
    if (folder) {
      // The index names shards, which keep their names.
      FileInfo index = SafetensorsFolder.index(store, checkpoint.location());
      if (index != null) {
        written.add(index.name());
        FolderCopy.copy(store, index, target + "/" + index.name());
      }
      FolderCopy.of(store, checkpoint.location(), written).writeTo(target);
    }
  }

  static Header header(Store store, FileInfo file) throws IOException {
    try (SeekableInput input = store.open(file)) {
      return Header.read(input);
    }
  }

  static void addTensors(Header header, int file, List<TensorInfo> tensors) {
    long data = (long) Header.LENGTH_BYTES + header.bytes();
    for (Entry entry : header.entries()) {
      tensors.add(
          new TensorInfo(
              entry.name(),
              entry.dtype(),
              entry.shape(),
              file,
              data + entry.begin(),
              entry.end() - entry.begin()));
    }
  }
}
