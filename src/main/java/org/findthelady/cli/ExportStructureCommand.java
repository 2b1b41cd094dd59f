package org.findthelady.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.findthelady.job.ExportStructure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "export-structure",
    mixinStandardHelpOptions = true,
    description = "Writes a checkpoint's permutation groups as an architecture file.",
    footer = {
      "",
      "Examples:",
      "  ftl export-structure model.onnx --out mine.json --name mine",
      "  ftl export-structure --pair a.pth b.pth --out mine.json --name mine"
    })
final class ExportStructureCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..2",
      paramLabel = "PATH",
      description = "Checkpoint file or folder; two with --pair.")
  private List<String> paths;

  @Option(
      names = "--pair",
      description =
          "Find the groups from two checkpoints, reference first, by their weights alone. What is"
              + " found is not proven to keep the function.")
  private boolean pair;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "File to make.")
  private String out;

  @Option(names = "--name", required = true, description = "Name of the architecture.")
  private String name;

  @Mixin private StructureOptions structure = new StructureOptions();
  @Mixin private JsonOption json = new JsonOption();
  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() {
    int groups =
        ExportStructure.run(
            PairedPaths.reference(paths, pair, structure),
            PairedPaths.suspect(paths, pair),
            out,
            name,
            structure.choice(),
            storage.properties());
    String wrote = "wrote " + groups + " groups to " + out + "\n";
    json.print(spec, () -> wrote, () -> ExportStructure.json(out, groups));
    return ExitCode.DONE;
  }
}
