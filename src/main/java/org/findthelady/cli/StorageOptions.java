package org.findthelady.cli;

import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Properties of Hadoop's file systems, for paths that are not local. */
final class StorageOptions {
  @Option(
      names = "--storage",
      paramLabel = "KEY=VALUE",
      description =
          "Property of Hadoop's file systems, e.g. fs.s3a.endpoint=http://localhost:9000.")
  private Map<String, String> properties = new TreeMap<>();

  Map<String, String> properties() {
    return properties;
  }
}
