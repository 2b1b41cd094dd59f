package org.findthelady.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code src/bench/run} needs beside the product: generators and the floor. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Generators and baselines for benchmarks.",
    subcommands = {
      LlamaGenerator.class,
      FleetGenerator.class,
      ResNet50Generator.class,
      Fp8Copy.class,
      ReadAndWrite.class,
      Registry.class,
      WatchLatency.class,
      Plot.class
    })
public final class Bench {
  Bench() {}

  /** Runs one generator or baseline. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** The same; returns the exit code. */
  public static int run(String... arguments) {
    return new CommandLine(new Bench()).execute(arguments);
  }
}
