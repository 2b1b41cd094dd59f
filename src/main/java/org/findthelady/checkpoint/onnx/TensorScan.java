package org.findthelady.checkpoint.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/** Reads one TensorProto by fields, noting where its data lies. */
final class TensorScan {
  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int SEGMENT = 3;
  private static final int FLOAT_DATA = 4;
  private static final int INT32_DATA = 5;
  private static final int STRING_DATA = 6;
  private static final int INT64_DATA = 7;
  private static final int RAW_DATA = 9;
  private static final int DOUBLE_DATA = 10;
  private static final int UINT64_DATA = 11;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;

  private final String where;
  private final String path;
  private final long start;
  private final long length;
  private final List<Long> dims = new ArrayList<>();
  private final List<StringStringEntryProto> external = new ArrayList<>();
  private int type;
  private boolean outside;
  private int dataField;
  private int dataPieces;
  private long dataOffset;
  private long dataLength;

  /**
   * @param start position of the message in the file
   */
  TensorScan(String file, String path, long start, long length) {
    this.where = "%s: tensor %s at byte %d".formatted(file, path, start);
    this.path = path;
    this.start = start;
    this.length = length;
  }

  /** Reads to the limit; gives the message without data of more than {@code keep} bytes. */
  ByteString read(CodedInputStream input, int keep) throws IOException {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    while (input.getBytesUntilLimit() > 0) {
      int tag = input.readTag();
      int field = WireFormat.getTagFieldNumber(tag);
      boolean delimited = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      switch (field) {
        case DIMS -> {
          if (delimited) {
            int outer = input.pushLimit(input.readRawVarint32());
            while (input.getBytesUntilLimit() > 0) {
              addDim(input.readInt64(), out);
            }
            input.popLimit(outer);
          } else {
            addDim(input.readInt64(), out);
          }
        }
        case DATA_TYPE -> {
          type = input.readInt32();
          out.writeInt32(DATA_TYPE, type);
        }
        case DATA_LOCATION -> {
          int location = input.readEnum();
          outside = location == 1;
          out.writeEnum(DATA_LOCATION, location);
        }
        case EXTERNAL_DATA -> {
          StringStringEntryProto.Builder entry = StringStringEntryProto.newBuilder();
          input.readMessage(entry, ExtensionRegistryLite.getEmptyRegistry());
          external.add(entry.build());
          out.writeMessage(EXTERNAL_DATA, entry.build());
        }
        case SEGMENT ->
            throw new CheckpointException(Reason.UNSUPPORTED, where + " is stored in segments");
        case FLOAT_DATA, INT32_DATA, STRING_DATA, INT64_DATA, RAW_DATA, DOUBLE_DATA, UINT64_DATA ->
            data(input, tag, field, delimited, keep, out);
        default -> FieldCopy.copy(input, tag, out);
      }
    }
    out.flush();
    return bytes.toByteString();
  }

  private void addDim(long dim, CodedOutputStream out) throws IOException {
    if (dim < 0) {
      throw new CheckpointException(Reason.MALFORMED, where + " has an axis of length " + dim);
    }
    dims.add(dim);
    out.writeInt64(DIMS, dim);
  }

  private void data(
      CodedInputStream input,
      int tag,
      int field,
      boolean delimited,
      int keep,
      CodedOutputStream out)
      throws IOException {
    if ((dataField != 0 && dataField != field) || (field == RAW_DATA && dataPieces > 0)) {
      throw new CheckpointException(
          Reason.UNSAFE, where + " has its data twice, in fields " + dataField + " and " + field);
    }
    dataField = field;
    dataPieces++;
    if (!delimited || field == STRING_DATA) {
      dataPieces++;
      FieldCopy.copy(input, tag, out);
      return;
    }
    int count = input.readRawVarint32();
    if (count < 0 || count > input.getBytesUntilLimit()) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "%s declares %d bytes of data, %d are left"
              .formatted(where, Integer.toUnsignedLong(count), input.getBytesUntilLimit()));
    }
    dataOffset = input.getTotalBytesRead();
    dataLength = count;
    if (count > keep) {
      input.skipRawBytes(count);
    } else {
      out.writeByteArray(field, input.readRawBytes(count));
    }
  }

  StoredTensor found() {
    long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
    if (outside) {
      if (dataField != 0) {
        throw new CheckpointException(Reason.UNSAFE, where + " has data inside and outside");
      }
      return new StoredTensor(
          path, shape, type, StoredTensor.Encoding.EXTERNAL, start, length, external());
    }
    boolean plain =
        dataPieces == 0
            || (dataPieces == 1
                && (dataField == RAW_DATA || dataField == FLOAT_DATA || dataField == DOUBLE_DATA));
    return plain
        ? new StoredTensor(
            path, shape, type, StoredTensor.Encoding.PLAIN, dataOffset, dataLength, null)
        : new StoredTensor(path, shape, type, StoredTensor.Encoding.TYPED, start, length, null);
  }

  private StoredTensor.External external() {
    String location = null;
    long offset = 0;
    long bytes = -1;
    for (StringStringEntryProto entry : external) {
      switch (entry.getKey()) {
        case "location" -> {
          if (location != null) {
            throw new CheckpointException(Reason.UNSAFE, where + " has two locations");
          }
          location = entry.getValue();
        }
        case "offset" -> offset = number(entry);
        case "length" -> bytes = number(entry);
        default -> {}
      }
    }
    if (location == null) {
      throw new CheckpointException(
          Reason.MALFORMED, where + " lies outside, but no location is given");
    }
    return new StoredTensor.External(location, offset, bytes);
  }

  private long number(StringStringEntryProto entry) {
    try {
      long value = Long.parseLong(entry.getValue());
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      // Refused below, like a negative one.
    }
    throw new CheckpointException(
        Reason.MALFORMED,
        where + ": external " + entry.getKey() + " is '" + entry.getValue() + "'");
  }
}
