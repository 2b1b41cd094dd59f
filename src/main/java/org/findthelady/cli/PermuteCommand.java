package org.findthelady.cli;

import java.util.concurrent.Callable;
import org.findthelady.job.Permute;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "permute",
    mixinStandardHelpOptions = true,
    description = {
      "Shuffles every permutation group of a checkpoint at random.",
      "The network computes the same function; only the order of its neurons changes."
    },
    footer = {
      "",
      "Example:",
      "  ftl permute --in model.safetensors --out shuffled.safetensors --seed 7 --truth truth.json"
    })
final class PermuteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--seed", required = true, paramLabel = "N", description = "Of the shuffle.")
  private long seed;

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private RewriteOptions files = new RewriteOptions();

  @Override
  public Integer call() {
    Permute.Result done = Permute.run(files.request(seed));
    json.print(spec, done::text, done::json);
    return ExitCode.DONE;
  }
}
