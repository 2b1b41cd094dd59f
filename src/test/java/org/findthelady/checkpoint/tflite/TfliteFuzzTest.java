package org.findthelady.checkpoint.tflite;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.findthelady.checkpoint.ParserFuzz;

class TfliteFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] bytes) {
    ParserFuzz.check(new TfliteFormat(), "/in/model.tflite", bytes);
  }
}
