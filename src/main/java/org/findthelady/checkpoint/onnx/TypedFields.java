package org.findthelady.checkpoint.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.RangeStream;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * Rewrites the message of a tensor whose elements are numbers in typed fields. A permutation of
 * numbers takes as many bytes as before, so the message keeps its length and its place.
 */
final class TypedFields {
  private final TensorInfo tensor;
  private final long length;
  private final String file;

  TypedFields(Checkpoint checkpoint, TensorInfo tensor) {
    this.tensor = tensor;
    this.length = TypedTensors.of(checkpoint).stored(tensor);
    this.file = checkpoint.files().get(tensor.file()).path();
  }

  void write(SeekableInput input, TensorReader bytes, Move move, OutputStream out)
      throws IOException {
    ByteArrayOutputStream moved = new ByteArrayOutputStream();
    new TensorMover().write(moved, bytes, move);
    ByteBuffer elements = ByteBuffer.wrap(moved.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    CodedOutputStream coded = CodedOutputStream.newInstance(message);
    CodedInputStream fields =
        CodedInputStream.newInstance(new RangeStream(input, tensor.offset(), length));
    while (!fields.isAtEnd()) {
      int tag = fields.readTag();
      boolean packed = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 4, 5, 7, 10, 11 -> {
          coded.writeUInt32NoTag(tag);
          if (packed) {
            run(fields, tag, elements, coded);
          } else {
            skip(fields, tag);
            put(elements, coded);
          }
        }
        default -> FieldCopy.copy(fields, tag, coded);
      }
    }
    coded.flush();
    if (message.size() != length || elements.hasRemaining()) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "Tensor '%s' in %s takes %d bytes, %d once moved"
              .formatted(tensor.name(), file, length, message.size()));
    }
    message.writeTo(out);
  }

  /** One packed run: as many numbers as it held, which must fill as many bytes. */
  private void run(CodedInputStream fields, int tag, ByteBuffer elements, CodedOutputStream coded)
      throws IOException {
    int bytes = fields.readRawVarint32();
    int outer = fields.pushLimit(bytes);
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    CodedOutputStream inner = CodedOutputStream.newInstance(run);
    while (fields.getBytesUntilLimit() > 0) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 4 -> fields.readRawLittleEndian32();
        case 10 -> fields.readRawLittleEndian64();
        default -> fields.readRawVarint64();
      }
      put(elements, inner);
    }
    fields.popLimit(outer);
    inner.flush();
    coded.writeUInt32NoTag(run.size());
    coded.writeRawBytes(run.toByteArray());
  }

  private static void skip(CodedInputStream fields, int tag) throws IOException {
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_FIXED32 -> fields.readRawLittleEndian32();
      case WireFormat.WIRETYPE_FIXED64 -> fields.readRawLittleEndian64();
      default -> fields.readRawVarint64();
    }
  }

  private void put(ByteBuffer elements, CodedOutputStream coded) throws IOException {
    switch (tensor.dtype()) {
      case F32, C64 -> coded.writeFixed32NoTag(elements.getInt());
      case F64, C128 -> coded.writeFixed64NoTag(elements.getLong());
      case I64, U64 -> coded.writeUInt64NoTag(elements.getLong());
      case U32 -> coded.writeUInt64NoTag(Integer.toUnsignedLong(elements.getInt()));
      case I32 -> coded.writeInt32NoTag(elements.getInt());
      case I16 -> coded.writeInt32NoTag(elements.getShort());
      case U16, F16, BF16 -> coded.writeInt32NoTag(elements.getShort() & 0xffff);
      case I8 -> coded.writeInt32NoTag(elements.get());
      default -> coded.writeInt32NoTag(elements.get() & 0xff);
    }
  }
}
