package org.findthelady.run;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * The error stream of a process that has a terminal, with one line at its end that is written over
 * itself. What others write to the stream comes to stand above that line, which is gone until it is
 * shown again. A line that is too long for the terminal is cut there, not wrapped: of a wrapped one
 * only the last part could be written over.
 */
final class TerminalStream extends PrintStream {
  private static final String CLEAR = "\r\u001b[K";
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";

  /** Writes to the terminal, above the line. */
  private static final class Above extends OutputStream {
    private final PrintStream terminal;
    private boolean shown;

    Above(PrintStream terminal) {
      this.terminal = terminal;
    }

    synchronized void show(String line) {
      terminal.print(CLEAR + NO_WRAP + line + WRAP);
      terminal.flush();
      shown = true;
    }

    synchronized void clear() {
      if (shown) {
        terminal.print(CLEAR);
        terminal.flush();
        shown = false;
      }
    }

    @Override
    public synchronized void write(int b) {
      clear();
      terminal.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      clear();
      terminal.write(bytes, from, length);
    }

    @Override
    public void flush() {
      terminal.flush();
    }
  }

  private final Above above;
  private boolean ofErrors;

  private TerminalStream(Above above) {
    super(above, true, Charset.defaultCharset());
    this.above = above;
  }

  TerminalStream(PrintStream terminal) {
    this(new Above(terminal));
  }

  /** The error stream of this process from now on. */
  static TerminalStream ofErrors() {
    if (System.err instanceof TerminalStream known) {
      return known;
    }
    TerminalStream stream = new TerminalStream(System.err);
    stream.ofErrors = true;
    System.setErr(stream);
    return stream;
  }

  /**
   * Shows a line in place of the one that is there; nothing once the error stream of the process is
   * another one, as when it was silenced.
   */
  void show(String line) {
    if (!ofErrors || System.err == this) {
      above.show(line);
    }
  }

  /** Takes the line away, if there is one. */
  void clear() {
    above.clear();
  }
}
