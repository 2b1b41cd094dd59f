package org.findthelady.cli;

import java.util.concurrent.Callable;
import org.findthelady.job.VerifyRun;
import org.findthelady.run.OutputCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "verify-run",
    mixinStandardHelpOptions = true,
    description = {
      "Checks that the output of audits is whole and unchanged.",
      "Counts must add up, tables must speak of the same models, and every re-synchronised model",
      "is read back and compared with the digest that the run wrote. Ends with exit code 3 if",
      "anything does not hold, with 6 if no run there is finished. Starts no Spark."
    },
    footer = {
      "",
      "Examples:",
      "  ftl verify-run audits/",
      "  ftl verify-run audits/runs/0715b0c795cb6149"
    })
final class VerifyRunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "A run's folder, or the --out of audits.")
  private String folder;

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() {
    OutputCheck check = VerifyRun.of(folder, storage.properties());
    json.print(spec, check::text, check::json);
    if (!check.faults().isEmpty()) {
      return ExitCode.FINDINGS;
    }
    return check.noneFinished() ? ExitCode.NOT_WHOLE : ExitCode.DONE;
  }
}
