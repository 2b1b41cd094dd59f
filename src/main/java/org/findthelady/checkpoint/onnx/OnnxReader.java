package org.findthelady.checkpoint.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.PackedReader;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/** Reads tensors from their ranges; those in typed fields are decoded, the last one is kept. */
final class OnnxReader implements TensorReader {
  private final Store store;
  private final Checkpoint checkpoint;
  private final PackedReader packed;
  private String decodedName;
  private byte[] decoded;

  OnnxReader(Store store, Checkpoint checkpoint) {
    this.store = store;
    this.checkpoint = checkpoint;
    this.packed = new PackedReader(store, checkpoint);
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    String typed = checkpoint.attributes().get(OnnxFormat.TYPED + tensor.name());
    if (typed == null) {
      packed.read(tensor, firstByte, target);
      return;
    }
    if (!tensor.name().equals(decodedName)) {
      decoded = decode(tensor, Long.parseLong(typed));
      decodedName = tensor.name();
    }
    target.put(decoded, Math.toIntExact(firstByte), target.remaining());
  }

  private byte[] decode(TensorInfo tensor, long length) throws IOException {
    FileInfo file = checkpoint.files().get(tensor.file());
    TensorProto message;
    try (SeekableInput input = store.open(file)) {
      message = ModelScan.tensor(input, tensor.offset(), length);
    }
    return packed(tensor, message, file.path());
  }

  /** The packed bytes of a message's typed fields (TensorProto, onnx.proto). */
  static byte[] packed(TensorInfo tensor, TensorProto message, String file) {
    DType dtype = tensor.dtype();
    int perElement = dtype == DType.C64 || dtype == DType.C128 ? 2 : 1;
    long elements = Math.multiplyExact(tensor.shape().elements(), perElement);
    int width = dtype.blockBytes() / perElement;
    int count = count(message, dtype);
    if (count != elements) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "Tensor '%s' in %s: shape %s has %d numbers, %d are given"
              .formatted(tensor.name(), file, tensor.shape(), elements, count));
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (dtype) {
        case F32, C64 -> bytes.putFloat(message.getFloatData(i));
        case F64, C128 -> bytes.putDouble(message.getDoubleData(i));
        case I64 -> bytes.putLong(message.getInt64Data(i));
        case U64 -> bytes.putLong(message.getUint64Data(i));
        case U32 -> bytes.putInt((int) message.getUint64Data(i));
        case I32 -> bytes.putInt(message.getInt32Data(i));
        case I16, U16, F16, BF16 -> bytes.putShort((short) message.getInt32Data(i));
        default -> bytes.put((byte) message.getInt32Data(i));
      }
    }
    return bytes.array();
  }

  private static int count(TensorProto message, DType dtype) {
    return switch (dtype) {
      case F32, C64 -> message.getFloatDataCount();
      case F64, C128 -> message.getDoubleDataCount();
      case I64 -> message.getInt64DataCount();
      case U64, U32 -> message.getUint64DataCount();
      default -> message.getInt32DataCount();
    };
  }

  @Override
  public int gapBytes() {
    return packed.gapBytes();
  }

  @Override
  public void close() throws IOException {
    packed.close();
  }
}
