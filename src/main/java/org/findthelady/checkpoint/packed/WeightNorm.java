package org.findthelady.checkpoint.packed;

import java.util.stream.LongStream;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/**
 * Weights that training keeps as a direction v and a length g for each row: {@code g * v / |v|}.
 * Spelled {@code weight_g} and {@code weight_v}, as parametrizations of PyTorch, or as {@code g}
 * and {@code V}.
 *
 * @see <a href="https://arxiv.org/abs/1602.07868">Weight normalization, Salimans and Kingma</a>
 */
final class WeightNorm implements PackingScheme {
  /** Endings of lengths, of directions, and of the plain weight. */
  private static final String[][] SPELLINGS = {
    {"weight_g", "weight_v", "weight"},
    {"parametrizations.weight.original0", "parametrizations.weight.original1", "weight"},
    {".g", ".V", ".weight"},
  };

  @Override
  public void find(PackedSearch search) {
    for (String[] spelling : SPELLINGS) {
      for (TensorInfo lengths : search.ending(spelling[0])) {
        String layer = lengths.name().substring(0, lengths.name().length() - spelling[0].length());
        search
            .tensor(layer + spelling[1], DType.F64, DType.F32, DType.F16, DType.BF16)
            .ifPresent(directions -> take(search, layer + spelling[2], directions, lengths));
      }
    }
  }

  private static void take(
      PackedSearch search, String name, TensorInfo directions, TensorInfo lengths) {
    int axis = axis(directions, lengths);
    if (axis >= -1 && lengths.dtype().floating() && lengths.dtype().decodable()) {
      TensorInfo shown = PackedSearch.shown(name, directions, directions.shape().toArray());
      search.take(new NormedWeight(shown, directions, lengths, axis));
    } else if (name.endsWith("weight") && lengths.name().contains("weight")) {
      search.undecoded(
          "weight norm with lengths %s %s for directions %s"
              .formatted(lengths.dtype(), lengths.shape(), directions.shape()),
          directions);
    }
  }

  /** The axis that has a length for each index; -1 for one length of all, -2 if they do not fit. */
  private static int axis(TensorInfo directions, TensorInfo lengths) {
    int rank = directions.shape().rank();
    long count = lengths.shape().elements();
    if (rank < 2 || directions.shape().elements() == 0) {
      return -2;
    }
    if (count == 1) {
      return -1;
    }
    if (lengths.shape().rank() == 1) {
      return directions.shape().length(rank - 1) == count ? rank - 1 : -2;
    }
    if (lengths.shape().rank() != rank
        || LongStream.of(lengths.shape().toArray()).filter(length -> length > 1).count() != 1) {
      return -2;
    }
    int axis = 0;
    while (lengths.shape().length(axis) == 1) {
      axis++;
    }
    return directions.shape().length(axis) == count ? axis : -2;
  }
}
