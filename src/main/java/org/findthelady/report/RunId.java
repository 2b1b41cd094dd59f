package org.findthelady.report;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import org.findthelady.core.Digests;

/** The name of a run: the same inputs and settings give the same one. */
public final class RunId {
  private RunId() {}

  /**
   * The first 16 hexadecimal digits of a SHA-256 over the strings, each with its length ahead, so
   * that no two lists run into the same bytes.
   *
   * @param inputs one string an input (path, length, modification time ..), in manifest order
   * @param settings everything else that the results depend on
   */
  public static String of(List<String> inputs, SortedMap<String, String> settings) {
    MessageDigest digest = Digests.sha256();
    digest.update(ByteBuffer.allocate(4).putInt(inputs.size()).array());
    inputs.forEach(input -> add(digest, input));
    settings.forEach(
        (name, value) -> {
          add(digest, name);
          add(digest, value);
        });
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    digest.update(bytes);
  }
}
