package org.findthelady.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.findthelady.job.Inspect;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Shows a checkpoint's tensors, its permutation groups and what is frozen.",
    footer = {
      "",
      "Examples:",
      "  ftl inspect model.safetensors",
      "  ftl inspect s3a://registry/llama --json"
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "PATH", description = "Checkpoint file or folder.")
  private String path;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Mixin private StructureOptions structure = new StructureOptions();
  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() {
    Inspect.Result result = Inspect.run(path, structure.choice(), storage.properties());
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? result.json() : result.text());
    out.flush();
    return ExitCode.DONE;
  }
}
