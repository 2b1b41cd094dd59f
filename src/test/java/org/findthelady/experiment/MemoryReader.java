package org.findthelady.experiment;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/** A checkpoint in memory. */
public final class MemoryReader implements TensorReader {
  private final Map<String, byte[]> bytes = new LinkedHashMap<>();
  private final List<TensorInfo> tensors = new ArrayList<>();
  public int reads;

  public MemoryReader with(String name, DType dtype, Shape shape, float... values) {
    byte[] packed = new byte[(int) dtype.bytes(shape)];
    Floats.encode(dtype, values, 0, values.length, ByteBuffer.wrap(packed));
    return with(name, dtype, shape, packed);
  }

  public MemoryReader with(String name, DType dtype, Shape shape, byte[] packed) {
    bytes.put(name, packed);
    tensors.add(new TensorInfo(name, dtype, shape, 0, 0, packed.length));
    return this;
  }

  public Checkpoint checkpoint() {
    FileInfo file = new FileInfo("memory", 0, 0, false);
    return new Checkpoint(file, "memory", List.of(file), tensors, Map.of(), List.of());
  }

  public byte[] bytes(String name) {
    return bytes.get(name);
  }

  public TensorInfo info(String name) {
    return checkpoint().tensor(name).orElseThrow();
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) {
    reads++;
    target.put(bytes.get(tensor.name()), (int) firstByte, target.remaining());
  }

  @Override
  public void close() {}
}
