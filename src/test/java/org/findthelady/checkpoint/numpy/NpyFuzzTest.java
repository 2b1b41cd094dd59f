package org.findthelady.checkpoint.numpy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.findthelady.checkpoint.ParserFuzz;

class NpyFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] bytes) {
    ParserFuzz.check(new NumpyFormat(), "/in/model.npy", bytes);
  }
}
