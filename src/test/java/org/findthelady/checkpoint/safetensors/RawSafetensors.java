package org.findthelady.checkpoint.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes and takes apart safetensors files without the code under test. */
final class RawSafetensors {
  private static final Pattern ENTRY =
      Pattern.compile(
          "\"([^\"]+)\":\\{\"dtype\":\"([A-Z0-9_]+)\",\"shape\":\\[([0-9,]*)\\],"
              + "\"data_offsets\":\\[([0-9]+),([0-9]+)\\]\\}");

  private RawSafetensors() {}

  static byte[] bytes(String header, byte... data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return bytes(json.length, json, data);
  }

  static byte[] bytes(long declared, byte[] json, byte... data) {
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(declared)
        .put(json)
        .put(data)
        .array();
  }

  static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }

  /** Tensor name to "dtype[shape]" and bytes, found by a regular expression; plain names only. */
  static Map<String, Map.Entry<String, ByteBuffer>> parse(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong(0);
    String header = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
    Map<String, Map.Entry<String, ByteBuffer>> tensors = new LinkedHashMap<>();
    Matcher matcher = ENTRY.matcher(header);
    while (matcher.find()) {
      int begin = Integer.parseInt(matcher.group(4));
      int end = Integer.parseInt(matcher.group(5));
      tensors.put(
          matcher.group(1),
          Map.entry(
              matcher.group(2) + "[" + matcher.group(3) + "]",
              bytes.slice(8 + length + begin, end - begin)));
    }
    return tensors;
  }
}
