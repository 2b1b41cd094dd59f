package org.findthelady.checkpoint.keras;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.findthelady.checkpoint.ParserFuzz;

class KerasFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] bytes) {
    ParserFuzz.check(new KerasFormat(), "/in/model.h5", bytes);
  }
}
