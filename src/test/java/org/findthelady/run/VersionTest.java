package org.findthelady.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void isTheOneThatTheBuildWroteIntoItsFile() {
    assertThat(Version.CURRENT).matches("[0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?");
  }
}
