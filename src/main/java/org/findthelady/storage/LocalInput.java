package org.findthelady.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException;

/** A local file read by position. */
final class LocalInput implements SeekableInput {
  /**
   * The JDK copies what it reads through a native buffer of each thread, as large as its largest
   * read; one of this size stays in a core's cache.
   */
  private static final int LARGEST_READ_BYTES = 1 << 18;

  private final FileInfo file;
  private final FileChannel channel;

  LocalInput(Path path, FileInfo file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(path, StandardOpenOption.READ);
  }

  @Override
  public String location() {
    return file.path();
  }

  @Override
  public long length() {
    return file.length();
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int count) throws IOException {
    int done = 0;
    while (done < count) {
      int length = Math.min(count - done, LARGEST_READ_BYTES);
      int read = channel.read(ByteBuffer.wrap(target, offset + done, length), position + done);
      if (read < 0 && position <= length() - count) {
        throw new CheckpointException(
            CheckpointException.Reason.CHANGED_DURING_RUN,
            "%s was %d bytes when planned, now ends at byte %d"
                .formatted(file.path(), length(), position + done));
      }
      if (read < 0) {
        throw new EOFException(
            "%s ends at byte %d, %d bytes at %d were asked for"
                .formatted(file.path(), position + done, count, position));
      }
      done += read;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
