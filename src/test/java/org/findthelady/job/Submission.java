package org.findthelady.job;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
    Path home = home(folder);
    List<String> command = new ArrayList<>();
    command.add(java());
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
    return run(folder, command, Map.of());
  }

  /**
   * Runs what the script {@code spark-submit} would run: Spark's own launcher reads the options,
   * those of a properties file too, and says how to start the JVM.
   *
   * @param folder for Spark's home, and where the command runs
   * @param arguments of spark-submit
   * @param environment beside what Spark needs
   */
  static Submission ofScript(Path folder, List<String> arguments, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> launcher = new ArrayList<>(List.of(java(), "-cp", home(folder) + "/jars/*"));
    launcher.addAll(
        List.of("org.apache.spark.launcher.Main", "org.apache.spark.deploy.SparkSubmit"));
    launcher.addAll(List.of("--conf", "spark.ui.enabled=false"));
    launcher.addAll(arguments);
    Submission start = run(folder, launcher, environment);
    // Its words end with a zero byte each; the first is empty.
    List<String> command =
        start.output.replace('\0', '\n').lines().filter(word -> !word.isBlank()).toList();
    return run(folder, command, environment);
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static Path home(Path folder) throws IOException {
    Path home = Files.createDirectories(folder.resolve("spark-home"));
    if (!Files.exists(home.resolve("jars"))) {
      Files.createSymbolicLink(home.resolve("jars"), Path.of("target/jars").toAbsolutePath());
      Files.createDirectories(home.resolve("conf"));
    }
    return home;
  }

  private static Submission run(Path folder, List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SPARK_HOME", home(folder).toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().putAll(environment);
    Path errors = Files.createTempFile(folder, "stderr", "");
    Process process = builder.redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    return new Submission(exit, output, Files.readString(errors));
  }
}
