package org.findthelady.structure.derive;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.onnx.OnnxFormat;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/** Whatever a graph says, tracing it ends with a structure that can move tensors, or a reason. */
class TracerFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void tracesOrRefuses(byte[] bytes) throws IOException {
    MemoryStore store = new MemoryStore();
    FileInfo file = store.put("/in/model.onnx", bytes);
    try {
      Checkpoint checkpoint = new OnnxFormat().read(store, file);
      Structure structure = new OnnxTracer().trace(OnnxModel.read(store, file)).structure();
      GroupPermutations shuffled = GroupPermutations.random(structure, 1);
      for (TensorInfo tensor : checkpoint.tensors()) {
        if (!structure.axes(tensor.name()).isEmpty()) {
          structure.move(tensor.name(), shuffled);
        }
      }
    } catch (CheckpointException e) {
      // A reason is an answer.
    }
  }
}
