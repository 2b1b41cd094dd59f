package org.findthelady.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;

/**
 * Spark's cluster mode: the driver is a process on another machine than the one where the command
 * was typed. A relative path there would be read in, or written to, a folder that nobody sees.
 */
final class ClusterMode {
  private ClusterMode() {}

  /** Whether this process was started by a cluster. */
  static boolean isOn() {
    return "cluster".equals(System.getProperty("spark.submit.deployMode"))
        || Boolean.getBoolean("spark.kubernetes.submitInDriver");
  }

  /**
   * An input must have a whole address, or lie where the driver runs, as after {@code --files}.
   *
   * @throws UserException if it does not
   */
  static void requireInput(String option, String path) {
    if (path != null && isOn() && isRelative(path) && !Files.exists(Path.of(path))) {
      throw mistake(option, path);
    }
  }

  /**
   * An output must have a whole address.
   *
   * @throws UserException if it has none
   */
  static void requireOutput(String option, String path) {
    if (path != null && isOn() && isRelative(path)) {
      throw mistake(option, path);
    }
  }

  private static boolean isRelative(String path) {
    return Location.isLocal(path) && !path.startsWith("/") && !path.startsWith("file:");
  }

  private static UserException mistake(String option, String path) {
    return new UserException(
        ("%s %s: in cluster mode the driver runs on another machine; give a whole address, such as"
                + " hdfs:///%s or s3a://BUCKET/%s")
            .formatted(option, path, path, path));
  }
}
