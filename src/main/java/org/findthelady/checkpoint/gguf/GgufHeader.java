package org.findthelady.checkpoint.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.ByteScanner;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * The header of a GGUF file, versions 2 and 3, in either byte order: magic, version, counts,
 * key-value pairs, tensor descriptions; then the tensors, each aligned.
 *
 * @param tensors with axes slowest first (the file lists them fastest first)
 * @param values scalars and short texts of the key-value section
 * @param dataEnd byte behind the last tensor
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The GGUF
 *     specification</a>
 */
record GgufHeader(List<TensorInfo> tensors, Map<String, String> values, long dataEnd) {
  static final int MAGIC = 0x46554747;

  /** Key that is among the values of a file in big-endian order. */
  static final String BIG_ENDIAN = "big-endian";

  private static final int MOST_AXES = 4;
  private static final int SHORTEST_DESCRIPTION_BYTES = 24;
  private static final String ALIGNMENT = "general.alignment";
  private static final int DEFAULT_ALIGNMENT = 32;

  private record Described(String name, DType dtype, Shape shape, long offset) {}

  static GgufHeader read(SeekableInput input) throws IOException {
    ByteScanner scanner = new ByteScanner(input);
    String location = input.location();
    if (scanner.i32() != MAGIC) {
      throw malformed(location, "does not begin with GGUF");
    }
    int version = scanner.i32();
    boolean big = version == Integer.reverseBytes(2) || version == Integer.reverseBytes(3);
    if (big) {
      scanner.bigEndian();
      version = Integer.reverseBytes(version);
    }
    if (version != 2 && version != 3) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "%s: GGUF version %d, known are 2 and 3".formatted(location, version));
    }
    long tensorCount = scanner.count("tensors", SHORTEST_DESCRIPTION_BYTES);
    long valueCount = scanner.i64();
    if (valueCount < 0) {
      throw malformed(location, Long.toUnsignedString(valueCount) + " key-value pairs");
    }
    Map<String, String> values = GgufValues.read(location, scanner, valueCount);
    if (big) {
      values.put(BIG_ENDIAN, "true");
    } else {
      values.remove(BIG_ENDIAN);
    }
    long alignment = alignment(location, values);
    List<Described> described = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < tensorCount; i++) {
      Described tensor = describe(location, scanner);
      if (!names.add(tensor.name)) {
        throw new CheckpointException(
            Reason.UNSAFE, "%s: tensor '%s' is there twice".formatted(location, tensor.name));
      }
      described.add(tensor);
    }
    return place(input, scanner.position(), alignment, described, values);
  }

  private static Described describe(String location, ByteScanner scanner) throws IOException {
    String name = scanner.text(scanner.count("bytes of a name", 1));
    int axes = scanner.i32();
    if (axes < 0 || axes > MOST_AXES) {
      throw malformed(
          location,
          "tensor '%s' has %s axes, at most %d"
              .formatted(name, Integer.toUnsignedString(axes), MOST_AXES));
    }
    long[] lengths = new long[axes];
    for (int axis = axes - 1; axis >= 0; axis--) {
      lengths[axis] = scanner.i64();
      if (lengths[axis] < 0) {
        throw malformed(
            location,
            "tensor '%s': axis of length %s".formatted(name, Long.toUnsignedString(lengths[axis])));
      }
    }
    int type = scanner.i32();
    DType dtype =
        GgufTypes.numbered(type)
            .orElseThrow(
                () ->
                    new CheckpointException(
                        Reason.UNSUPPORTED,
                        "%s: tensor '%s' is of the unknown type %d"
                            .formatted(location, name, type)));
    long row = axes == 0 ? 1 : lengths[axes - 1];
    if (row % dtype.blockElements() != 0) {
      throw malformed(
          location,
          "tensor '%s': rows of %d elements do not fill blocks of %d"
              .formatted(name, row, dtype.blockElements()));
    }
    return new Described(name, dtype, Shape.of(lengths), scanner.i64());
  }

  /** Gives tensors their absolute offsets; they follow each other aligned, without holes. */
  private static GgufHeader place(
      SeekableInput input,
      long headerEnd,
      long alignment,
      List<Described> described,
      Map<String, String> values) {
    String location = input.location();
    long start = described.isEmpty() ? headerEnd : align(headerEnd, alignment);
    List<TensorInfo> tensors = new ArrayList<>();
    for (Described tensor : described) {
      long length;
      try {
        length = tensor.dtype.bytes(tensor.shape);
      } catch (ArithmeticException e) {
        throw malformed(
            location,
            "tensor '%s': %s %s: %s"
                .formatted(tensor.name, tensor.dtype, tensor.shape, e.getMessage()));
      }
      if (tensor.offset < 0
          || length > input.length() - start
          || tensor.offset > input.length() - start - length) {
        throw new CheckpointException(
            Reason.TRUNCATED,
            "%s: tensor '%s' of %d bytes at %s of the data, which has %d bytes"
                .formatted(
                    location,
                    tensor.name,
                    length,
                    Long.toUnsignedString(tensor.offset),
                    input.length() - start));
      }
      tensors.add(
          new TensorInfo(
              tensor.name, tensor.dtype, tensor.shape, 0, start + tensor.offset, length));
    }
    return new GgufHeader(tensors, values, checkOffsets(location, start, alignment, tensors));
  }

  private static long checkOffsets(
      String location, long start, long alignment, List<TensorInfo> tensors) {
    List<TensorInfo> ordered = new ArrayList<>(tensors);
    ordered.sort(
        Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::length));
    long end = start;
    for (TensorInfo tensor : ordered) {
      long expected = start + align(end - start, alignment);
      if (tensor.offset() != expected) {
        throw new CheckpointException(
            tensor.offset() < end ? Reason.UNSAFE : Reason.MALFORMED,
            "%s: tensor '%s' begins at %d, %d was next: %s"
                .formatted(
                    location,
                    tensor.name(),
                    tensor.offset(),
                    expected,
                    tensor.offset() < end ? "they overlap" : "a hole or not aligned"));
      }
      end = tensor.offset() + tensor.length();
    }
    return end;
  }

  private static long alignment(String location, Map<String, String> values) {
    String text = values.getOrDefault(ALIGNMENT, Integer.toString(DEFAULT_ALIGNMENT));
    long alignment = text.matches("[0-9]{1,7}") ? Long.parseLong(text) : 0;
    if (alignment == 0 || Long.bitCount(alignment) != 1) {
      throw malformed(location, "%s is %s, not a power of two".formatted(ALIGNMENT, text));
    }
    return alignment;
  }

  private static long align(long position, long alignment) {
    return Math.addExact(position, alignment - 1) / alignment * alignment;
  }

  private static CheckpointException malformed(String location, String what) {
    return new CheckpointException(Reason.MALFORMED, location + ": " + what);
  }
}
