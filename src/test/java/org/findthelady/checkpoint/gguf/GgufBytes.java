package org.findthelady.checkpoint.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds GGUF files field by field; nothing is checked. */
public final class GgufBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  public static GgufBytes file(int version, long tensors, long values) {
    return new GgufBytes().bytes("GGUF").i32(version).i64(tensors).i64(values);
  }

  /** The same in big-endian order. */
  public static GgufBytes bigEndian(int version, long tensors, long values) {
    GgufBytes file = new GgufBytes().bytes("GGUF");
    file.order = ByteOrder.BIG_ENDIAN;
    return file.i32(version).i64(tensors).i64(values);
  }

  public GgufBytes u16Value(String key, int value) {
    return text(key)
        .i32(2)
        .bytes(ByteBuffer.allocate(2).order(order).putShort((short) value).array());
  }

  public GgufBytes i32Value(String key, int value) {
    return text(key).i32(5).i32(value);
  }

  public GgufBytes bytes(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public GgufBytes bytes(byte... bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public GgufBytes i32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(order).putInt(value).array());
    return this;
  }

  public GgufBytes i64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(order).putLong(value).array());
    return this;
  }

  public GgufBytes text(String text) {
    return i64(text.getBytes(StandardCharsets.UTF_8).length).bytes(text);
  }

  public GgufBytes textValue(String key, String value) {
    return text(key).i32(8).text(value);
  }

  public GgufBytes u32Value(String key, int value) {
    return text(key).i32(4).i32(value);
  }

  /** Axes fastest first, as the file has them. */
  public GgufBytes tensor(String name, int type, long offset, long... axes) {
    text(name).i32(axes.length);
    for (long axis : axes) {
      i64(axis);
    }
    return i32(type).i64(offset);
  }

  public GgufBytes align(int alignment) {
    while (out.size() % alignment != 0) {
      out.write(0);
    }
    return this;
  }

  public byte[] done() {
    return out.toByteArray();
  }
}
