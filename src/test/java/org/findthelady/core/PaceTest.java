package org.findthelady.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final AtomicLong clock = new AtomicLong(-5);

  @Test
  void speaksSeldomAndForeseesTheRest() {
    Pace pace = new Pace(200, clock::get);
    clock.addAndGet(Pace.QUIET_NANOS - 1);
    assertThat(pace.tell(10)).isEmpty();
    clock.addAndGet(1);
    assertThat(pace.tell(20)).contains("10 % done, about 1 min 30 s left");
    assertThat(pace.tell(21)).isEmpty();
    clock.addAndGet(Pace.QUIET_NANOS);
    assertThat(pace.tell(0)).isEmpty();
    assertThat(pace.tell(200)).isEmpty();
    assertThat(pace.tell(100)).contains("50 % done, about 20 s left");
  }

  @Test
  void saysSecondsAsPeopleDo() {
    assertThat(Pace.words(0.4)).isEqualTo("0 s");
    assertThat(Pace.words(59.6)).isEqualTo("1 min 0 s");
    assertThat(Pace.words(11_130)).isEqualTo("3 h 5 min");
  }
}
