package org.findthelady.checkpoint.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;

/** Wherever a model says that its data lies: nothing outside its folder is read or written. */
class ExternalDataFuzzTest {
  private static final String FOLDER = "/in/";

  @FuzzTest(maxDuration = "10m")
  void staysInTheFolder(FuzzedDataProvider data) throws IOException {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    for (int count = data.consumeInt(1, 3); count > 0; count--) {
      graph.addInitializer(tensor(data, "w" + count));
    }
    byte[] model = ModelProto.newBuilder().setIrVersion(8).setGraph(graph).build().toByteArray();
    MemoryStore store = new MemoryStore();
    store.put("/in/w.bin", new byte[96]);
    store.put("/in/data/w.bin", new byte[17]);
    store.put("/w.bin", new byte[96]);
    store.put("w.bin", new byte[96]);
    FileInfo file = store.put("/in/model.onnx", model);
    OnnxFormat format = new OnnxFormat();
    try {
      Checkpoint checkpoint = format.read(store, file);
      try (TensorReader reader = format.reader(store, checkpoint)) {
        for (TensorInfo tensor : checkpoint.tensors()) {
          reader.readAll(tensor);
        }
        format.write(store, checkpoint, reader, Map.of(), "/out/m/model.onnx");
      }
    } catch (CheckpointException e) {
      // A reason is an answer.
    }
    for (String opened : store.opened()) {
      if (!opened.startsWith(FOLDER) || opened.contains("..")) {
        throw new AssertionError("read from " + opened);
      }
    }
    for (String created : store.created()) {
      if (!created.startsWith("/out/m/") || created.contains("..")) {
        throw new AssertionError("wrote to " + created);
      }
    }
  }

  private static TensorProto tensor(FuzzedDataProvider data, String name) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(data.consumeInt(0, 24))
            .setDataLocation(DataLocation.EXTERNAL);
    for (int axes = data.consumeInt(0, 3); axes > 0; axes--) {
      tensor.addDims(data.consumeBoolean() ? data.consumeInt(0, 24) : data.consumeLong());
    }
    for (int entries = data.consumeInt(0, 4); entries > 0; entries--) {
      String key = data.pickValue(new String[] {"location", "offset", "length", "checksum"});
      boolean number = !key.equals("location") && data.consumeBoolean();
      String value = number ? Integer.toString(data.consumeInt(-1, 120)) : data.consumeString(40);
      tensor.addExternalData(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
    }
    return tensor.build();
  }
}
