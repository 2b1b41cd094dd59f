package org.findthelady.conversion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.findthelady.align.Counterpart;
import org.findthelady.pair.ConversionPair;
import org.findthelady.pair.Execution;
import org.findthelady.pair.PairContext;
import org.findthelady.pair.PairRequest;
import org.findthelady.structure.GroupPermutations;

/**
 * Checks a conversion: in the order in which the neurons lie; if that fails, in the one that
 * matching finds. The better of both is told.
 */
public final class ConversionCheck {
  private ConversionCheck() {}

  /**
   * Checks all tensors, several at a time.
   *
   * @param pair the converted checkpoint as reference, the original as suspect
   */
  public static Conversion run(PairRequest pair, Execution execution) throws IOException {
    ConversionPair opened = ConversionPair.open(pair, execution);
    Conversion inPlace = in(opened.context(), GroupPermutations.identity());
    if (inPlace.fidelity() != Fidelity.NOT_FAITHFUL) {
      return inPlace;
    }
    Optional<GroupPermutations> order = opened.matched();
    if (order.isEmpty() || order.get().equals(GroupPermutations.identity())) {
      return inPlace;
    }
    Conversion matched = in(opened.context(), order.get());
    if (matched.codes() >= inPlace.codes()) {
      return inPlace;
    }
    List<String> notes = new ArrayList<>(matched.notes());
    notes.add("the neurons lie in another order, which was put right first");
    return new Conversion(
        matched.fidelity(),
        matched.schemes(),
        matched.checkedElements(),
        matched.notCheckedElements(),
        matched.tensors(),
        notes);
  }

  private static Conversion in(PairContext context, GroupPermutations order) throws IOException {
    List<Counterpart> pairs = context.alignment().counterparts();
    try {
      List<CheckedTensor> checked =
          pairs.parallelStream().map(pair -> checked(context, pair, order)).toList();
      return new ConversionJudge(checked).conversion(context.alignment().overlap());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static CheckedTensor checked(
      PairContext context, Counterpart pair, GroupPermutations order) {
    try {
      return new TensorCheck(context, pair).run(context.move(pair.name(), order));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
