package org.findthelady.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BothTest {
  private static final long MANY = 1 << 20;

  @ParameterizedTest
  @ValueSource(longs = {1, MANY})
  void doesBothAndTellsWhatFailed(long numbers) throws IOException {
    AtomicInteger done = new AtomicInteger();
    Both.run(numbers, () -> done.addAndGet(1), () -> done.addAndGet(10));
    assertThat(done).hasValue(11);
    assertThatThrownBy(() -> Both.run(numbers, () -> done.addAndGet(1), BothTest::unreadable))
        .isInstanceOf(IOException.class)
        .hasMessage("unreadable");
    assertThatThrownBy(() -> Both.run(numbers, BothTest::unreadable, () -> done.addAndGet(10)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Both.run(numbers, () -> done.addAndGet(1), () -> Integer.parseInt("")))
        .isInstanceOf(NumberFormatException.class);
  }

  private static void unreadable() throws IOException {
    throw new IOException("unreadable");
  }
}
