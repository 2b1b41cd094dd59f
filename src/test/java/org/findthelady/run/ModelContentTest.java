package org.findthelady.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.checkpoint.gguf.GgufBytes;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelContentTest {
  private static final long HOLE = 5L << 30;

  @TempDir private Path folder;

  /** A file with a hole takes no room on a disk, and hours to be summed up. */
  private boolean isSummedUp(String name, byte[] start, long length) throws IOException {
    Path path = folder.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(start);
      file.setLength(length);
    }
    boolean found = ModelContent.files(new HadoopStore(), path.toString(), null).isPresent();
    Files.delete(path);
    return found;
  }

  private static byte[] gguf(long elements) {
    return GgufBytes.file(3, 1, 0).tensor("t", 0, 0, elements).align(32).done();
  }

  @Test
  void aLargeFileThatIsNoModelIsNotSummedUp() throws IOException {
    assertThat(isSummedUp("small.safetensors", new byte[8], 100)).isTrue();
    assertThat(isSummedUp("lie.safetensors", new byte[8], HOLE)).isFalse();
  }

  @Test
  void aLargeFileOfWhichMostIsNoTensorIsNotSummedUp() throws IOException {
    assertThat(isSummedUp("tail.gguf", gguf(8), HOLE)).isFalse();
    long elements = (HOLE - 4096) / 4;
    assertThat(isSummedUp("whole.gguf", gguf(elements), HOLE)).isTrue();
  }
}
