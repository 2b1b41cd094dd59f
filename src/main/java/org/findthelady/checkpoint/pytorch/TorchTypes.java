package org.findthelady.checkpoint.pytorch;

import java.util.Map;
import java.util.Optional;
import org.findthelady.core.DType;

/** The element types that PyTorch names, by storage class ({@code torch.storage}) and by dtype. */
final class TorchTypes {
  private TorchTypes() {}

  private static final Map<String, DType> STORAGES =
      Map.ofEntries(
          Map.entry("DoubleStorage", DType.F64),
          Map.entry("FloatStorage", DType.F32),
          Map.entry("HalfStorage", DType.F16),
          Map.entry("BFloat16Storage", DType.BF16),
          Map.entry("LongStorage", DType.I64),
          Map.entry("IntStorage", DType.I32),
          Map.entry("ShortStorage", DType.I16),
          Map.entry("CharStorage", DType.I8),
          Map.entry("ByteStorage", DType.U8),
          Map.entry("BoolStorage", DType.BOOL),
          Map.entry("ComplexFloatStorage", DType.C64),
          Map.entry("ComplexDoubleStorage", DType.C128),
          Map.entry("QInt8Storage", DType.I8),
          Map.entry("QUInt8Storage", DType.U8),
          Map.entry("QInt32Storage", DType.I32),
          Map.entry("UntypedStorage", DType.U8),
          Map.entry("_UntypedStorage", DType.U8));

  private static final Map<String, DType> DTYPES =
      Map.ofEntries(
          Map.entry("float64", DType.F64),
          Map.entry("double", DType.F64),
          Map.entry("float32", DType.F32),
          Map.entry("float", DType.F32),
          Map.entry("float16", DType.F16),
          Map.entry("half", DType.F16),
          Map.entry("bfloat16", DType.BF16),
          Map.entry("float8_e4m3fn", DType.F8_E4M3),
          Map.entry("float8_e5m2", DType.F8_E5M2),
          Map.entry("float8_e4m3fnuz", DType.F8_E4M3FNUZ),
          Map.entry("float8_e5m2fnuz", DType.F8_E5M2FNUZ),
          Map.entry("float8_e8m0fnu", DType.F8_E8M0),
          Map.entry("int64", DType.I64),
          Map.entry("long", DType.I64),
          Map.entry("int32", DType.I32),
          Map.entry("int", DType.I32),
          Map.entry("int16", DType.I16),
          Map.entry("short", DType.I16),
          Map.entry("int8", DType.I8),
          Map.entry("uint64", DType.U64),
          Map.entry("uint32", DType.U32),
          Map.entry("uint16", DType.U16),
          Map.entry("uint8", DType.U8),
          Map.entry("bool", DType.BOOL),
          Map.entry("complex64", DType.C64),
          Map.entry("cfloat", DType.C64),
          Map.entry("complex128", DType.C128),
          Map.entry("cdouble", DType.C128));

  /** The element type of a storage class, if {@code global} is one. */
  static Optional<DType> storage(Value.Global global) {
    boolean torch =
        switch (global.module()) {
          case "torch", "torch.cuda", "torch.storage" -> true;
          default -> false;
        };
    return torch ? Optional.ofNullable(STORAGES.get(global.name())) : Optional.empty();
  }

  /** Whether the storage class counts bytes, whatever its elements are. */
  static boolean untyped(Value.Global storageClass) {
    return storageClass.name().endsWith("UntypedStorage");
  }

  /** The type that a name such as {@code torch.float16} stands for. */
  static Optional<DType> dtype(Value.Global global) {
    return global.module().equals("torch")
        ? Optional.ofNullable(DTYPES.get(global.name()))
        : Optional.empty();
  }
}
