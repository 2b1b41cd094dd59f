package org.findthelady.checkpoint.gguf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.findthelady.checkpoint.ParserFuzz;

class GgufFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] bytes) {
    ParserFuzz.check(new GgufFormat(), "/in/model.gguf", bytes);
  }
}
