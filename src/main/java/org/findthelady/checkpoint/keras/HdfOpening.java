package org.findthelady.checkpoint.keras;

import io.jhdf.HdfFile;
import io.jhdf.exceptions.UnsupportedHdfException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * Hands a whole file to the HDF5 library in memory: there its reads are slices, which cannot be
 * larger than the file, whatever the file says.
 */
final class HdfOpening {
  /** Files up to here are held in memory while their structure is read. */
  static final long LARGEST_FILE_BYTES = 1L << 30;

  private HdfOpening() {}

  /** Something done with an open file, which starts at {@code start} of what holds it. */
  interface Use<T> {
    T with(HdfFile file, long start) throws IOException;
  }

  /**
   * Opens, uses and closes a file, or the weights in a {@code .keras} archive.
   *
   * @throws CheckpointException with MALFORMED for whatever the library stumbles over
   */
  static <T> T use(Store store, FileInfo location, Use<T> use) throws IOException {
    long start;
    byte[] bytes;
    try (SeekableInput input = store.open(location)) {
      KerasArchive.Range range = KerasArchive.weights(input);
      if (range.length() > LARGEST_FILE_BYTES) {
        throw new CheckpointException(
            Reason.LIMIT,
            "%s: %d bytes, HDF5 files are read up to %d"
                .formatted(location.path(), range.length(), LARGEST_FILE_BYTES));
      }
      start = range.start();
      bytes = new byte[(int) range.length()];
      input.readFully(start, bytes, 0, bytes.length);
    }
    try (HdfFile file = HdfFile.fromBytes(bytes)) {
      return use.with(file, start);
    } catch (CheckpointException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      Throwable first = e;
      while (first.getCause() != null && !(first instanceof UnsupportedHdfException)) {
        first = first.getCause();
      }
      throw new CheckpointException(
          first instanceof UnsupportedHdfException ? Reason.UNSUPPORTED : Reason.MALFORMED,
          location.path() + ": HDF5 that is not sound or not supported: " + words(first),
          e);
    }
  }

  /** What a library says; its class where it says nothing. */
  private static String words(Throwable failure) {
    if (failure instanceof BufferUnderflowException) {
      return "it ends too early";
    }
    String said = failure.getMessage();
    return said == null || said.isBlank() ? failure.getClass().getSimpleName() : said;
  }
}
