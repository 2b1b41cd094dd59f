package org.findthelady.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.s3a.Constants;
import org.apache.hadoop.security.alias.CredentialProviderFactory;
import org.apache.spark.internal.config.ConfigEntry$;
import org.apache.spark.launcher.SparkLauncher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * What {@code deploy} gives to the platforms is what spark-submit and {@code ftl} accept. Scripts
 * are run, with programs in place of spark-submit and gcloud that print their arguments.
 */
class DeployTest {
  /** Of all strings of an EMR step. */
  private static final int EMR_STEP_CHARACTERS = 10_240;

  private static final Path DEPLOY = Path.of("deploy").toAbsolutePath();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path folder;

  @Test
  void scriptsThatSubmitPassOptionsThatSparkAndFtlKnow() throws Exception {
    String job = "s3a://b/jobs/registry.json";
    for (List<String> command :
        List.of(
            List.of("yarn/submit", job, "s3a://b/out", "--fail-on", "DERIVED"),
            List.of("standalone/submit", "spark://h:7077", job, "s3a://b/out", "--strict"),
            List.of("kubernetes/submit", "k8s://https://h", "r/ftl:1", job, "s3a://b/out"))) {
      List<String> passed = run(command);
      assertThat(passed.get(0)).isEqualTo("spark-submit");
      assertThat(passed).containsSequence("--conf", "spark.speculation=false");
      assertThat(passed).anyMatch(option -> option.contains("-Dlog4j2.configurationFile="));
      requireSubmission(passed.subList(1, passed.size()));
    }
  }

  @Test
  void scriptsForDataprocPassOptionsThatFtlKnows() throws Exception {
    for (List<String> command :
        List.of(
            List.of("dataproc/submit", "c", "r", "gs://b/ftl.jar", "gs://b/j.json", "gs://b/out"),
            List.of("dataproc/batch", "r", "gs://b/ftl.jar", "gs://b/j.json", "gs://b/out"))) {
      List<String> passed = run(command);
      assertThat(passed).startsWith("gcloud", "dataproc");
      requireMain(passed.get(passed.indexOf("--class") + 1));
      requireAudit(passed.subList(passed.indexOf("--") + 1, passed.size()));
    }
    assertThat(run(List.of("dataproc/cluster", "c", "r"))).contains("3.0-debian12");
  }

  @Test
  void emrStepsAreShortAndPassOptionsThatSparkAndFtlKnow() throws Exception {
    JsonNode steps = json("emr/steps.json");
    assertThat(steps).hasSize(1);
    for (JsonNode step : steps) {
      List<String> arguments = texts(step.at("/HadoopJarStep/Args"));
      assertThat(arguments.get(0)).isEqualTo("spark-submit");
      assertThat(String.join("", arguments)).hasSizeLessThan(EMR_STEP_CHARACTERS);
      requireSubmission(arguments.subList(1, arguments.size()));
    }
    for (String label : List.of("emr-7.13.0", "emr-spark-8.0.0")) {
      JsonNode cluster = json("emr/cluster-" + label + ".json");
      assertThat(cluster.path("ReleaseLabel").asText()).isEqualTo(label);
      assertThat(cluster.at("/Applications/0/Name").asText()).isEqualTo("Spark");
      JsonNode application = json("emr-serverless/application-" + label + ".json");
      assertThat(application.path("releaseLabel").asText()).isEqualTo(label);
    }
    JsonNode submit = json("emr-serverless/job-run.json").at("/jobDriver/sparkSubmit");
    List<String> all =
        new ArrayList<>(List.of(submit.path("sparkSubmitParameters").asText().split(" ")));
    all.add(submit.path("entryPoint").asText());
    all.addAll(texts(submit.path("entryPointArguments")));
    requireSubmission(all);
  }

  @Test
  void sparkApplicationsRunTheImageOfTheDockerfile() throws Exception {
    String docker = text("kubernetes/Dockerfile");
    Matcher from = Pattern.compile("FROM apache/spark:([0-9.]+)-\\S*java17").matcher(docker);
    assertThat(from.find()).isTrue();
    for (String name : List.of("spark-application", "scheduled-spark-application")) {
      String yaml = text("kubernetes/" + name + ".yaml");
      assertThat(value(yaml, "sparkVersion")).isEqualTo(from.group(1));
      requireMain(value(yaml, "mainClass"));
      String jar = value(yaml, "mainApplicationFile").replace("local://", "");
      assertThat(docker).contains(" " + jar);
      assertThat(text("kubernetes/submit")).contains("local://" + jar);
      requireAudit(texts(JSON.readTree(value(yaml, "arguments"))));
    }
  }

