package org.findthelady.checkpoint.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** Copies one protobuf field as it is. */
final class FieldCopy {
  private FieldCopy() {}

  static void copy(CodedInputStream input, int tag, CodedOutputStream out) throws IOException {
    if (WireFormat.getTagFieldNumber(tag) == 0) {
      throw new InvalidProtocolBufferException("field number 0");
    }
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> {
        out.writeUInt32NoTag(tag);
        out.writeUInt64NoTag(input.readRawVarint64());
      }
      case WireFormat.WIRETYPE_FIXED32 -> {
        out.writeUInt32NoTag(tag);
        out.writeFixed32NoTag(input.readRawLittleEndian32());
      }
      case WireFormat.WIRETYPE_FIXED64 -> {
        out.writeUInt32NoTag(tag);
        out.writeFixed64NoTag(input.readRawLittleEndian64());
      }
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
        out.writeUInt32NoTag(tag);
        out.writeBytesNoTag(input.readBytes());
      }
      default ->
          throw new InvalidProtocolBufferException(
              "wire type " + WireFormat.getTagWireType(tag) + " is not used by ONNX");
    }
  }
}
