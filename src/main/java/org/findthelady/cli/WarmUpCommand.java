package org.findthelady.cli;

import java.util.concurrent.Callable;
import org.findthelady.job.Demo;
import picocli.CommandLine.Command;

@Command(
    name = "warm-up",
    hidden = true,
    description = "Runs what a small job runs, so that the launcher can archive its classes.")
final class WarmUpCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    Demo.warmUp();
    return ExitCode.DONE;
  }
}
