package org.findthelady.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LocationTest {
  private static String of(String given) {
    return Location.of(given).path();
  }

  @Test
  void makesLocalPathsAbsolute() {
    assertThat(of("a/../b/")).isEqualTo(Path.of("b").toAbsolutePath().toString());
    assertThat(of("/a//b/./c/")).isEqualTo("/a/b/c");
    assertThat(of("/")).isEqualTo("/");
    assertThat(of("file:/a/b")).isEqualTo("/a/b");
    assertThat(of("file:///a/b/")).isEqualTo("/a/b");
    assertThat(of("file://host/a")).isEqualTo("/a");
    assertThatThrownBy(() -> of("a\0b")).isInstanceOf(UserException.class);
  }

  @Test
  void takesANameWithAColonForLocal() {
    assertThat(Location.of("model:v2").isLocal()).isTrue();
    assertThat(of("model:v2")).isEqualTo(Path.of("model:v2").toAbsolutePath().toString());
    assertThat(Location.of("/models").resolve("model:v2").path()).isEqualTo("/models/model:v2");
    assertThat(Location.of("/models").scheme()).isEqualTo("file");
  }

  @Test
  void leavesRemotePathsAsTheyAre() {
    assertThat(of("s3a://bucket/a/../b//")).isEqualTo("s3a://bucket/a/../b");
    assertThat(of("s3a://bucket/")).isEqualTo("s3a://bucket");
    assertThat(Location.of("HDFS://n:8020/x").scheme()).isEqualTo("hdfs");
    assertThat(Location.of("hdfs://n:8020/x").isLocal()).isFalse();
  }

  @Test
  void knowsParentAndName() {
    assertThat(Location.of("/a/b").parent().path()).isEqualTo("/a");
    assertThat(Location.of("/a").parent().path()).isEqualTo("/");
    assertThat(Location.of("/").parent().path()).isEqualTo("/");
    assertThat(Location.of("s3a://bucket/a").parent().path()).isEqualTo("s3a://bucket");
    assertThat(Location.of("s3a://bucket").parent().path()).isEqualTo("s3a://bucket");
    assertThat(Location.of("s3a://bucket/a/b").name()).isEqualTo("b");
  }

  @Test
  void resolvesBelowAFolderUnlessAbsolute() {
    Location folder = Location.of("s3a://bucket/jobs");
    assertThat(folder.resolve("m/a").path()).isEqualTo("s3a://bucket/jobs/m/a");
    assertThat(folder.resolve("/a").path()).isEqualTo("/a");
    assertThat(folder.resolve("hdfs://n/a").path()).isEqualTo("hdfs://n/a");
    assertThat(Location.of("/jobs").resolve("../m").path()).isEqualTo("/m");
    assertThat(Location.of("/jobs").resolve("models/*.pt").path()).isEqualTo("/jobs/models/*.pt");
  }

  @Test
  void tellsWhatLiesInside() {
    assertThat(Location.of("/a/b").isInside(Location.of("/a"))).isTrue();
    assertThat(Location.of("/a").isInside(Location.of("/a/"))).isTrue();
    assertThat(Location.of("/ab").isInside(Location.of("/a"))).isFalse();
    assertThat(Location.of("/a").isInside(Location.of("/"))).isTrue();
    assertThat(Location.of("s3a://b/m/x").isInside(Location.of("s3a://b/m"))).isTrue();
    assertThat(Location.of("s3a://b").isInside(Location.of("s3a://b/m"))).isFalse();
  }
}
