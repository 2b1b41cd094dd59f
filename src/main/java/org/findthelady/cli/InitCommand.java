package org.findthelady.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.findthelady.job.FirstJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a first job file for a folder of models, to be looked at and changed.",
      "References are the models given with --reference; without it those in a folder named",
      "references, owned or originals; else the oldest model. All others are suspects."
    },
    footer = {
      "",
      "Examples:",
      "  ftl init models/",
      "  ftl init models/ --reference models/mine.safetensors --out job.json"
    })
final class InitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The folder that the models lie in.")
  private String folder;

  @Option(
      names = "--reference",
      paramLabel = "A",
      description = "A model of your own; may be given more than once.")
  private List<String> references = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The job file; job.json in the folder if not given.")
  private String out;

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() {
    FirstJob.Written written = FirstJob.write(folder, references, out, storage.properties());
    json.print(spec, written::text, written::json);
    return ExitCode.DONE;
  }
}
