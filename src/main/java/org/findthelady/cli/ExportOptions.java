package org.findthelady.cli;

import org.findthelady.job.Exports;
import picocli.CommandLine.Option;

/** Files for other programs; those of an earlier audit are replaced. */
final class ExportOptions {
  @Option(
      names = "--sarif",
      paramLabel = "FILE",
      description = "Where to write the verdicts as a SARIF 2.1.0 log.")
  private String sarif;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Where to write the verdicts as a JUnit report.")
  private String junit;

  @Option(
      names = "--statements",
      paramLabel = "DIR",
      description =
          "Where to write an in-toto Statement and a SLSA Verification Summary for every model.")
  private String statements;

  @Option(
      names = "--bom",
      paramLabel = "FILE",
      description = "Where to write a CycloneDX bill of materials with the models' pedigrees.")
  private String bom;

  Exports exports() {
    return new Exports(sarif, junit, statements, bom);
  }
}
