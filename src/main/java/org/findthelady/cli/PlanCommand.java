package org.findthelady.cli;

import java.util.concurrent.Callable;
import org.findthelady.core.UserException;
import org.findthelady.job.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = {
      "Says what an audit or a resync would come to: tasks, bytes, memory and seconds.",
      "Reads headers, compares a tensor to measure this machine, and audits a few of many small",
      "models; starts no Spark and writes nothing.",
      "",
      "Tasks and bytes of models that are audited whole are those of the run. For a model that is",
      "spread they are what comparing every group once takes: sketches that prove early read less,",
      "groups in doubt are read again. Seconds are a guess within a factor of two: rates are",
      "measured here, not on the cluster. With rates of its own as options, no model is audited."
    },
    footer = {
      "",
      "Examples:",
      "  ftl plan --job jobs/registry.json --slots 64",
      "  ftl plan --reference owner/ --suspect found/ --json"
    })
final class PlanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--job", paramLabel = "FILE", description = "The job file of an audit.")
  private String job;

  @Option(names = "--reference", paramLabel = "A", description = "The owner's checkpoint.")
  private String reference;

  @Option(names = "--suspect", paramLabel = "B", description = "The checkpoint to judge.")
  private String suspect;

  @Option(
      names = "--slots",
      paramLabel = "N",
      description = "Tasks that run at the same time; this machine's cores if not given.")
  private int slots = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--bytes-per-second",
      paramLabel = "R",
      description = "That one slot reads and compares.")
  private Double bytesPerSecond;

  @Option(
      names = "--flops-per-second",
      paramLabel = "R",
      description = "That one slot multiplies and adds.")
  private Double flopsPerSecond;

  @Mixin private StructureOptions structure = new StructureOptions();
  @Mixin private JsonOption json = new JsonOption();
  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() {
    boolean pair = reference != null && suspect != null;
    if ((job == null) != pair || (job != null && (reference != null || suspect != null))) {
      throw new UserException("plan needs --job, or --reference and --suspect");
    }
    if (slots < 1 || isNotPositive(bytesPerSecond) || isNotPositive(flopsPerSecond)) {
      throw new UserException("--slots and rates must be positive");
    }
    Plan plan =
        Plan.of(
            new Plan.Request(
                job,
                reference,
                suspect,
                structure.choice(),
                slots,
                bytesPerSecond,
                flopsPerSecond,
                storage.properties()));
    json.print(spec, plan::text, plan::json);
    return ExitCode.DONE;
  }

  private static boolean isNotPositive(Double rate) {
    return rate != null && !(rate > 0);
  }
}
