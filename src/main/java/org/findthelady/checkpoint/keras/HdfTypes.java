package org.findthelady.checkpoint.keras;

import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.util.Optional;
import org.findthelady.core.DType;

/** Number types of HDF5 that are element types of tensors; everything else is no tensor. */
final class HdfTypes {
  private HdfTypes() {}

  static Optional<DType> of(DataType type) {
    if (type instanceof FloatingPoint floating) {
      return Optional.ofNullable(floating(floating));
    }
    if (type instanceof FixedPoint fixed && fixed.getBitOffset() == 0) {
      return fixed.getBitPrecision() == 8 * fixed.getSize()
          ? Optional.ofNullable(fixed(fixed))
          : Optional.empty();
    }
    return Optional.empty();
  }

  /** Only the layouts of IEEE 754 (and the upper half of its binary32). */
  private static DType floating(FloatingPoint type) {
    String layout =
        type.getSize()
            + " "
            + type.getExponentLocation()
            + " "
            + type.getExponentSize()
            + " "
            + type.getMantissaSize()
            + " "
            + type.getExponentBias();
    return switch (layout) {
      case "8 52 11 52 1023" -> DType.F64;
      case "4 23 8 23 127" -> DType.F32;
      case "2 10 5 10 15" -> DType.F16;
      case "2 7 8 7 127" -> DType.BF16;
      default -> null;
    };
  }

  private static DType fixed(FixedPoint type) {
    return switch (type.getSize()) {
      case 1 -> type.isSigned() ? DType.I8 : DType.U8;
      case 2 -> type.isSigned() ? DType.I16 : DType.U16;
      case 4 -> type.isSigned() ? DType.I32 : DType.U32;
      case 8 -> type.isSigned() ? DType.I64 : DType.U64;
      default -> null;
    };
  }
}
