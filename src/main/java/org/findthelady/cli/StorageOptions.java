package org.findthelady.cli;

import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Properties of Hadoop's file systems, for paths that are not local. */
final class StorageOptions {
  /** spark-submit sets its settings as properties of the JVM, before anything starts Spark. */
  private static final String SUBMITTED = "spark.hadoop.";

  @Option(
      names = "--storage",
      paramLabel = "KEY=VALUE",
      description =
          "Property of Hadoop's file systems, e.g. fs.s3a.endpoint=http://localhost:9000.")
  private Map<String, String> properties = new TreeMap<>();

  /** Those of spark-submit ({@code --conf spark.hadoop.KEY=VALUE}) and ours, which win. */
  Map<String, String> properties() {
    Map<String, String> all = new TreeMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith(SUBMITTED)) {
        all.put(name.substring(SUBMITTED.length()), System.getProperty(name));
      }
    }
    all.putAll(properties);
    return all;
  }
}
