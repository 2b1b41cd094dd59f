package org.findthelady.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.junit.jupiter.api.Test;

class RemoteDefaultsTest {
  /** S3A of Hadoop 3.3, which Spark 3.5 brings, reads them with getInt. */
  @Test
  void timeoutsOfConnectionsAreMillisecondsWithoutAUnit() {
    Configuration configuration = RemoteDefaults.configuration(Map.of());
    assertThat(configuration.getInt("fs.s3a.connection.establish.timeout", 0)).isEqualTo(5000);
    assertThat(configuration.getInt("fs.s3a.connection.timeout", 0)).isEqualTo(30_000);
  }

  /** Hadoop's own default, loaded or not, is to give up at once. */
  @Test
  void aNamenodeIsWaitedFor() {
    new HdfsConfiguration();
    Configuration configuration = RemoteDefaults.configuration(Map.of());
    assertThat(configuration.getBoolean("dfs.client.retry.policy.enabled", false)).isTrue();
    assertThat(configuration.get("dfs.client.retry.policy.spec")).isEqualTo("1000,10,2000,10");
  }

  @Test
  void aValueOfTheCallerWins() {
    Configuration configuration =
        RemoteDefaults.configuration(Map.of("fs.s3a.connection.timeout", "1000"));
    assertThat(configuration.getInt("fs.s3a.connection.timeout", 0)).isEqualTo(1000);
  }
}
