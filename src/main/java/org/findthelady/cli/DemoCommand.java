package org.findthelady.cli;

import java.util.concurrent.Callable;
import org.findthelady.job.Demo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Builds a small fleet from two real networks that come with ftl, and audits it.",
      "It has shuffled, noised, pruned, quantised, scaled, unrelated and broken copies."
    },
    footer = {"", "Example:", "  ftl demo --out /tmp/ftl-demo"})
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "ftl-demo",
      description = "Folder for the fleet and the report (default: ${DEFAULT-VALUE}).")
  private String out;

  @Mixin private JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    Demo.Result result = Demo.run(out);
    json.print(spec, result::text, result::json);
    return result.asExpected() ? ExitCode.DONE : ExitCode.INTERNAL;
  }
}
