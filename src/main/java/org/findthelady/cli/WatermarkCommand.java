package org.findthelady.cli;

import org.findthelady.job.Watermarking;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "watermark",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Embeds and detects a secret mark in the weights of one layer (Uchida et al.).",
      "Permuting the layer before it hides the mark: re-synchronise with ftl resync, then detect."
    },
    footer = {
      "",
      "Example:",
      "  ftl watermark embed --in a.safetensors --out marked.safetensors --layer conv2.weight --key KEY",
      "  ftl watermark detect --in found.safetensors --layer conv2.weight --key KEY"
    })
final class WatermarkCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "embed",
      mixinStandardHelpOptions = true,
      description = {
        "Writes a marked copy.",
        "It is the smallest change of the layer's weights, made after training, that gives every",
        "bit its margin."
      },
      footer = {
        "",
        "Example:",
        "  ftl watermark embed --in A --out W --layer conv2.weight --key KEY --bits 64"
      })
  int embed(
      @Mixin MarkOptions mark,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "B",
              description = "File or folder to make; nothing may be there.")
          String out,
      @Option(
              names = "--strength",
              paramLabel = "S",
              defaultValue = "3",
              description =
                  "Margin of every bit, in spreads of unmarked projections (default:"
                      + " ${DEFAULT-VALUE}).")
          double strength) {
    Watermarking.Result result = Watermarking.embed(mark.request(), out, strength);
    mark.json.print(spec, result::text, result::json);
    return ExitCode.DONE;
  }

  @Command(
      name = "detect",
      mixinStandardHelpOptions = true,
      description = {
        "Reads the bits and compares them with the message that the key gives.",
        "Tells the bit error rate, Pearson's correlation, and the probability that unmarked weights",
        "read as well."
      },
      footer = {
        "",
        "Example:",
        "  ftl watermark detect --in FOUND --layer conv2.weight --key KEY --bits 64"
      })
  int detect(
      @Mixin MarkOptions mark,
      @Option(
              names = "--fail-if-missing",
              description = "End with exit code 3 if the watermark is not found.")
          boolean failIfMissing) {
    Watermarking.Result result = Watermarking.detect(mark.request());
    mark.json.print(spec, result::text, result::json);
    return failIfMissing && !result.found() ? ExitCode.FINDINGS : ExitCode.DONE;
  }

  /** Which mark, and where. */
  static final class MarkOptions {
    @Option(names = "--in", required = true, paramLabel = "A", description = "Checkpoint to read.")
    private String in;

    @Option(
        names = "--layer",
        required = true,
        paramLabel = "TENSOR",
        description = "Tensor that carries the mark, filters on its first axis.")
    private String layer;

    @Option(
        names = "--key",
        required = true,
        paramLabel = "FILE",
        description = "File that holds the secret as text.")
    private String key;

    @Option(
        names = "--bits",
        paramLabel = "T",
        defaultValue = "64",
        description = "Bits of the message (default: ${DEFAULT-VALUE}).")
    private int bits;

    @Mixin private JsonOption json = new JsonOption();
    @Mixin private StorageOptions storage = new StorageOptions();

    private Watermarking.Request request() {
      return new Watermarking.Request(in, key, layer, bits, storage.properties());
    }
  }
}
