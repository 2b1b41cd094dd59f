package org.findthelady.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProvider;
import org.apache.hadoop.security.alias.CredentialProviderFactory;
import org.findthelady.TestModels;
import org.findthelady.storage.TestS3;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of {@code conf} as a user gives them to spark-submit, on a fleet in S3: one line of log
 * a model, keys out of a credential file, and no secret in anything that a run leaves behind.
 */
class ConfIT {
  private static final int MODELS = 12;

  /** What a run may say beside its models. */
  private static final int OTHER_LINES = 6;

  private static final String OUT = "s3a://bucket/out";
  private static final Path CONF = Path.of("conf").toAbsolutePath();
  private static final List<String> SECRETS =
      List.of("ByStorageOption0", "ByHadoopProperty1", "ByEnvironment2", "TokenOfEnvironment3");

  @TempDir private Path folder;
  private TestS3 s3;

  @BeforeEach
  void start() throws IOException {
    s3 = new TestS3();
    Path model = TestModels.silero(folder);
    s3.put("mine/model.safetensors", Files.readAllBytes(model));
    for (int i = 0; i < MODELS - 1; i++) {
      Path shuffled = folder.resolve("shuffled%d.safetensors".formatted(i));
      LocalPair.permute(model, shuffled, i, null);
      s3.put("found/m%02d.safetensors".formatted(i), Files.readAllBytes(shuffled));
    }
    s3.put("found/m99.safetensors", "no checkpoint".getBytes(UTF_8));
    String job =
        """
        {"name": "conf", "resync": true,
         "references": [{"id": "mine", "path": "mine/model.safetensors"}],
         "suspects": [{"glob": "found/*.safetensors"}]}
        """;
    s3.put("job.json", job.getBytes(UTF_8));
  }

  @AfterEach
  void stop() {
    s3.close();
  }

  /** Where the server is, but no key. */
  private List<String> server() {
    List<String> options = new ArrayList<>();
    new TreeMap<>(s3.properties())
        .forEach(
            (key, value) -> {
              if (!value.equals("test")) {
                options.addAll(List.of("--conf", "spark.hadoop." + key + "=" + value));
              }
            });
    return options;
  }

  private Submission audit(List<String> options, Map<String, String> environment, String... more)
      throws Exception {
    List<String> arguments = new ArrayList<>(options);
    arguments.addAll(server());
    arguments.addAll(List.of("--class", "org.findthelady.cli.Main"));
    arguments.add(Path.of("target/ftl.jar").toAbsolutePath().toString());
    arguments.addAll(List.of("audit", "--job", "s3a://bucket/job.json", "--out", OUT));
    arguments.addAll(List.of(more));
    Submission done = Submission.ofScript(folder, arguments, environment);
    assertThat(done.exit()).as(done.errors()).isZero();
    return done;
  }

  @Test
  void aRunLogsOneLineAModelAndTakesItsKeysOutOfACredentialFile() throws Exception {
    String keys = "localjceks://file" + folder.resolve("s3.jceks");
    Configuration configuration = new Configuration();
    configuration.set(CredentialProviderFactory.CREDENTIAL_PROVIDER_PATH, keys);
    CredentialProvider provider = CredentialProviderFactory.getProviders(configuration).get(0);
    provider.createCredentialEntry("fs.s3a.access.key", "access".toCharArray());
    provider.createCredentialEntry("fs.s3a.secret.key", "secret".toCharArray());
    provider.flush();

    Submission done =
        audit(
            List.of(
                "--master=local[2]",
                "--properties-file=" + CONF.resolve("spark-defaults.conf"),
                "--driver-java-options=-Dlog4j2.configurationFile=file:"
                    + CONF.resolve("log4j2.properties"),
                "--conf=spark.hadoop.hadoop.security.credential.provider.path=" + keys),
            Map.of());

    assertThat(done.output()).contains("PERMUTED").contains("UNREADABLE");
    List<String> lines = done.errors().lines().toList();
    Pattern model = Pattern.compile("\\d+ of " + MODELS + ": m\\d\\d\\S* [A-Z]+, .*");
    assertThat(lines.stream().filter(line -> model.matcher(line).find())).hasSize(MODELS);
    assertThat(lines).hasSizeLessThanOrEqualTo(MODELS + OTHER_LINES);
  }

  @Test
  void aSecretIsInNothingThatARunLeavesBehind() throws Exception {
    Path events = Files.createDirectories(folder.resolve("events"));
    audit(
        List.of(
            "--master=local-cluster[1,2,1024]",
            "--conf=spark.eventLog.enabled=true",
            "--conf=spark.eventLog.compress=false",
            "--conf=spark.logConf=true",
            "--conf=spark.eventLog.dir=" + events.toUri(),
            "--conf=spark.hadoop.fs.s3a.access.key=access",
            "--conf=spark.hadoop.fs.s3a.secret.key=" + SECRETS.get(1),
            "--conf=spark.hadoop.fs.azure.account.key.of=" + SECRETS.get(1)),
        Map.of(
            "AWS_ACCESS_KEY_ID", "environment",
            "AWS_SECRET_ACCESS_KEY", SECRETS.get(2),
            "AWS_SESSION_TOKEN", SECRETS.get(3)),
        "--storage=fs.s3a.secret.key=" + SECRETS.get(0),
        "--statements=s3a://bucket/statements",
        "--sarif=s3a://bucket/audit.sarif",
        "--junit=s3a://bucket/audit.xml",
        "--bom=s3a://bucket/models.json");

    Map<String, String> left = new TreeMap<>();
    for (String key : s3.keys()) {
      left.put(key, new String(s3.get(key), StandardCharsets.ISO_8859_1));
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        left.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    // The secrets went through what is searched, and it is the whole of a run.
    assertThat(left.keySet().stream().filter(name -> name.startsWith(events.toString())))
        .isNotEmpty();
    assertThat(left.values()).anyMatch(text -> text.contains("SparkListenerApplicationEnd"));
    assertThat(left.values()).anyMatch(text -> text.contains("spark.hadoop.fs.s3a.secret.key"));
    assertThat(left.keySet()).anyMatch(name -> name.endsWith("/index.html"));
    assertThat(left.keySet()).anyMatch(name -> name.contains("/work/app-"));
    assertThat(left.keySet()).anyMatch(name -> name.startsWith("statements/"));
    left.forEach(
        (name, text) ->
            SECRETS.forEach(
                secret -> assertThat(text.contains(secret)).as(name + " " + secret).isFalse()));
  }
}
