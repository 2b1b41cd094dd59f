package org.findthelady.checkpoint.safetensors;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.findthelady.core.DType;

/** The element types of safetensors, spelled as {@link DType} spells them. */
final class SafetensorsDTypes {
  private static final Set<DType> ALL =
      EnumSet.of(
          DType.F64,
          DType.F32,
          DType.F16,
          DType.BF16,
          DType.F8_E4M3,
          DType.F8_E5M2,
          DType.F8_E4M3FNUZ,
          DType.F8_E5M2FNUZ,
          DType.F8_E8M0,
          DType.F4,
          DType.I64,
          DType.I32,
          DType.I16,
          DType.I8,
          DType.U64,
          DType.U32,
          DType.U16,
          DType.U8,
          DType.BOOL,
          DType.C64);

  private SafetensorsDTypes() {}

  static Optional<DType> named(String name) {
    return DType.named(name).filter(ALL::contains);
  }

  static boolean contains(DType dtype) {
    return ALL.contains(dtype);
  }
}
