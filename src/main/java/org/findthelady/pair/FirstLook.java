package org.findthelady.pair;

import java.io.IOException;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.rows.RotaryRecognition;

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

  /** What was converted, for a reason; empty if nothing was. */
  String inWords() {
    return conversion == null
        ? ""
        : "; %s were converted to %s, which changes nothing"
            .formatted(conversion.from().plainWords(), conversion.to().plainWords());
  }
}
