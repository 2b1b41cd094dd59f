package org.findthelady.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Audits one small fleet over and over while random faults strike, and holds every output to the
 * promises: nothing half-visible after the fault, and after a rerun without one every model, with
 * the verdict and the bytes of an undisturbed run.
 *
 * <p>Arguments: minutes, a folder, a seed (else it is drawn, and printed). Needs root for disks of
 * a few megabytes and for hosts of their own.
 */
public final class Soak {
  /** What came of one kind of fault. */
  private static final class Tally {
    private int tried;
    private int struck;
    private int kept;
    private int halfVisible;
    private int lost;
    private int wrong;
  }

  private final Map<SoakFault, Tally> tallies = new EnumMap<>(SoakFault.class);
  private final List<String> broken = new ArrayList<>();
  private final SplittableRandom random;
  private final SoakFleet fleet;

  private Soak(SoakFleet fleet, long seed) {
    this.fleet = fleet;
    this.random = new SplittableRandom(seed);
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Duration length = Duration.ofMinutes(Long.parseLong(arguments[0]));
    long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : System.nanoTime();
    System.out.printf("seed %d%n", seed);
    long end = System.nanoTime() + length.toNanos();
    try (SoakFleet fleet = SoakFleet.in(Files.createDirectories(Path.of(arguments[1])))) {
      Soak soak = new Soak(fleet, seed);
      SoakFault[] faults = SoakFault.values();
      for (int trial = 0; System.nanoTime() < end; trial++) {
        soak.tryOut(trial, faults[trial % faults.length]);
      }
      soak.print();
      System.exit(soak.broken.isEmpty() ? 0 : 1);
    }
  }

  private void tryOut(int trial, SoakFault fault) throws IOException, InterruptedException {
    Tally tally = tallies.computeIfAbsent(fault, f -> new Tally());
    tally.tried++;
    SoakTrial.Outcome outcome = new SoakTrial(fleet, fault, random.split(), trial).run();
    tally.struck += outcome.struck() ? 1 : 0;
    tally.halfVisible += outcome.halfVisible().isEmpty() ? 0 : 1;
    tally.lost += outcome.lost().isEmpty() ? 0 : 1;
    tally.wrong += outcome.wrong().isEmpty() ? 0 : 1;
    List<String> all = outcome.all();
    tally.kept += all.isEmpty() ? 1 : 0;
    all.forEach(words -> broken.add("trial %d, %s: %s".formatted(trial, fault, words)));
    System.out.printf(
        "trial %d %s %s %s%n", trial, fault, outcome.struck() ? "struck" : "missed", all);
  }

  private void print() {
    System.out.println(
        "| fault | tried | struck | all promises kept | half-visible | lost | frozen wrong |");
    System.out.println("|---|---|---|---|---|---|---|");
    tallies.forEach(
        (fault, tally) ->
            System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %d | %d |%n",
                fault.words(),
                tally.tried,
                tally.struck,
                tally.kept,
                tally.halfVisible,
                tally.lost,
                tally.wrong));
    broken.forEach(System.out::println);
  }
}
