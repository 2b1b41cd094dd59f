package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.findthelady.checkpoint.SeekableInput;

/** Gathers the elements of one view in row-major order through a cache of the file's pages. */
final class StridedReader {
  private final PageCache pages;

  StridedReader(SeekableInput file) {
    this.pages = new PageCache(file);
  }

  /** Fills the rest of {@code target} with packed bytes of {@code tensor} from {@code first} on. */
  void read(PlacedTensor tensor, long first, ByteBuffer target) throws IOException {
    if (!target.hasRemaining()) {
      return;
    }
    byte[] element = new byte[tensor.view().dtype().blockBytes()];
    ViewCursor cursor = new ViewCursor(tensor, first / element.length);
    int skip = (int) (first % element.length);
    while (target.hasRemaining()) {
      pages.read(cursor.position(), element);
      if (tensor.bigEndian()) {
        BigEndian.turnInPlace(element, tensor.view().dtype());
      }
      target.put(element, skip, Math.min(element.length - skip, target.remaining()));
      skip = 0;
      cursor.advance();
    }
  }
}
