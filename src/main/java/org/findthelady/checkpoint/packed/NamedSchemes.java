package org.findthelady.checkpoint.packed;

import java.util.List;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/** Schemes that are told by their names and not decoded. */
final class NamedSchemes implements PackingScheme {
  /**
   * How a scheme is told.
   *
   * @param codes ending of the tensor of codes
   * @param beside ending of a tensor beside it; empty for none
   */
  private record Signs(String scheme, String codes, String beside) {}

  private static final List<Signs> SCHEMES =
      List.of(
          new Signs("HQQ", ".W_q", ""),
          new Signs("AQLM", ".codes", ".codebooks"),
          new Signs("EXL2", ".q_weight", ".q_scale"),
          new Signs("EXL3", ".trellis", ""),
          new Signs("QuIP#", ".Qidxs", ""),
          new Signs("VPTQ", ".indices", ".centroids"),
          new Signs("Marlin", ".B", ".s"),
          new Signs("compressed-tensors sparse", ".compressed", ".bitmask"),
          new Signs("packed codes", ".weight_packed", ""),
          new Signs("ternary codes of BitNet", ".weight", ".weight_scale"),
          new Signs("blocks of codes", "_blocks", "_scales"),
          new Signs("integers with scales", ".weight", ".scales"),
          new Signs("EETQ int8", ".weight", ".weight_scales"));

  @Override
  public void find(PackedSearch search) {
    for (Signs signs : SCHEMES) {
      for (TensorInfo codes : search.ending(signs.codes())) {
        String stem = codes.name().substring(0, codes.name().length() - signs.codes().length());
        boolean beside =
            signs.beside().isEmpty() || search.tensor(stem + signs.beside()).isPresent();
        if (beside && isCode(codes.dtype())) {
          search.undecoded(signs.scheme(), codes);
        }
      }
    }
  }

  private static boolean isCode(DType type) {
    return !type.floating() && type != DType.BOOL;
  }
}
