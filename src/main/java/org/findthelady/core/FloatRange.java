package org.findthelady.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Which stored numbers a float32 does not hold exactly. */
public final class FloatRange {
  private FloatRange() {}

  /**
   * How many of the numbers change when they are read as float32. Only float64 and long integers
   * can hold such numbers.
   *
   * @param packed little-endian elements of {@code dtype} from its position on; not moved
   * @param count elements
   */
  public static int beyond(DType dtype, ByteBuffer packed, int count) {
    ByteBuffer bytes = packed.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int start = bytes.position();
    int beyond = 0;
    for (int i = 0; i < count; i++) {
      boolean lost =
          switch (dtype) {
            case F64 -> changes(bytes.getDouble(start + 8 * i));
            case I64 -> (long) (float) bytes.getLong(start + 8 * i) != bytes.getLong(start + 8 * i);
            case I32 -> (long) (float) bytes.getInt(start + 4 * i) != bytes.getInt(start + 4 * i);
            default -> false;
          };
      beyond += lost ? 1 : 0;
    }
    return beyond;
  }

  /** Whether numbers of a type may be beyond float32. */
  public static boolean mayBeBeyond(DType dtype) {
    return dtype == DType.F64 || dtype == DType.I64 || dtype == DType.I32;
  }

  private static boolean changes(double value) {
    return !Double.isNaN(value) && (double) (float) value != value;
  }

  /**
   * Largest relative error of rounding to a type, 0 where none is known: half a unit in the last
   * place.
   */
  public static double roundoff(DType dtype) {
    return switch (dtype) {
      case F64 -> 0x1p-53;
      case F32 -> 0x1p-24;
      case F16 -> 0x1p-11;
      case BF16 -> 0x1p-8;
      case F8_E4M3 -> 0x1p-4;
      case F8_E5M2 -> 0x1p-3;
      default -> 0;
    };
  }
}
