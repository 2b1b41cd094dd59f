package org.findthelady.cli;

import org.findthelady.job.Permute;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command needs that makes a changed copy of a checkpoint. */
final class RewriteOptions {
  @Option(names = "--in", required = true, paramLabel = "A", description = "Checkpoint to change.")
  private String in;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "B",
      description = "File or folder to make; nothing may be there.")
  private String out;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "Where to write what was done, for later scoring.")
  private String truth;

  @Mixin private StructureOptions structure = new StructureOptions();
  @Mixin private StorageOptions storage = new StorageOptions();

  Permute.Request request(long seed) {
    return new Permute.Request(in, out, seed, truth, structure.choice(), storage.properties());
  }
}
