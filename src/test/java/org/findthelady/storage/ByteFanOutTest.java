package org.findthelady.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ByteFanOutTest {
  private static final int LARGE = 4 << 20;

  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void givesEveryConsumerAllBytesInOrder() throws Exception {
    byte[] all = bytes();
    for (int length : new int[] {0, 1, LARGE - 1, LARGE, all.length}) {
      ByteArrayOutputStream one = new ByteArrayOutputStream();
      ByteArrayOutputStream other = new ByteArrayOutputStream();
      try (ByteFanOut relay = new ByteFanOut(one::write, other::write)) {
        put(relay, all, length);
        relay.finish();
      }
      assertThat(one.toByteArray()).isEqualTo(Arrays.copyOf(all, length));
      assertThat(other.toByteArray()).isEqualTo(one.toByteArray());
    }
  }

  @Test
  void tellsWhereAConsumerFailed() {
    for (int most : new int[] {0, LARGE, 6 << 20, bytes().length - 1}) {
      long[] seen = new long[1];
      ByteFanOut.Consumer full =
          (source, offset, count) -> {
            seen[0] += count;
            if (seen[0] > most) {
              throw new IOException("disk full");
            }
          };
      try (ByteFanOut relay = new ByteFanOut((source, offset, count) -> {}, full)) {
        assertThatThrownBy(
                () -> {
                  put(relay, bytes(), bytes().length);
                  relay.finish();
                })
            .isInstanceOf(IOException.class)
            .hasMessage("disk full");
      }
    }
  }

  @Test
  void aCallerMayUseItsArrayAgain() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] array = new byte[1 << 20];
    try (ByteFanOut relay = new ByteFanOut(out::write)) {
      for (int i = 0; i < 40; i++) {
        Arrays.fill(array, (byte) i);
        relay.put(array, 0, array.length);
      }
      relay.finish();
    }
    byte[] got = out.toByteArray();
    assertThat(got).hasSize(40 << 20);
    for (int at = 0; at < got.length; at += 4099) {
      assertThat(got[at]).isEqualTo((byte) (at >> 20));
    }
  }

  private void put(ByteFanOut relay, byte[] all, int length) throws IOException {
    for (int at = 0; at < length; ) {
      int part = Math.min(length - at, 1 + random.nextInt(3 << 20));
      relay.put(all, at, part);
      at += part;
    }
  }

  private static byte[] bytes() {
    byte[] all = new byte[11 << 20];
    new SplittableRandom(2).nextBytes(all);
    return all;
  }
}
