package org.findthelady.conversion;

import java.util.List;

/**
 * One tensor of a conversion.
 *
 * @param original name in the original
 * @param converted name in the converted checkpoint
 * @param scheme how it is stored; empty if that is not checked
 * @param elements of the tensor
 * @param codes that are not what the scheme makes of the original
 * @param steps that the worst of all codes is from its number
 * @param blocks the first ones with such codes or scales
 */
public record TensorFidelity(
    String original,
    String converted,
    String scheme,
    Fidelity fidelity,
    long elements,
    long codes,
    double steps,
    List<BlockFinding> blocks) {
  public TensorFidelity {
    blocks = List.copyOf(blocks);
  }

  /** This tensor as one that no conversion makes. */
  TensorFidelity wrong() {
    return new TensorFidelity(
        original, converted, scheme, Fidelity.NOT_FAITHFUL, elements, codes, steps, blocks);
  }
}
