package org.findthelady;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** The real checkpoints and graphs that stand beside the project, where they are at hand. */
public final class SharedModels {
  private SharedModels() {}

  /**
   * A file under the shared folder, e.g. {@code models/resnet-cifar10/resnet20-12fca82f.th}. Where
   * it is not at hand the test is skipped, or fails if FTL_REQUIRE_SHARED is true (as in CI).
   */
  public static Path path(String relative) {
    String named = System.getenv("FTL_SHARED");
    Path path = Path.of(named == null ? "../shared" : named, relative);
    if (Files.exists(path)) {
      return path.toAbsolutePath().normalize();
    }
    if ("true".equals(System.getenv("FTL_REQUIRE_SHARED"))) {
      fail("shared/" + relative + " is needed and was not found");
    }
    return abort("shared/" + relative + " is not at hand");
  }
}
