package org.findthelady.cli;

import java.util.concurrent.Callable;
import org.findthelady.job.Apply;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    description = {
      "Applies a known permutation of a model to a checkpoint or a LoRA adapter of it.",
      "The factors of an adapter (PEFT layout) move with the weights that they belong to."
    },
    footer = {
      "",
      "Example:",
      "  ftl apply --permutation truth.json --base model/ --in adapter/ --out shuffled-adapter/"
    })
final class ApplyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--permutation",
      required = true,
      paramLabel = "FILE",
      description = "What permute wrote with --truth, or resync with --permutation.")
  private String permutation;

  @Option(names = "--inverse", description = "Undo it.")
  private boolean inverse;

  @Option(
      names = "--base",
      required = true,
      paramLabel = "MODEL",
      description = "Model that the permutation belongs to; its names and shapes are read.")
  private String base;

  @Option(
      names = "--in",
      required = true,
      paramLabel = "A",
      description = "Checkpoint of the model, or adapter of it.")
  private String in;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "B",
      description = "File or folder to make; nothing may be there.")
  private String out;

  @Mixin private StructureOptions structure = new StructureOptions();
  @Mixin private JsonOption json = new JsonOption();
  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() {
    Apply.Result done =
        Apply.run(
            new Apply.Request(
                base, permutation, inverse, in, out, structure.choice(), storage.properties()));
    json.print(spec, done::text, done::json);
    return ExitCode.DONE;
  }
}
