package org.findthelady.checkpoint.numpy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;

/**
 * The header of one npy array.
 *
 * @param bytes where the elements begin, counted from the start of the array's file
 * @param dtype element type, or null for texts and other things that are no tensor
 * @param bigEndian whether elements have their bytes in the other order
 * @param fortran whether the first axis is the fastest in the file
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">The
 *     format</a>
 */
record NpyHeader(int bytes, DType dtype, boolean bigEndian, boolean fortran, Shape shape) {
  /** Length of magic, version and the longest length field. */
  static final int PREFIX_BYTES = 12;

  /** Longer headers are refused; NumPy itself reads 10,000 bytes unless told otherwise. */
  static final int MOST_BYTES = 1 << 20;

  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("f8", DType.F64),
          Map.entry("f4", DType.F32),
          Map.entry("f2", DType.F16),
          Map.entry("i8", DType.I64),
          Map.entry("i4", DType.I32),
          Map.entry("i2", DType.I16),
          Map.entry("i1", DType.I8),
          Map.entry("u8", DType.U64),
          Map.entry("u4", DType.U32),
          Map.entry("u2", DType.U16),
          Map.entry("u1", DType.U8),
          Map.entry("b1", DType.BOOL),
          Map.entry("c8", DType.C64));

  /**
   * How many bytes magic, version, length field and text take together.
   *
   * @param prefix the first {@link #PREFIX_BYTES} bytes, or all if there are fewer
   */
  static int length(String where, byte[] prefix) {
    if (prefix.length < PREFIX_BYTES) {
      throw new CheckpointException(
          Reason.TRUNCATED, "%s: %d bytes, an npy header has more".formatted(where, prefix.length));
    }
    ByteBuffer bytes = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN);
    boolean magic = new String(prefix, 0, 6, StandardCharsets.ISO_8859_1).equals("\u0093NUMPY");
    int version = prefix[6];
    if (!magic || version < 1 || version > 3 || prefix[7] != 0) {
      throw new CheckpointException(
          magic ? Reason.UNSUPPORTED : Reason.MALFORMED,
          magic
              ? "%s: npy version %d.%d".formatted(where, version, prefix[7])
              : where + ": no npy magic");
    }
    long text = version == 1 ? bytes.getShort(8) & 0xffff : bytes.getInt(8) & 0xffffffffL;
    if (text > MOST_BYTES) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: npy header of %d bytes, at most %d are read".formatted(where, text, MOST_BYTES));
    }
    return (int) text + (version == 1 ? 10 : 12);
  }

  /**
   * Reads a header.
   *
   * @param header as many bytes as {@link #length} says
   */
  static NpyHeader parse(String where, byte[] header) {
    int start = header[6] == 1 ? 10 : 12;
    String text =
        new String(
            header,
            start,
            header.length - start,
            header[6] == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    NpyLiteral literal = NpyLiteral.parse(where, text);
    String descr = literal.descr();
    if (descr == null) {
      throw new CheckpointException(
          Reason.UNSUPPORTED, where + ": an array of structures is no tensor");
    }
    if (descr.contains("O")) {
      throw new CheckpointException(
          Reason.UNSAFE,
          "%s: elements of type '%s' are Python objects, which are never unpickled"
              .formatted(where, descr));
    }
    if (!descr.matches("[<>|][a-zA-Z][0-9]{1,9}")) {
      throw new CheckpointException(
          Reason.MALFORMED, "%s: element type '%s'".formatted(where, descr));
    }
    return new NpyHeader(
        header.length,
        TYPES.get(descr.substring(1)),
        descr.charAt(0) == '>',
        literal.fortran(),
        Shape.of(literal.shape()));
  }

  /** Whether the elements lie as a tensor reader gives them. */
  boolean packed() {
    boolean oneByte = dtype.blockBytes() == 1;
    long moving = java.util.stream.LongStream.of(shape.toArray()).filter(n -> n > 1).count();
    return (!bigEndian || oneByte) && (!fortran || moving < 2);
  }
}
