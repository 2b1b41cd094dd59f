package org.findthelady.checkpoint.pytorch;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode, also ones that no pickler would write. */
final class PickleBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A pickle that starts with its protocol. */
  static PickleBytes protocol(int version) {
    return new PickleBytes().raw(0x80, version);
  }

  PickleBytes raw(int... bytes) {
    for (int value : bytes) {
      out.write(value);
    }
    return this;
  }

  PickleBytes op(char opcode) {
    return raw(opcode);
  }

  PickleBytes ascii(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  PickleBytes bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  PickleBytes text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return op('X').bytes(little(4, utf8.length)).bytes(utf8);
  }

  PickleBytes integer(long value) {
    if (value >= 0 && value < 256) {
      return raw('K', (int) value);
    }
    if (value == (int) value) {
      return op('J').bytes(little(4, value));
    }
    return raw(0x8a, 8).bytes(little(8, value));
  }

  PickleBytes bigInteger(BigInteger value) {
    byte[] big = value.toByteArray();
    raw(0x8a, big.length);
    for (int i = big.length - 1; i >= 0; i--) {
      raw(big[i]);
    }
    return this;
  }

  PickleBytes global(String module, String name) {
    return op('c').ascii(module + "\n" + name + "\n");
  }

  /** A tuple of integers. */
  PickleBytes integers(long... values) {
    op('(');
    for (long value : values) {
      integer(value);
    }
    return op('t');
  }

  byte[] stop() {
    return op('.').out.toByteArray();
  }

  byte[] unfinished() {
    return out.toByteArray();
  }

  static byte[] little(int width, long value) {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return java.util.Arrays.copyOf(bytes, width);
  }
}
