package org.findthelady.checkpoint.gguf;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PackedReader;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.VerbatimCopy;

/**
 * GGUF: read and written back with only tensor bytes moved. Rows of quantised tensors move whole; a
 * move that would split a block is refused with UNSUPPORTED.
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
  public boolean recognises(Store store, FileInfo location, byte[] head) {
    return !location.folder()
        && head.length >= 4
        && head[0] == 'G'
        && head[1] == 'G'
        && head[2] == 'U'
        && head[3] == 'F';
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    try (SeekableInput input = store.open(location)) {
      GgufHeader header = GgufHeader.read(input);
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
    return new PackedReader(store, checkpoint);
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    VerbatimCopy.write(
        store, checkpoint.files().get(0), checkpoint.tensors(), bytes, moves, target);
  }
}
