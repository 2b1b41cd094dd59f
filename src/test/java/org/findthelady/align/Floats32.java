package org.findthelady.align;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Encoding;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/** A checkpoint in memory. */
final class Floats32 {
  private final String format;
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, byte[]> bytes = new LinkedHashMap<>();
  private final Map<String, Quantisation> quantisations = new LinkedHashMap<>();
  private final Map<String, List<String>> scaleTensors = new LinkedHashMap<>();
  private long offset;

  Floats32(String format) {
    this.format = format;
  }

  Floats32 add(String name, float[] values, long... shape) {
    ByteBuffer packed = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    packed.asFloatBuffer().put(values);
    return add(name, DType.F32, packed.array(), shape);
  }

  Floats32 add(String name, DType type, byte[] packed, long... shape) {
    tensors.add(
        new TensorInfo(name, type, Shape.of(shape), 0, offset, type.bytes(Shape.of(shape))));
    bytes.put(name, packed);
    offset += packed.length;
    return this;
  }

  /** Says what the integers of a tensor stand for, and which tensors hold their scales. */
  Floats32 quantised(String name, Quantisation quantisation, String... scales) {
    quantisations.put(name, quantisation);
    scaleTensors.put(name, List.of(scales));
    return this;
  }

  Checkpoint checkpoint() {
    Encoding encoding = Encoding.PLAIN.with(quantisations, scaleTensors);
    FileInfo file = new FileInfo("/" + format, offset, 0, false);
    return new Checkpoint(file, format, List.of(file), tensors, Map.of(), List.of(), encoding);
  }

  Side side() {
    return new Side(checkpoint(), null, reader());
  }

  TensorReader reader() {
    return new TensorReader() {
      @Override
      public void read(TensorInfo tensor, long firstByte, ByteBuffer target) {
        target.put(bytes.get(tensor.name()), (int) firstByte, target.remaining());
      }

      @Override
      public void close() {}
    };
  }
}
