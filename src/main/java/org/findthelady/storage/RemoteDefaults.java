package org.findthelady.storage;

import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/**
 * The Hadoop configuration with our own defaults. A store on S3 that answers 503 for ever fails
 * within seconds instead of minutes. An HDFS with one namenode is given up at once by Hadoop's own
 * default; here it is asked again for half a minute, as long as a lock lasts: ten times after a
 * second, ten times after two. A value set in a configuration file or by the caller wins over ours.
 * Timeouts of connections are plain milliseconds: Hadoop 3.3 knows no units there.
 */
final class RemoteDefaults {
  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("dfs.client.retry.policy.enabled", "true"),
          Map.entry("dfs.client.retry.policy.spec", "1000,10,2000,10"),
          Map.entry("fs.s3a.attempts.maximum", "3"),
          Map.entry("fs.s3a.retry.limit", "3"),
          Map.entry("fs.s3a.retry.interval", "200ms"),
          Map.entry("fs.s3a.retry.throttle.limit", "3"),
          Map.entry("fs.s3a.retry.throttle.interval", "200ms"),
          Map.entry("fs.s3a.retry.http.5xx.errors", "true"),
          Map.entry("fs.s3a.connection.establish.timeout", "5000"),
          Map.entry("fs.s3a.connection.acquisition.timeout", "30s"),
          Map.entry("fs.s3a.connection.timeout", "30000"),
          Map.entry("fs.s3a.connection.request.timeout", "60s"),
          Map.entry("fs.s3a.connection.maximum", "64"));

  private static final Set<String> SHIPPED = Set.of("core-default.xml", "hdfs-default.xml");

  private RemoteDefaults() {}

  static Configuration configuration(Map<String, String> properties) {
    Configuration configuration = new Configuration();
    DEFAULTS.forEach(
        (key, value) -> {
          if (isShippedDefault(configuration.getPropertySources(key))) {
            configuration.set(key, value);
          }
        });
    properties.forEach(configuration::set);
    return configuration;
  }

  private static boolean isShippedDefault(String[] sources) {
    return sources == null || sources.length == 0 || SHIPPED.contains(sources[sources.length - 1]);
  }
}
