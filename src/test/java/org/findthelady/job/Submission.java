package org.findthelady.job;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The jar in a process of its own, submitted as the launcher script of a Spark distribution does.
 *
 * @param exit its exit code
 * @param output what it wrote to stdout
 * @param errors what it wrote to stderr
 */
record Submission(int exit, String output, String errors) {
  /**
   * Runs an {@code ftl} command and waits.
   *
   * @param folder for Spark's home, and where the command runs
   * @param settings for the JVM, such as {@code -Dkey=value}
   */
  static Submission of(Path folder, String master, List<String> settings, List<String> ftl)
      throws IOException, InterruptedException {
    Path target = Path.of("target").toAbsolutePath();
    Path tests = target.resolve("test-classes");
    Path home = Files.createDirectories(folder.resolve("spark-home"));
    if (!Files.exists(home.resolve("jars"))) {
      Files.createSymbolicLink(home.resolve("jars"), target.resolve("jars"));
      Files.createDirectories(home.resolve("conf"));
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("deploy/local/jvm.options").toAbsolutePath());
    command.add("-Dlog4j2.configurationFile=" + Path.of("conf/log4j2.properties").toAbsolutePath());
    command.addAll(settings);
    command.add("-cp");
    command.add(String.join(File.pathSeparator, home + "/conf", home + "/jars/*", "" + tests));
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", master));
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    command.addAll(List.of("--conf", "spark.executor.extraClassPath=" + tests));
    command.addAll(List.of("--class", "org.findthelady.cli.Main", target + "/ftl.jar"));
    command.addAll(ftl);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Path errors = Files.createTempFile(folder, "stderr", "");
    Process process = builder.redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    return new Submission(exit, output, Files.readString(errors));
  }
}
