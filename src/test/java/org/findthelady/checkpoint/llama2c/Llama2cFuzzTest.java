package org.findthelady.checkpoint.llama2c;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.findthelady.checkpoint.ParserFuzz;

class Llama2cFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] bytes) {
    ParserFuzz.check(new Llama2cFormat(), "/in/model.bin", bytes);
  }
}
