package org.findthelady.checkpoint.gguf;

import java.io.IOException;
import java.util.List;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.PackedFormat;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;

/**
 * GGUF: read and written back with only tensor bytes moved. Rows of quantised tensors move whole; a
 * move that would split a block is refused with UNSUPPORTED.
 */
public final class GgufFormat implements PackedFormat {
  static final String NAME = "gguf";

  @Override
  public String name() {
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
}
