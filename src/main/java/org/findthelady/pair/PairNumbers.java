package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.findthelady.core.TensorInfo;

/**
 * Numbers of a pair that was judged: weights of the reference, and those of the suspect in the
 * reference's order, both under the reference's names.
 */
public final class PairNumbers {
  /** Elements that are looked at. Of a larger model it is the smallest weights. */
  private static final long MOST_ELEMENTS = 1 << 23;

  private PairNumbers() {}

  /** Receives a weight. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Both arrays are row-major, of the tensor's shape.
     *
     * @param tensor as it is seen in the reference
     */
    void add(TensorInfo tensor, float[] reference, float[] suspect) throws IOException;
  }

  /** The weights that are looked at: small ones first, the same for the same names and shapes. */
  public static List<TensorInfo> chosen(Collection<TensorInfo> tensors) {
    List<TensorInfo> chosen = new ArrayList<>();
    List<TensorInfo> weights =
        tensors.stream()
            .filter(t -> t.shape().rank() >= 2 && t.shape().elements() > 0)
            .filter(t -> t.dtype().decodable() && t.dtype().blockElements() == 1)
            .sorted(
                Comparator.<TensorInfo>comparingLong(t -> t.shape().elements())
                    .thenComparing(TensorInfo::name))
            .toList();
    long elements = 0;
    for (TensorInfo tensor : weights) {
      elements += tensor.shape().elements();
      if (elements > MOST_ELEMENTS) {
        break;
      }
      chosen.add(tensor);
    }
    return chosen;
  }

  /** Reads the weights of a pair, one after the other; none if the pair was not matched. */
  public static void visit(JudgedPair judged, Visitor visitor) throws IOException {
    PairContext context = judged.context();
    if (context == null) {
      return;
    }
    try (PairReaders readers = new PairReaders(context, judged.outcome().pair().options())) {
      for (TensorInfo tensor : chosen(context.compared())) {
        visitor.add(
            tensor,
            readers.reference(tensor),
            readers.suspect(context.move(tensor.name(), judged.resync())));
      }
    }
  }
}
