package org.findthelady.structure.keras;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Whatever a configuration says, it ends with a structure that can move tensors, or a reason. */
class KerasGraphFuzzTest {
  private static final Map<String, Shape> TENSORS = tensors();

  private static Map<String, Shape> tensors() {
    Map<String, Shape> tensors = new LinkedHashMap<>();
    tensors.put("a/a/kernel:0", Shape.of(3, 3, 2, 4));
    tensors.put("a/a/bias:0", Shape.of(4));
    tensors.put("b/b/depthwise_kernel:0", Shape.of(3, 3, 4, 2));
    tensors.put("c/c/gamma:0", Shape.of(8));
    tensors.put("c/c/moving_mean:0", Shape.of(8));
    tensors.put("c/c/moving_variance:0", Shape.of(8));
    tensors.put("d/d/kernel:0", Shape.of(8, 3));
    return tensors;
  }

  @FuzzTest(maxDuration = "10m")
  void drawsOrRefuses(byte[] configuration) {
    try {
      String text = new String(configuration, StandardCharsets.UTF_8);
      Structure structure = KerasGraph.of("model.h5", text, TENSORS).trace().structure();
      GroupPermutations shuffled = GroupPermutations.random(structure, 1);
      structure.axes().keySet().forEach(tensor -> structure.move(tensor, shuffled));
    } catch (UserException e) {
      // A reason is an answer.
    }
  }
}
