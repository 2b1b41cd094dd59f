package org.findthelady.cli;

import java.util.concurrent.Callable;
import org.findthelady.job.Audit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Judges many suspects against one or more references, from a job file.",
    footer = {"", "Example:", "  ftl audit --job jobs/registry.json --out audits/"})
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

  @Mixin private StorageOptions storage = new StorageOptions();
  @Mixin private JsonOption json = new JsonOption();
  @Mixin private ExportOptions exports = new ExportOptions();
  @Mixin private FailOptions fail = new FailOptions();

  @Override
  public Integer call() {
    Audit.Result result = Audit.run(job, out, fingerprints, storage.properties());
    exports.exports().write(result, storage.properties());
    json.print(spec, result::text, result::json);
    if (!result.notAudited().isEmpty()) {
      return ExitCode.NOT_WHOLE;
    }
    int code = fail.exitCode(spec, result.verdicts(), result.policy().strict());
    return code == ExitCode.DONE && !result.policy().breaches().isEmpty()
        ? ExitCode.FINDINGS
        : code;
  }
}
