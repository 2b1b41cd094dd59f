package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackgroundDigestTest {
  @Test
  void givesWhatOneCallGives() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    byte[] all = new byte[11 << 20];
    random.nextBytes(all);
    for (int length : new int[] {0, 1, (4 << 20) - 1, 4 << 20, all.length}) {
      MessageDigest expected = MessageDigest.getInstance("SHA-256");
      expected.update(all, 0, length);
      try (BackgroundDigest digest = new BackgroundDigest()) {
        for (int at = 0; at < length; ) {
          int part = Math.min(length - at, 1 + random.nextInt(3 << 20));
          digest.update(all, at, part);
          at += part;
        }
        assertThat(digest.finish()).isEqualTo(HexFormat.of().formatHex(expected.digest()));
      }
    }
  }
}
