package org.findthelady.cli;

import java.util.concurrent.Callable;
import org.findthelady.job.VerifyConversion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "verify-conversion",
    mixinStandardHelpOptions = true,
    description = {
      "Says whether a checkpoint is a faithful conversion of another: cast, quantised or folded.",
      "Every stored code must be the nearest level that its own scale allows to the original's",
      "number. Where a compiler fed errors back or searched for scales, the answer says up to how",
      "many steps a single code may be off unseen. What is not known is counted as not checked.",
      "Ends with exit code 3 unless the conversion is faithful or within the tolerance of its",
      "scheme. Starts no Spark."
    },
    footer = {
      "",
      "Examples:",
      "  ftl verify-conversion model.safetensors model-Q4_K_M.gguf",
      "  ftl verify-conversion model/ model-fp8/ --json"
    })
final class VerifyConversionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "ORIGINAL", description = "The checkpoint as it was.")
  private String original;

  @Parameters(index = "1", paramLabel = "CONVERTED", description = "What was made from it.")
  private String converted;

  @Mixin private JsonOption json = new JsonOption();

  @Mixin private StructureOptions structure = new StructureOptions();
  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() {
    VerifyConversion.Result result =
        VerifyConversion.run(original, converted, structure.choice(), storage.properties());
    json.print(spec, result::text, result::json);
    return result.isFaithful() ? ExitCode.DONE : ExitCode.FINDINGS;
  }
}
