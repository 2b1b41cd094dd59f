package org.findthelady.storage;

import java.io.EOFException;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.util.functional.FutureIO;
import org.findthelady.checkpoint.SeekableInput;

/** A file of a Hadoop file system read by position. */
final class RemoteInput implements SeekableInput {
  private final FileStatus status;
  private final FSDataInputStream stream;

  /** Opens the very file that {@code status} describes (on S3: of that entity tag). */
  RemoteInput(FileSystem system, FileStatus status) throws IOException {
    this.status = status;
    this.stream =
        FutureIO.awaitFuture(
            system
                .openFile(status.getPath())
                .withFileStatus(status)
                .opt(Options.OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY, "random")
                .build());
  }

  @Override
  public String location() {
    return status.getPath().toString();
  }

  @Override
  public long length() {
    return status.getLen();
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int count) throws IOException {
    if (position > length() - count) {
      throw new EOFException(
          "%s ends at byte %d, %d bytes at %d were asked for"
              .formatted(location(), length(), count, position));
    }
    try {
      stream.readFully(position, target, offset, count);
    } catch (EOFException e) {
      throw new IOException(
          "%s: the storage gave fewer than %d bytes at %d".formatted(location(), count, position),
          e);
    }
  }

  @Override
  public int gapBytes() {
    return 1 << 20;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
