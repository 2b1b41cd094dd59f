package org.findthelady.checkpoint.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.DecodingReader;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Layout;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/**
 * The tensors of a model whose elements are numbers in typed fields, not one range of bytes.
 *
 * @param messageBytes length of the tensor's message, by name; it begins at the tensor's offset
 */
record TypedTensors(Map<String, Long> messageBytes) implements Layout {
  TypedTensors {
    messageBytes = Map.copyOf(messageBytes);
  }

  /** Those of a checkpoint of this format. */
  static TypedTensors of(Checkpoint checkpoint) {
    return checkpoint
        .encoding()
        .layout(TypedTensors.class)
        .orElseThrow(() -> new IllegalArgumentException("no checkpoint of an ONNX model"));
  }

  /** Reads all tensors of a checkpoint. */
  static TensorReader reader(Store store, Checkpoint checkpoint) {
    Map<String, Long> lengths = of(checkpoint).messageBytes();
    return new DecodingReader(
        store,
        checkpoint,
        lengths.keySet(),
        tensor ->
            decode(
                store, checkpoint.files().get(tensor.file()), tensor, lengths.get(tensor.name())));
  }

  boolean contains(TensorInfo tensor) {
    return messageBytes.containsKey(tensor.name());
  }

  /** Bytes that a tensor takes in its file. */
  long stored(TensorInfo tensor) {
    return messageBytes.getOrDefault(tensor.name(), tensor.length());
  }

  private static byte[] decode(Store store, FileInfo file, TensorInfo tensor, long length)
      throws IOException {
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
}
