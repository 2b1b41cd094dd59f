package org.findthelady.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.findthelady.core.UserException;
import org.findthelady.job.Resync;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "resync",
    mixinStandardHelpOptions = true,
    description =
        "Puts a suspect's neurons back in the reference's order and says what was changed.",
    footer = {
      "",
      "Examples:",
      "  ftl resync --reference owner.safetensors --suspect found.safetensors",
      "  ftl resync --reference owner/ --suspect found/ --correct --out corrected/",
      "  ftl resync --reference owner.onnx --suspect found.onnx --function",
      "  ftl resync --reference owner/ --suspect found/ --out back/ --truth truth.json --report out/"
    })
final class ResyncCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--reference",
      required = true,
      paramLabel = "A",
      description = "The owner's checkpoint.")
  private String reference;

  @Option(
      names = "--suspect",
      required = true,
      paramLabel = "B",
      description = "The checkpoint to judge.")
  private String suspect;

  @Option(
      names = "--parent",
      paramLabel = "P",
      description = {
        "Another checkpoint that the suspect may have been merged with: tells how much of A and of P",
        "is in every tensor."
      })
  private String parent;

  @Option(
      names = "--out",
      paramLabel = "C",
      description = "Where to write the re-synchronised suspect, in its own format.")
  private String out;

  @Option(
      names = "--correct",
      description = {
        "Undo in what --out writes whatever is certain: order, scale and sign of units, a change of",
        "basis. That rounds; what is left is listed. Runs in this process."
      })
  private boolean correct;

  @Option(
      names = "--function",
      description = {
        "Run the network with ONNX Runtime, a jar of its own, on seeded inputs: tells how alike the",
        "outputs of A, of B and of what --out writes are. Needs an ONNX or Keras file, or --graph."
      })
  private boolean function;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "Truth file of ftl permute: scores the result (Psi).")
  private String truth;

  @Option(
      names = "--permutation",
      paramLabel = "FILE",
      description = {
        "Where to write the permutation that was found. ftl apply puts what else was made of the",
        "suspect, such as a LoRA adapter, in the reference's order with it."
      })
  private String permutation;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Where to write tables and the HTML page.")
  private String report;

  @Mixin private StructureOptions structure = new StructureOptions();
  @Mixin private MatchingOptions matching = new MatchingOptions();
  @Mixin private StorageOptions storage = new StorageOptions();
  @Mixin private JsonOption json = new JsonOption();
  @Mixin private FailOptions fail = new FailOptions();

  @Override
  public Integer call() {
    if (correct && out == null) {
      throw new UserException("--correct needs --out: where to write the corrected suspect");
    }
    Resync.Result result =
        Resync.run(
            new Resync.Request(
                reference,
                suspect,
                parent,
                structure.choice(),
                matching.given(),
                truth,
                new Resync.Outputs(out, correct, function, permutation, report),
                storage.properties()));
    json.print(spec, result::text, result::json);
    return fail.exitCode(spec, Map.of(suspect, result.verdict()));
  }
}
