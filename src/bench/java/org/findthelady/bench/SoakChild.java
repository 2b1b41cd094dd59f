package org.findthelady.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An audit in a process of its own. */
public final class SoakChild {
  /** Words ahead of a command that give it a host name and process numbers of its own. */
  public static final List<String> ELSEWHERE =
      List.of(
          "unshare",
          "--pid",
          "--uts",
          "--fork",
          "--mount-proc",
          "--kill-child",
          "sh",
          "-c",
          "hostname elsewhere; exec \"$0\" \"$@\"");

  private static final int MOST_MINUTES = 20;

  private final Process process;
  private final Path errors;

  private SoakChild(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /**
   * Starts {@code ftl audit}.
   *
   * @param folder for what it writes to stderr
   * @param before words ahead of the command, such as {@code unshare}
   * @param settings of the JVM
   */
  public static SoakChild audit(
      Path folder,
      List<String> before,
      List<String> settings,
      String job,
      String out,
      Map<String, String> storage)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("deploy/local/jvm.options").toAbsolutePath());
    command.addAll(
        List.of(
            "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dspark.master=local[2]"));
    command.addAll(
        List.of("-Dspark.ui.enabled=false", "-Dlog4j2.configurationFile=conf/log4j2.properties"));
    command.addAll(settings);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("org.findthelady.cli.Main", "audit", "--job", job, "--out", out));
    storage.forEach((key, value) -> command.addAll(List.of("--storage", key + "=" + value)));
    Path errors = Files.createTempFile(folder, "stderr", "");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    return new SoakChild(builder.start(), errors);
  }

  /** Waits at most so long; whether it has ended. */
  boolean ended(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Kills it and all that it started, as kill -9 does. */
  void kill() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
  }

  /** Asks it to end, as SIGTERM does. */
  void terminate() {
    process.destroy();
  }

  /** Waits for its exit code. */
  public int exit() throws InterruptedException {
    if (!ended(TimeUnit.MINUTES.toMillis(MOST_MINUTES))) {
      kill();
      throw new IllegalStateException("an audit did not end in " + MOST_MINUTES + " minutes");
    }
    return process.exitValue();
  }

  /** What it wrote to stderr. */
  public String errors() throws IOException {
    return Files.readString(errors);
  }
}
