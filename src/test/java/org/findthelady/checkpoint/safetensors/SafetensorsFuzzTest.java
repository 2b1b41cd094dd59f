package org.findthelady.checkpoint.safetensors;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.findthelady.checkpoint.ParserFuzz;

class SafetensorsFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] bytes) {
    ParserFuzz.check(new SafetensorsFormat(), "/in/model.safetensors", bytes);
  }
}