  @Test
  void whatClustersLogIsWhatTheLauncherLogs() throws Exception {
    String docker = text("kubernetes/Dockerfile");
    Matcher file = Pattern.compile("COPY \\S+ (conf/\\S+) (\\S+)").matcher(docker);
    assertThat(file.find()).isTrue();
    assertThat(Path.of(file.group(1))).exists();
    for (String name :
        List.of("submit", "spark-application.yaml", "scheduled-spark-application.yaml")) {
      assertThat(text("kubernetes/" + name))
          .contains("-Dlog4j2.configurationFile=" + file.group(2) + "\n");
    }
    Properties ours = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of("conf/log4j2.properties"))) {
      ours.load(in);
    }
    JsonNode serverless =
        json("emr-serverless/job-run.json")
            .at("/configurationOverrides/applicationConfiguration/0/properties");
    assertThat(serverless).hasSize(3);
    serverless
        .properties()
        .forEach(
            property ->
                assertThat(property.getValue().asText())
                    .isEqualTo(ours.getProperty(property.getKey())));
  }

  /** Those in comments too, which a user turns on. */
  @Test
  void confNamesSettingsThatSparkAndHadoopKnow() throws Exception {
    Set<String> hadoop = new TreeSet<>();
    new Configuration().forEach(property -> hadoop.add(property.getKey()));
    for (Field field : Constants.class.getFields()) {
      if (field.getType() == String.class) {
        hadoop.add((String) field.get(null));
      }
    }
    hadoop.add(CredentialProviderFactory.CREDENTIAL_PROVIDER_PATH);
    assertThat(org.apache.spark.internal.config.package$.MODULE$).isNotNull(); // registers its keys
    Matcher line =
        Pattern.compile("(?m)^#?(spark\\.\\S+) +(\\S+)$")
            .matcher(Files.readString(Path.of("conf/spark-defaults.conf")));
    List<String> unknown = new ArrayList<>();
    int settings = 0;
    for (; line.find(); settings++) {
      String key = line.group(1);
      boolean known =
          key.startsWith("spark.hadoop.")
              ? hadoop.contains(key.substring("spark.hadoop.".length()))
              : key.startsWith("spark.yarn.") // a module that is not here
                  || key.startsWith("spark.executorEnv.")
                  || ConfigEntry$.MODULE$.findEntry(key) != null;
      if (!known) {
        unknown.add(key);
      }
      assertThat(key).doesNotContain("secret", "access.key", "token");
    }
    assertThat(settings).isGreaterThan(12);
    assertThat(unknown).isEmpty();
  }

  @Test
  void airflowPassesOptionsThatFtlKnows() throws Exception {
    String dag = text("airflow/ftl_audit.py");
    Matcher list = Pattern.compile("application_args=(\\[[^]]*])").matcher(dag);
    assertThat(list.find()).isTrue();
    requireAudit(texts(JSON.readTree(list.group(1).replaceAll(",\\s*]", "]"))));
    Matcher main = Pattern.compile("java_class=\"([^\"]*)\"").matcher(dag);
    assertThat(main.find()).isTrue();
    requireMain(main.group(1));
  }

  @Test
  void everyFileIsOneThatATestAboveReads() throws Exception {
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> "" + DEPLOY.relativize(file)))
          .filteredOn(file -> !file.startsWith("local/")) // LauncherIT runs it
          .containsExactlyInAnyOrder(
              "airflow/ftl_audit.py",
              "dataproc/batch",
              "dataproc/cluster",
              "dataproc/submit",
              "emr/cluster-emr-7.13.0.json",
              "emr/cluster-emr-spark-8.0.0.json",
              "emr/steps.json",
              "emr-serverless/application-emr-7.13.0.json",
              "emr-serverless/application-emr-spark-8.0.0.json",
              "emr-serverless/job-run.json",
              "kubernetes/Dockerfile",
              "kubernetes/scheduled-spark-application.yaml",
              "kubernetes/spark-application.yaml",
              "kubernetes/submit",
              "standalone/submit",
              "yarn/submit");
    }
  }

  /** What a script passes to the program that it runs, the program's name first. */
  private List<String> run(List<String> command) throws Exception {
    Path programs = Files.createDirectories(folder.resolve("bin"));
    for (String name : List.of("spark-submit", "gcloud")) {
      Path program = programs.resolve(name);
      Files.writeString(program, "#!/bin/sh\necho " + name + "\nprintf '%s\\n' \"$@\"\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
    List<String> words = new ArrayList<>(command);
    words.set(0, DEPLOY.resolve(command.get(0)).toString());
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.merge("PATH", programs.toString(), (path, ours) -> ours + ":" + path);
    environment.put("SPARK_HOME", folder.toString());
    environment.put("FTL_SPARK_OPTIONS", "--conf spark.speculation=false");
    Process script = builder.start();
    String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(script.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  /** Options of spark-submit, our jar, and arguments of {@code ftl audit}. */
  private static void requireSubmission(List<String> arguments) {
    Map<String, String> options = new TreeMap<>();
    SparkLauncher launcher = new SparkLauncher();
    int at = 0;
    for (; arguments.get(at).startsWith("--"); at += 2) {
      // refuses options and settings that spark-submit does not know
      launcher.addSparkArg(arguments.get(at), arguments.get(at + 1));
      options.put(arguments.get(at), arguments.get(at + 1));
    }
    requireMain(options.get("--class"));
    assertThat(arguments.get(at)).endsWith("ftl.jar");
    requireAudit(arguments.subList(at + 1, arguments.size()));
  }

  private static void requireMain(String name) {
    assertThat(name).isEqualTo(Main.class.getName());
  }

  private static void requireAudit(List<String> arguments) {
    ParseResult parsed = new CommandLine(Main.class).parseArgs(arguments.toArray(String[]::new));
    ParseResult audit = parsed.subcommand();
    assertThat(audit.commandSpec().name()).isEqualTo("audit");
    String job = audit.matchedOptionValue("--job", "");
    assertThat(job).contains("://").endsWith(".json");
    if (job.contains("/jobs/")) {
      assertThat(Path.of("jobs", job.substring(job.lastIndexOf('/') + 1))).exists(); // JobFilesTest
    }
  }

  /** Of the first line that has the key. */
  private static String value(String yaml, String key) {
    Matcher line = Pattern.compile("(?m)^ *" + key + ": *(.*)$").matcher(yaml);
    assertThat(line.find()).as(key).isTrue();
    return line.group(1);
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private static JsonNode json(String file) throws IOException {
    return JSON.readTree(text(file));
  }

  private static String text(String file) throws IOException {
    return Files.readString(DEPLOY.resolve(file));
  }
}
