package org.findthelady.cli;

import org.findthelady.pair.MatchSettings;
import picocli.CommandLine.Option;

/** How neurons are matched. */
final class MatchingOptions {
  @Option(
      names = "--evidence",
      paramLabel = "KIND",
      defaultValue = "all",
      description =
          "all: every tensor that a neuron touches (default); incoming: its incoming weights only, as"
              + " in the paper.")
  private String evidence;

  @Option(
      names = "--assign",
      paramLabel = "KIND",
      defaultValue = "one-to-one",
      description =
          "one-to-one: argmax, and an exact assignment where it collides (default); argmax: the"
              + " paper's, the most alike of several staying and the rest in index order."
              + " With --evidence incoming it is the paper's method.")
  private String assign;

  @Option(
      names = "--match-seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of what matching draws at random (default: ${DEFAULT-VALUE}).")
  private long seed;

  MatchSettings.Given given() {
    return new MatchSettings.Given(evidence, assign, seed);
  }
}
