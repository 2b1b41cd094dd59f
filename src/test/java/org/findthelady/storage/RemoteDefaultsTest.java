package org.findthelady.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class RemoteDefaultsTest {
  /** S3A of Hadoop 3.3, which Spark 3.5 brings, reads them with getInt. */
  @Test
  void timeoutsOfConnectionsAreMillisecondsWithoutAUnit() {
    Configuration configuration = RemoteDefaults.configuration(Map.of());
    assertThat(configuration.getInt("fs.s3a.connection.establish.timeout", 0)).isEqualTo(5000);
    assertThat(configuration.getInt("fs.s3a.connection.timeout", 0)).isEqualTo(30_000);
  }

  @Test
  void aValueOfTheCallerWins() {
    Configuration configuration =
        RemoteDefaults.configuration(Map.of("fs.s3a.connection.timeout", "1000"));
    assertThat(configuration.getInt("fs.s3a.connection.timeout", 0)).isEqualTo(1000);
  }
}
