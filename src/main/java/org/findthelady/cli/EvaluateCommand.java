package org.findthelady.cli;

import java.util.concurrent.Callable;
import org.findthelady.job.Evaluate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a sweep of perturbations over models and writes tables, curves and a page.",
      "Every strength and seed is done with the paper's method and with ours."
    },
    footer = {"", "Example:", "  ftl evaluate --job jobs/table1.json --out table1"})
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--job", required = true, paramLabel = "FILE", description = "The sweep's file.")
  private String job;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to make.")
  private String out;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = ".",
      description =
          "Folder that the sweep's paths start from (default: the working folder); those with ./"
              + " ahead start from the folder of the sweep's file.")
  private String root;

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() {
    ClusterMode.requireInput("--job", job);
    ClusterMode.requireOutput("--out", out);
    Evaluate.Result result =
        Evaluate.run(new Evaluate.Request(job, out, root, storage.properties()));
    json.print(spec, result::text, result::json);
    return ExitCode.DONE;
  }
}
