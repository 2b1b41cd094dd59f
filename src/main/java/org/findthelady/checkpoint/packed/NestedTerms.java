package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PartMove;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * Scales that are themselves codes with scales ("double quantisation" of bitsandbytes): {@code
 * map[code] * outer[block / size] + offset}.
 *
 * @param stored a byte for each block of the weight
 * @param map 256 float32 levels of those bytes
 * @param outer float32, one for every {@code size} bytes
 */
record NestedTerms(TensorInfo stored, TensorInfo map, TensorInfo outer, int size, float offset)
    implements Terms {
  /** As far from the middle of two levels bitsandbytes still takes the wrong one; measured. */
  private static final float GRID = 0x1p-16f;

  @Override
  public List<TensorInfo> parts() {
    return List.of(stored, map, outer);
  }

  @Override
  public Lines open(TensorReader reader, Blocks blocks) throws IOException {
    return lines(reader, blocks, reader.readFloats(map), offset);
  }

  /** By how much each scale may be off the number that it was rounded from. */
  Lines errors(TensorReader reader, Blocks blocks) throws IOException {
    float[] levels = reader.readFloats(map);
    float[] sorted = levels.clone();
    Arrays.sort(sorted);
    float[] errors = new float[levels.length];
    for (int code = 0; code < errors.length; code++) {
      int at = Arrays.binarySearch(sorted, levels[code]);
      float below = at > 0 ? sorted[at] - sorted[at - 1] : 0;
      float above = at + 1 < sorted.length ? sorted[at + 1] - sorted[at] : 0;
      errors[code] = Math.max(below, above) / 2 + GRID;
    }
    return lines(reader, blocks, errors, 0);
  }

  private Lines lines(TensorReader reader, Blocks blocks, float[] levels, float added)
      throws IOException {
    byte[] codes = reader.readAll(stored);
    float[] scales = reader.readFloats(outer);
    int length = Math.toIntExact(blocks.count(blocks.lengths().length - 1));
    float[] all = new float[codes.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = levels[codes[i] & 0xff] * scales[i / size] + added;
    }
    return index -> {
      int first = Math.toIntExact(index * length);
      return Arrays.copyOfRange(all, first, first + length);
    };
  }

  @Override
  public List<PartMove> moves(Terms from, Blocks blocks, int[][] gathers, String weight) {
    Move move = blocks.move(stored, gathers, weight);
    for (int[] gather : move.gathers()) {
      for (int i = 0; gather != null && i < gather.length; i++) {
        if (gather[i] != i) {
          throw new CheckpointException(
              Reason.UNSUPPORTED,
              "Tensor '%s': its scales are quantised in blocks of %d, which would be parted"
                  .formatted(weight, size));
        }
      }
    }
    if (!from.equals(this)) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "Tensor '%s': its scales are quantised and cannot come from another tensor"
              .formatted(weight));
    }
    return List.of();
  }
}
