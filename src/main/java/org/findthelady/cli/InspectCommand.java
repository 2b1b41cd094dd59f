package org.findthelady.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.findthelady.core.UserException;
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
      "  ftl inspect s3a://registry/llama --json",
      "  ftl inspect detector.onnx --prove",
      "  ftl inspect --pair reference.pth suspect.pth"
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..2",
      paramLabel = "PATH",
      description = "Checkpoint file or folder; two with --pair.")
  private List<String> paths;

  @Option(
      names = "--pair",
      description =
          "Find the groups from two checkpoints, reference first, by their weights alone, and tell"
              + " for every axis how probable it is that chance ties it as well.")
  private boolean pair;

  @Option(
      names = "--prove",
      description =
          "Run the network (ONNX or Keras) with every group moved, alone and together, and freeze a"
              + " group that changes its function.")
  private boolean prove;

  @Option(
      names = "--input",
      paramLabel = "NAME=LENGTHS",
      description = "Lengths of a graph input with symbolic axes, e.g. images=1x3x224x224.")
  private Map<String, String> inputs = new TreeMap<>();

  @Mixin private StructureOptions structure = new StructureOptions();
  @Mixin private JsonOption json = new JsonOption();
  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() {
    Map<String, long[]> shapes = new TreeMap<>();
    inputs.forEach((name, lengths) -> shapes.put(name, lengths(lengths)));
    Inspect.Result result =
        Inspect.run(
            new Inspect.Request(
                PairedPaths.reference(paths, pair, structure),
                PairedPaths.suspect(paths, pair),
                structure.choice(),
                prove,
                shapes,
                storage.properties()));
    json.print(spec, result::text, result::json);
    return result.proven() ? ExitCode.DONE : ExitCode.FINDINGS;
  }

  private static long[] lengths(String text) {
    if (!text.matches("\\d{1,9}(x\\d{1,9})*")) {
      throw new UserException("--input: '" + text + "' is not a list of lengths like 1x3x224x224");
    }
    return Arrays.stream(text.split("x")).mapToLong(Long::parseLong).toArray();
  }
}
