package org.findthelady.storage;

import java.io.IOException;
import java.io.OutputStream;
import org.findthelady.core.OutputException;

/** A file that is written; what goes wrong names it as an output. */
final class OutputGuard extends OutputStream {
  private final String path;
  private final OutputStream out;

  private OutputGuard(String path, OutputStream out) {
    this.path = path;
    this.out = out;
  }

  /** Something that makes or changes an output. */
  interface Step<R> {
    R run() throws IOException;
  }

  /** Opens a new file. */
  static OutputStream open(String path, Step<OutputStream> create) throws OutputException {
    return new OutputGuard(path, guarded(path, create));
  }

  /** Does something with an output. */
  static <R> R guarded(String path, Step<R> step) throws OutputException {
    try {
      return step.run();
    } catch (OutputException e) {
      throw e;
    } catch (IOException e) {
      throw new OutputException(path, e);
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int count) throws IOException {
    try {
      out.write(source, offset, count);
    } catch (IOException e) {
      throw new OutputException(path, e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw new OutputException(path, e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } catch (IOException e) {
      throw new OutputException(path, e);
    }
  }
}
