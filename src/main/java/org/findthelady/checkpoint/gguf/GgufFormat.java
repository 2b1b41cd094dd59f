package org.findthelady.checkpoint.gguf;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/**
 * GGUF: one file, or the numbered parts of a split one, which are read as one model whichever part
 * or folder is named. Written back with only tensor bytes moved. Rows of quantised tensors move
 * whole; a move that would split a block is refused with UNSUPPORTED.
 */
public final class GgufFormat implements CheckpointFormat {
  static final String NAME = "gguf";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String writtenAs() {
    return NAME;
  }

  @Override
  public boolean keepsOffsets() {
    return true;
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) throws IOException {
    if (location.folder()) {
      return GgufParts.inFolder(store, location).isPresent();
    }
    return head.length >= 4 && head[0] == 'G' && head[1] == 'G' && head[2] == 'U' && head[3] == 'F';
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    Optional<GgufParts> parts =
        location.folder() ? GgufParts.inFolder(store, location) : GgufParts.around(store, location);
    if (parts.isPresent()) {
      return parts.get().read();
    }
    try (SeekableInput input = store.open(location)) {
      GgufHeader header = GgufHeader.read(input);
      GgufParts.requireWhole(location, header);
      long behind = input.length() - header.dataEnd();
      List<String> notes =
          behind < 1 << 16
              ? List.of()
              : List.of(behind + " bytes behind the last tensor are kept as they are");
      return new Checkpoint(
          location, NAME, List.of(location), header.tensors(), header.values(), notes);
    }
  }

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    return ordered(checkpoint, new PackedReader(store, checkpoint));
  }

  /** A reader of the other byte order, if the checkpoint has it; used both ways. */
  private static TensorReader ordered(Checkpoint checkpoint, TensorReader bytes) {
    return checkpoint.metadata().containsKey(GgufHeader.BIG_ENDIAN)
        ? new SwappedReader(bytes)
        : bytes;
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    TensorReader stored = ordered(checkpoint, bytes);
    boolean folder = checkpoint.location().folder();
    Set<String> written = new HashSet<>();
    for (int i = 0; i < checkpoint.files().size(); i++) {
      FileInfo file = checkpoint.files().get(i);
      written.add(file.name());
      String path = folder ? target + "/" + file.name() : target;
      VerbatimCopy.write(store, file, checkpoint.tensorsOf(i), stored, moves, path);
    }
    if (folder) {
      FolderCopy.of(store, checkpoint.location(), written).writeTo(target);
    }
  }
}
