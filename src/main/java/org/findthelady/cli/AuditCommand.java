package org.findthelady.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.findthelady.core.UserException;
import org.findthelady.job.Audit;
import org.findthelady.job.Watch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Judges many suspects against one or more references, from a job file.",
    footer = {
      "",
      "Examples:",
      "  ftl audit --job jobs/registry.json --out audits/",
      "  ftl audit --job jobs/registry.json --out audits/ --watch 30"
    })
final class AuditCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--job", required = true, paramLabel = "FILE", description = "The job file.")
  private String job;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = {
        "Folder of runs; latest.json in it names the newest finished one. Without it, the job",
        "file's outputs.folder."
      })
  private String out;

  @Option(
      names = "--fingerprints",
      paramLabel = "DIR",
      description = {
        "Folder of the references' fingerprints, which prove matches of single neurons: looked up",
        "there, else measured and kept. Without it those of references up to 64 MiB are kept in",
        "OUT/fingerprints and larger ones are not measured. Files are checked against the digests",
        "of the reference and of themselves; who can write there can still forge a proof."
      })
  private String fingerprints;

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description = {
        "Table of Spark's catalogs, e.g. lake.audits.models, to which the rows of the models are",
        "added in one commit once the run is whole. It is made if it is not there."
      })
  private String table;

  @Mixin private StorageOptions storage = new StorageOptions();
  @Mixin private JsonOption json = new JsonOption();
  @Mixin private ExportOptions exports = new ExportOptions();
  @Mixin private WatchOptions watch = new WatchOptions();
  @Mixin private FailOptions fail = new FailOptions();

  @Override
  public Integer call() {
    ClusterMode.requireInput("--job", job);
    ClusterMode.requireOutput("--out", out);
    ClusterMode.requireOutput("--fingerprints", fingerprints);
    Audit.Request request = new Audit.Request(job, out, fingerprints, storage.properties(), table);
    if (watch.isWanted() && table != null) {
      throw new UserException(
          "--table: the rows of a run are added once it is whole, so not with --watch");
    }
    return watch.isWanted() ? watch(request) : code(told(Audit.run(request)));
  }

  /** Until nothing lands any more; the exit code is that of the last run. */
  private int watch(Audit.Request request) {
    AtomicReference<Audit.Result> last = new AtomicReference<>();
    Watch.run(
        request,
        watch.settings(),
        result -> {
          last.set(result);
          exports.exports().write(result, storage.properties());
          tell(result.news());
        });
    return last.get() == null ? ExitCode.DONE : code(last.get());
  }

  private Audit.Result told(Audit.Result result) {
    exports.exports().write(result, storage.properties());
    tell(result);
    return result;
  }

  private void tell(Audit.Result result) {
    json.print(spec, result::text, result::json);
  }

  private int code(Audit.Result result) {
    if (!result.notAudited().isEmpty()) {
      return ExitCode.NOT_WHOLE;
    }
    int code = fail.exitCode(spec, result.verdicts(), result.policy().strict());
    return code == ExitCode.DONE && !result.policy().breaches().isEmpty()
        ? ExitCode.FINDINGS
        : code;
  }
}
