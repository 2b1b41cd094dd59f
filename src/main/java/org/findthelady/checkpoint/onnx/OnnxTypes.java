package org.findthelady.checkpoint.onnx;

import java.util.Optional;
import org.findthelady.core.DType;

/** ONNX data type numbers (TensorProto.DataType). */
final class OnnxTypes {
  private OnnxTypes() {}

  /** The element type, or empty for strings and for types whose elements share bytes. */
  static Optional<DType> dtype(int type) {
    return Optional.ofNullable(
        switch (type) {
          case 1 -> DType.F32;
          case 2 -> DType.U8;
          case 3 -> DType.I8;
          case 4 -> DType.U16;
          case 5 -> DType.I16;
          case 6 -> DType.I32;
          case 7 -> DType.I64;
          case 9 -> DType.BOOL;
          case 10 -> DType.F16;
          case 11 -> DType.F64;
          case 12 -> DType.U32;
          case 13 -> DType.U64;
          case 14 -> DType.C64;
          case 15 -> DType.C128;
          case 16 -> DType.BF16;
          case 17 -> DType.F8_E4M3;
          case 18 -> DType.F8_E4M3FNUZ;
          case 19 -> DType.F8_E5M2;
          case 20 -> DType.F8_E5M2FNUZ;
          case 24 -> DType.F8_E8M0;
          default -> null;
        });
  }
}
