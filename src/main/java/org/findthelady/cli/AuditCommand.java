package org.findthelady.cli;

import java.io.PrintWriter;
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
      required = true,
      paramLabel = "DIR",
      description = "Folder of runs; latest.json in it names the newest finished one.")
  private String out;

  @Mixin private StorageOptions storage = new StorageOptions();
  @Mixin private FailOptions fail = new FailOptions();

  @Override
  public Integer call() {
    Audit.Result result = Audit.run(job, out, storage.properties());
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(result.text());
    stdout.flush();
    return fail.exitCode(result.verdicts());
  }
}
