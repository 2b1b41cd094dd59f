package org.findthelady.checkpoint.tflite;

import com.google.flatbuffers.FlatBufferBuilder;
import java.util.ArrayList;
import java.util.List;

/** Builds TensorFlow Lite models with the flatbuffers builder: buffers, tensors, one subgraph. */
final class TfliteBytes {
  private final FlatBufferBuilder builder = new FlatBufferBuilder();
  private final List<Integer> buffers = new ArrayList<>();
  private final List<Integer> tensors = new ArrayList<>();

  TfliteBytes() {
    buffer();
  }

  /** Adds a buffer and gives its number. */
  int buffer(byte... data) {
    int vector = data.length == 0 ? 0 : builder.createByteVector(data);
    builder.startTable(3);
    if (vector != 0) {
      builder.addOffset(0, vector, 0);
    }
    buffers.add(builder.endTable());
    return buffers.size() - 1;
  }

  /** Adds a buffer that says to lie elsewhere in the file and gives its number. */
  int bufferAt(long offset, long length) {
    builder.startTable(3);
    builder.addLong(1, offset, 0);
    builder.addLong(2, length, 0);
    buffers.add(builder.endTable());
    return buffers.size() - 1;
  }

  TfliteBytes tensor(String name, int type, int buffer, int... shape) {
    return quantised(name, type, buffer, 0, shape);
  }

  TfliteBytes quantised(String name, int type, int buffer, int quantization, int... shape) {
    int text = builder.createString(name);
    builder.startVector(4, shape.length, 4);
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      builder.addInt(shape[axis]);
    }
    int lengths = builder.endVector();
    builder.startTable(10);
    builder.addOffset(0, lengths, 0);
    builder.addByte(1, (byte) type, 0);
    builder.addInt(2, buffer, 0);
    builder.addOffset(3, text, 0);
    if (quantization != 0) {
      builder.addOffset(4, quantization, 0);
    }
    tensors.add(builder.endTable());
    return this;
  }

  int quantization(int axis, float[] scales, long[] zeroPoints) {
    builder.startVector(4, scales.length, 4);
    for (int i = scales.length - 1; i >= 0; i--) {
      builder.addFloat(scales[i]);
    }
    int scale = builder.endVector();
    builder.startVector(8, zeroPoints.length, 8);
    for (int i = zeroPoints.length - 1; i >= 0; i--) {
      builder.addLong(zeroPoints[i]);
    }
    int zeroPoint = builder.endVector();
    builder.startTable(7);
    builder.addOffset(2, scale, 0);
    builder.addOffset(3, zeroPoint, 0);
    builder.addInt(6, axis, 0);
    return builder.endTable();
  }

  byte[] done() {
    int tensorVector = offsets(tensors);
    builder.startTable(5);
    builder.addOffset(0, tensorVector, 0);
    int subgraph = builder.endTable();
    int subgraphVector = offsets(List.of(subgraph));
    int bufferVector = offsets(buffers);
    builder.startTable(8);
    builder.addInt(0, 3, 0);
    builder.addOffset(2, subgraphVector, 0);
    builder.addOffset(4, bufferVector, 0);
    builder.finish(builder.endTable(), "TFL3");
    return builder.sizedByteArray();
  }

  private int offsets(List<Integer> tables) {
    return builder.createVectorOfTables(tables.stream().mapToInt(i -> i).toArray());
  }
}
