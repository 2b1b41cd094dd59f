package org.findthelady.fleet;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.findthelady.core.TensorInfo;
import org.findthelady.pair.PairContext;
import org.findthelady.structure.StackedTensor;

/**
 * Where tensors lie in the reference's files, as a share of all that is compared: layers lie beside
 * each other, and so do tensors that are matched together. Known from headers; no file is opened.
 */
final class TensorPlaces {
  /**
   * @param middle share of the elements up to a tensor's middle
   */
  private record Place(double middle, double elements) {}

  private final Map<String, Place> places = new HashMap<>();

  private TensorPlaces() {}

  static TensorPlaces of(PairContext context) {
    TensorPlaces known = new TensorPlaces();
    List<TensorInfo> tensors =
        context.alignment().compared().stream()
            .sorted(Comparator.comparingInt(TensorInfo::file).thenComparingLong(TensorInfo::offset))
            .toList();
    double all = tensors.stream().mapToDouble(t -> t.shape().elements()).sum();
    double before = 0;
    for (TensorInfo tensor : tensors) {
      double elements = tensor.shape().elements();
      known.places.put(
          tensor.name(), new Place((before + elements / 2) / Math.max(1, all), elements));
      before += elements;
    }
    for (StackedTensor stack : context.structure().stacks()) {
      known.places.put(stack.name(), known.all(stack.parts()));
    }
    return known;
  }

  /** The middle of tensors, large ones counting for more; from 0 to below 1. */
  double where(List<String> tensors) {
    return all(tensors).middle();
  }

  private Place all(List<String> tensors) {
    double all = 0;
    double sum = 0;
    for (Place place : tensors.stream().map(places::get).filter(Objects::nonNull).toList()) {
      all += place.elements();
      sum += place.elements() * place.middle();
    }
    return new Place(all > 0 ? sum / all : 0, all);
  }
}
