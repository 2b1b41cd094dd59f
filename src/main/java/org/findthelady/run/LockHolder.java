package org.findthelady.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A process that claims a lock, as it is written into its claim.
 *
 * @param host name, for people
 * @param machine what tells this machine, since it was started, and its set of process numbers from
 *     all others; empty if the system does not say
 * @param process its number
 * @param startedMillis when it was started, since numbers are used again; 0 if not known
 */
record LockHolder(String host, String machine, long process, long startedMillis) {
  /** This process. */
  static LockHolder here() {
    ProcessHandle self = ProcessHandle.current();
    return new LockHolder(hostName(), thisMachine(), self.pid(), started(self));
  }

  /**
   * @return who wrote a claim; a text of another form is a holder that cannot be seen from here
   */
  static LockHolder of(String text) {
    String[] words = text.strip().split(" ", -1);
    boolean whole =
        words.length == 4 && words[2].matches("\\d{1,18}") && words[3].matches("\\d{1,18}");
    return whole
        ? new LockHolder(words[0], words[1], Long.parseLong(words[2]), Long.parseLong(words[3]))
        : new LockHolder("another machine", "", 0, 0);
  }

  String text() {
    return "%s %s %d %d\n".formatted(host, machine, process, startedMillis);
  }

  /** Whether its process could be seen from here. */
  boolean isOfThisMachine() {
    return !machine.isEmpty() && machine.equals(thisMachine());
  }

  /** Whether it ran on this machine and has ended. */
  boolean isGone() {
    return isOfThisMachine()
        && ProcessHandle.of(process).filter(p -> started(p) == startedMillis).isEmpty();
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String hostName() {
    String name = firstLine(Path.of("/proc/sys/kernel/hostname")).replace(' ', '-');
    return name.isEmpty() ? "unknown-host" : name;
  }

  private static String thisMachine() {
    String boot = firstLine(Path.of("/proc/sys/kernel/random/boot_id"));
    try {
      String numbers = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      return boot.isEmpty() ? "" : boot + "/" + numbers;
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  private static String firstLine(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public String toString() {
    return "process %d on %s".formatted(process, host);
  }
}
