package org.findthelady.experiment;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import org.findthelady.core.Shape;
import org.findthelady.structure.prove.OnnxRuntime;

/**
 * Runs an ONNX graph with one input and logits as its first output, in ONNX Runtime on one core.
 */
final class Classifier {
  private Classifier() {}

  /**
   * The logits of every image, [images][classes].
   *
   * @param graph bytes of the model
   */
  static float[][] logits(byte[] graph, Dataset data) {
    OrtEnvironment environment = OnnxRuntime.environment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      try (OrtSession session = environment.createSession(graph, options);
          OnnxTensor images = OnnxTensor.createTensor(environment, batch(data), lengths(data));
          OrtSession.Result result =
              session.run(Map.of(session.getInputNames().iterator().next(), images))) {
        return (float[][]) result.get(0).getValue();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
  }

  private static FloatBuffer batch(Dataset data) {
    FloatBuffer batch =
        FloatBuffer.allocate(
            Math.toIntExact(
                Math.multiplyExact(data.image().elements(), (long) data.pixels().size())));
    data.pixels().forEach(batch::put);
    return batch.flip();
  }

  private static long[] lengths(Dataset data) {
    Shape image = data.image();
    long[] lengths = new long[image.rank() + 1];
    lengths[0] = data.pixels().size();
    for (int axis = 0; axis < image.rank(); axis++) {
      lengths[axis + 1] = image.length(axis);
    }
    return lengths;
  }
}
