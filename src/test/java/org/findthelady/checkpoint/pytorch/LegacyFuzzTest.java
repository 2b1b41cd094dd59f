package org.findthelady.checkpoint.pytorch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.findthelady.checkpoint.ParserFuzz;

class LegacyFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] bytes) {
    ParserFuzz.check(new LegacyFormat(), "/in/model.pth", bytes);
  }
}
