package org.findthelady.cli;

import org.findthelady.pair.StructureChoice;
import picocli.CommandLine.Option;

/** How the permutation groups of a checkpoint are found. */
final class StructureOptions {
  @Option(
      names = "--architecture",
      paramLabel = "NAME|FILE",
      description =
          "Architecture file to use, by name or path. Default: the one that fits tensor names and"
              + " config.json.")
  private String architecture;

  @Option(
      names = "--graph",
      paramLabel = "FILE",
      description = "ONNX graph to trace the structure from.")
  private String graph;

  StructureChoice choice() {
    return new StructureChoice(architecture, graph);
  }
}
