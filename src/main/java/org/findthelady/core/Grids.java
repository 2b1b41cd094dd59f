package org.findthelady.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The code books of GGUF's IQ types: an index stands for eight (or four) small numbers. The
 * resource holds two bytes an entry, the first number in the lowest bits: two bits a number where
 * the entry has eight, four bits where it has four.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h">The tables in
 *     ggml</a>
 */
final class Grids {
  private static final byte[] CODES = codes();

  /** Magnitudes of IQ2_XXS, IQ2_XS and IQ2_S. */
  private static final int[] TWO_BITS = {8, 25, 43};

  static final byte[][] IQ2_XXS = table(0, 256, 8, TWO_BITS);
  static final byte[][] IQ2_XS = table(256, 512, 8, TWO_BITS);
  static final byte[][] IQ2_S = table(768, 1024, 8, TWO_BITS);

  /** For IQ1_M too. */
  static final byte[][] IQ1_S = table(1792, 2048, 8, -1, 0, 1);

  static final byte[][] IQ3_XXS = table(3840, 256, 4, 4, 12, 20, 28, 36, 44, 52, 62);
  static final byte[][] IQ3_S = table(4096, 512, 4, 1, 3, 5, 7, 9, 11, 13, 15);

  private Grids() {}

  private static byte[] codes() {
    try (InputStream in = Grids.class.getResourceAsStream("ggml-grids.bin")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[][] table(int first, int entries, int numbers, int... values) {
    int bits = 16 / numbers;
    byte[][] table = new byte[entries][numbers];
    for (int entry = 0; entry < entries; entry++) {
      int at = 2 * (first + entry);
      int code = (CODES[at] & 0xff) | (CODES[at + 1] & 0xff) << 8;
      for (int i = 0; i < numbers; i++) {
        table[entry][i] = (byte) values[code >> (bits * i) & ((1 << bits) - 1)];
      }
    }
    return table;
  }
}
