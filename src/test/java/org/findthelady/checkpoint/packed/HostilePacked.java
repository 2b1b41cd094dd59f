package org.findthelady.checkpoint.packed;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * Safetensors files that a packing scheme recognises, damaged: parts are missing, of other types
 * and shapes, doubled under other spellings, or hold other numbers.
 */
public final class HostilePacked {
  private static final String[] FIXTURES =
      PackedFixture.ALL.values().stream().flatMap(List::stream).sorted().toArray(String[]::new);
  private static final DType[] TYPES = {
    DType.F64, DType.F32, DType.F16, DType.BF16, DType.F8_E4M3, DType.F8_E5M2, DType.F8_E8M0,
    DType.I64, DType.I32, DType.I16, DType.I8, DType.U32, DType.U8, DType.BOOL
  };
  private static final String[] ENDINGS = {
    "",
    "_scale",
    "_scale_inv",
    ".scale",
    "_scale_2",
    "_zero_point",
    ".SCB",
    ".absmax",
    "_packed",
    "_blocks",
    "_scales",
    ".scales",
    ".biases",
    ".g_idx",
    "_shape",
    "_global_scale",
    ".quant_map"
  };
  private static final int MOST_BYTES = 1 << 17;

  private record Entry(DType type, Shape shape, byte[] bytes) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private HostilePacked() {}

  /** One of the fixtures, with up to five things changed. */
  public static byte[] file(FuzzedDataProvider data) throws IOException {
    HostilePacked file = new HostilePacked();
    String fixture = data.pickValue(FIXTURES);
    PackedFixture original = PackedFixture.open(fixture);
    try (TensorReader reader = original.stored()) {
      for (TensorInfo tensor : original.checkpoint().packing().stored()) {
        file.entries.put(
            tensor.name(), new Entry(tensor.dtype(), tensor.shape(), reader.readAll(tensor)));
      }
    }
    for (int changes = data.consumeInt(0, 5); changes > 0; changes--) {
      file.change(data);
    }
    return file.bytes();
  }

  private void change(FuzzedDataProvider data) {
    if (entries.isEmpty()) {
      return;
    }
    String name = data.pickValue(new ArrayList<>(entries.keySet()));
    Entry entry = entries.get(name);
    switch (data.consumeInt(0, 6)) {
      case 0 -> entries.remove(name);
      case 1 -> put(name, data.pickValue(TYPES), entry.shape(), entry.bytes());
      case 2 -> put(name, entry.type(), shape(data), entry.bytes());
      case 3 -> put(name + data.pickValue(ENDINGS), entry.type(), entry.shape(), entry.bytes());
      case 4 -> put(name, entry.type(), entry.shape(), data.consumeBytes(24));
      case 5 -> put(name, entry.type(), entry.shape(), noise(data.consumeLong()));
      default -> put(name + data.pickValue(ENDINGS), data.pickValue(TYPES), shape(data), noise(3));
    }
  }

  private static byte[] noise(long seed) {
    byte[] noise = new byte[97];
    new SplittableRandom(seed).nextBytes(noise);
    return noise;
  }

  private static Shape shape(FuzzedDataProvider data) {
    long[] lengths = new long[data.consumeInt(0, 3)];
    for (int axis = 0; axis < lengths.length; axis++) {
      lengths[axis] =
          data.consumeInt(0, 30) == 0 ? data.consumeLong(0, 1L << 40) : data.consumeInt(0, 64);
    }
    return Shape.of(lengths);
  }

  /** Puts a tensor there whose bytes are repeated to its length; none if it were too long. */
  private void put(String name, DType type, Shape shape, byte... bytes) {
    long length;
    try {
      length = type.bytes(shape);
    } catch (ArithmeticException e) {
      return;
    }
    if (length <= MOST_BYTES) {
      byte[] filled = new byte[(int) length];
      for (int i = 0; i < filled.length && bytes.length > 0; i++) {
        filled[i] = bytes[i % bytes.length];
      }
      entries.put(name, new Entry(type, shape, filled));
    }
  }

  private byte[] bytes() {
    List<String> header = new ArrayList<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    entries.forEach(
        (name, entry) -> {
          int begin = body.size();
          body.writeBytes(entry.bytes());
          header.add(
              "\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                  .formatted(
                      name,
                      entry.type(),
                      LongStream.of(entry.shape().toArray())
                          .mapToObj(Long::toString)
                          .collect(Collectors.joining(",")),
                      begin,
                      body.size()));
        });
    byte[] json = ("{" + String.join(",", header) + "}").getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + body.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(body.toByteArray())
        .array();
  }

  /** A configuration that says something of how weights are quantised; empty for none. */
  public static byte[] config(FuzzedDataProvider data) {
    if (data.consumeBoolean()) {
      return new byte[0];
    }
    String text =
        """
        {"quantization_config": {"weight_block_size": [%d, %d], "num_bits": %d,
          "checkpoint_format": "%s"},
         "quantization": {"bits": %d, "group_size": %d}}
        """
            .formatted(
                data.consumeInt(-1, 130),
                data.consumeInt(-1, 130),
                data.consumeInt(-1, 9),
                data.consumeBoolean() ? "gptq_v2" : "gptq",
                data.consumeInt(-1, 33),
                data.consumeInt(-1, 130));
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
