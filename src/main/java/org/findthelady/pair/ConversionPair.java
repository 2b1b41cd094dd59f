package org.findthelady.pair;

import java.io.IOException;
import java.util.Optional;
import org.findthelady.align.Alignment;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * An original and what was converted from it. The converted checkpoint is the reference of the
 * pair: its blocks stay as they lie, and the original is gathered into its order.
 */
public final class ConversionPair {
  private final PairRequest pair;
  private final Execution execution;
  private final PairContext context;

  private ConversionPair(PairRequest pair, Execution execution, PairContext context) {
    this.pair = pair;
    this.execution = execution;
    this.context = context;
  }

  /**
   * Opens and aligns both.
   *
   * @param pair the converted checkpoint as reference, the original as suspect
   * @throws CheckpointException if one cannot be read, or their tensors do not answer to each other
   */
  public static ConversionPair open(PairRequest pair, Execution execution) throws IOException {
    OpenedReference converted = execution.reference(pair);
    Store store = execution.store(pair, converted);
    AlignedPair opened =
        new AlignedPair(
            store, converted, Checkpoints.open(store, pair.suspect()), pair.structure());
    Alignment alignment = opened.alignment();
    if (!alignment.holds()) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "%s is not a conversion of %s: %s"
              .formatted(pair.reference(), pair.suspect(), alignment.summary()));
    }
    PairContext context = PairRecipe.structure(opened, alignment);
    FirstLook look = FirstLook.at(context, pair.options());
    return new ConversionPair(pair, execution, look.converted(context));
  }

  /** Both as they were aligned, rotary rows of the original in the converted one's layout. */
  public PairContext context() {
    return context;
  }

  /**
   * The order that brings the original's neurons to the converted one's; empty if none is known.
   */
  public Optional<GroupPermutations> matched() throws IOException {
    Structure structure = context.structure();
    if (!structure.isKnown() || structure.groups().isEmpty()) {
      return Optional.empty();
    }
    try (MatchSession session = execution.match(context, pair.options())) {
      return Optional.of(session.propose().resync());
    }
  }
}
