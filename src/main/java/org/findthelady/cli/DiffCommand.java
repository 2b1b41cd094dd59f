package org.findthelady.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.findthelady.job.Diff;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = "Says in one sentence what checkpoint B is to checkpoint A.",
    footer = {
      "",
      "Colours are shown on a terminal, unless NO_COLOR is set.",
      "",
      "Examples:",
      "  ftl diff owner.safetensors found.safetensors",
      "  ftl diff owner/ found.pth --json"
    })
final class DiffCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "A", description = "The owner's checkpoint.")
  private String reference;

  @Parameters(index = "1", paramLabel = "B", description = "The checkpoint to judge.")
  private String suspect;

  @Mixin private StructureOptions structure = new StructureOptions();
  @Mixin private StorageOptions storage = new StorageOptions();
  @Mixin private JsonOption json = new JsonOption();
  @Mixin private FailOptions fail = new FailOptions();

  @Override
  public Integer call() {
    Diff.Result result = Diff.run(reference, suspect, structure.choice(), storage.properties());
    json.print(spec, () -> result.text(Ansi.AUTO.enabled()), result::json);
    return fail.exitCode(spec, Map.of(suspect, result.verdict()));
  }
}
