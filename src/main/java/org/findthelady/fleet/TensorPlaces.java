package org.findthelady.fleet;

import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.rows.Weights;
import org.findthelady.pair.PairContext;
import org.findthelady.pair.PairReaders;

/**
 * Where tensors lie in the reference's files, as a share of all that is compared: layers lie beside
 * each other, and so do tensors that are matched together.
 */
final class TensorPlaces {
  private final Weights reference;

  /** Share of the elements up to a tensor's middle, by its place. */
  private final TreeMap<Long, Double> shares = new TreeMap<>();

  private TensorPlaces(Weights reference) {
    this.reference = reference;
  }

  static TensorPlaces of(PairContext context, PairReaders shapes) {
    TensorPlaces places = new TensorPlaces(shapes.referenceWeights(0));
    List<TensorInfo> tensors =
        context.alignment().compared().stream()
            .sorted(Comparator.comparingLong(t -> places.reference.place(t.name())))
            .toList();
    double all = tensors.stream().mapToDouble(t -> t.shape().elements()).sum();
    double before = 0;
    for (TensorInfo tensor : tensors) {
      double elements = tensor.shape().elements();
      places.shares.put(
          places.reference.place(tensor.name()), (before + elements / 2) / Math.max(1, all));
      before += elements;
    }
    return places;
  }

  /** The middle of tensors, large ones counting for more; from 0 to below 1. */
  double where(List<String> tensors) {
    double all = 0;
    double sum = 0;
    for (String tensor : tensors) {
      double elements = reference.shape(tensor).elements();
      all += elements;
      sum += elements * shares.floorEntry(reference.place(tensor)).getValue();
    }
    return all > 0 ? sum / all : 0;
  }
}
