package org.findthelady.pair;

import java.io.IOException;
import org.findthelady.align.Alignment;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.rows.RotaryRecognition;
import org.findthelady.match.verdict.Judgement;

/**
 * What is seen of a pair before it is matched.
 *
 * @param same whether every compared tensor is the same bytes as it lies
 * @param conversion how the suspect's rotary rows must be converted first; null if they need not be
 * @param bytesRead tensor bytes read of both
 */
record FirstLook(boolean same, RotaryRecognition.Conversion conversion, long bytesRead) {
  static FirstLook at(PairContext context, MatchOptions options) throws IOException {
    try (PairReaders readers = new PairReaders(context, options)) {
      boolean same = readers.sameBytes();
      RotaryRecognition.Conversion conversion = same ? null : readers.conversion();
      return new FirstLook(same, conversion, readers.bytesRead());
    }
  }

  /** The pair with the suspect's rotary rows in the reference's layout. */
  PairContext converted(PairContext context) {
    return conversion == null ? context : context.with(conversion);
  }

  /**
   * A judgement with what was converted. Other names stand for a layout of their own; under the
   * same names rows that lie in the other layout were moved, and every reader turns the wrong
   * pairs.
   */
  Judgement told(Judgement judgement, Alignment alignment) {
    if (conversion == null) {
      return judgement;
    }
    boolean convention = alignment.keepsOwnLayout();
    boolean moved = judgement.verdict() == Verdict.IDENTICAL && !convention;
    return new Judgement(moved ? Verdict.PERMUTED : judgement.verdict(), judgement.reason())
        .told(
            "; %s were converted to %s, %s"
                .formatted(
                    conversion.from().plainWords(),
                    conversion.to().plainWords(),
                    convention
                        ? "a convention, which changes nothing"
                        : "under the same names, where that changes the function"));
  }
}
