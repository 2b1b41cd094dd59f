package org.findthelady.checkpoint.tflite;

import java.util.Optional;
import org.findthelady.core.DType;

/** TensorType of the TensorFlow Lite schema. */
final class TfliteTypes {
  private TfliteTypes() {}

  /** The element type, or empty for texts, half bytes, resources and variants. */
  static Optional<DType> numbered(int type) {
    return Optional.ofNullable(
        switch (type) {
          case 0 -> DType.F32;
          case 1 -> DType.F16;
          case 2 -> DType.I32;
          case 3 -> DType.U8;
          case 4 -> DType.I64;
          case 6 -> DType.BOOL;
          case 7 -> DType.I16;
          case 8 -> DType.C64;
          case 9 -> DType.I8;
          case 10 -> DType.F64;
          case 11 -> DType.C128;
          case 12 -> DType.U64;
          case 15 -> DType.U32;
          case 16 -> DType.U16;
          case 18 -> DType.BF16;
          default -> null;
        });
  }
}
