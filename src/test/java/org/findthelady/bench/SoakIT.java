package org.findthelady.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One trial each of faults of the soak that need no root and are told nowhere else. */
class SoakIT {
  @TempDir private static Path folder;
  private static SoakFleet fleet;

  @BeforeAll
  static void auditUndisturbed() throws IOException, InterruptedException {
    fleet = SoakFleet.in(folder);
  }

  @AfterAll
  static void stop() {
    fleet.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = SoakFault.class,
      names = {"TERMINATE", "TWICE"})
  void everyPromiseIsKept(SoakFault fault) throws IOException, InterruptedException {
    int number = fault.name().length();
    SplittableRandom random = new SplittableRandom(number);
    assertThat(new SoakTrial(fleet, fault, random, number).run().all()).isEmpty();
  }
}
