package org.findthelady.cli;

import java.util.concurrent.Callable;
import org.findthelady.job.Permute;
import org.findthelady.job.Perturb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "perturb",
    mixinStandardHelpOptions = true,
    description = {
      "Changes a checkpoint's weights on purpose, to try what is still found.",
      "Drift, noise, pruning, quantisation, scaling and sign flips are done in this order, then a",
      "shuffle of every group if asked for."
    },
    footer = {
      "",
      "Example:",
      "  ftl perturb --in model.safetensors --out attacked.safetensors --prune 91 --bits 4 --permute"
    })
final class PerturbCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--noise", paramLabel = "OMEGA", description = "Power, in layer sigmas.")
  private Double noise;

  @Option(names = "--prune", paramLabel = "T", description = "Percent of weights set to zero.")
  private Double prune;

  @Option(names = "--global", description = "Prune by one threshold over all layers.")
  private boolean global;

  @Option(names = "--bits", paramLabel = "B", description = "16 down to 2, 1.58 or 1.")
  private Double bits;

  @Option(names = "--scale", paramLabel = "K", description = "Factor of some neurons.")
  private Double scale;

  @Option(
      names = "--fraction",
      paramLabel = "F",
      defaultValue = "0.1",
      description = "Share of each group's neurons that --scale hits (default: ${DEFAULT-VALUE}).")
  private double fraction;

  @Option(names = "--sign-flip", paramLabel = "F", description = "Share of neurons turned.")
  private Double signFlip;

  @Option(
      names = "--finetune-like",
      paramLabel = "SIGMA",
      description = "Low-rank drift, in layer sigmas.")
  private Double drift;

  @Option(
      names = "--layers",
      paramLabel = "PATTERN",
      defaultValue = "*",
      description = "Globs over tensor names, divided by commas (default: all).")
  private String layers;

  @Option(names = "--permute", description = "Shuffle every group afterwards.")
  private boolean permute;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of all that is drawn at random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private RewriteOptions files = new RewriteOptions();

  @Override
  public Integer call() {
    Permute.Result done =
        Perturb.run(
            files.request(seed),
            Perturb.Settings.of(layers, permute)
                .with("drift", drift)
                .with("noise", noise)
                .with(global ? "prune-global" : "prune", prune)
                .with("bits", bits)
                .scaled(scale, fraction)
                .scaled(-1.0, signFlip));
    json.print(spec, done::text, done::json);
    return ExitCode.DONE;
  }
}
