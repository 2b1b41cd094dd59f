package org.findthelady.structure.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.core.Shape;

/** Which tensors of a checkpoint belong to which layer of a model. */
final class WeightNames {
  private static final List<String> NUMBERED =
      List.of("layers/", "_layer_checkpoint_dependencies/");

  private final Map<String, Shape> tensors;
  private final String numbered;

  /**
   * @param tensors of the checkpoint, in its order
   */
  WeightNames(Map<String, Shape> tensors) {
    this.tensors = tensors;
    this.numbered =
        NUMBERED.stream()
            .filter(start -> tensors.keySet().stream().anyMatch(t -> t.startsWith(start)))
            .findFirst()
            .orElse(null);
  }

  /**
   * Where the tensors of one layer are.
   *
   * @param prefix what their names start with
   * @param within a segment that they have behind it; null if the prefix is all
   */
  record Place(String prefix, String within) {}

  /**
   * Where every layer's tensors are, layer by layer.
   *
   * @param outer the place of the model that the layers are in; null for the whole
   */
  List<Place> places(List<Layer> layers, Place outer) {
    List<Place> places = new ArrayList<>();
    Map<String, Integer> used = new HashMap<>();
    for (Layer layer : layers) {
      if (numbered != null) {
        String kind = snakeCase(layer.kind());
        int number = used.merge(kind, 1, Integer::sum) - 1;
        String own = numbered + kind + (number == 0 ? "" : "_" + number) + "/";
        places.add(new Place(outer == null ? own : outer.prefix() + own, null));
      } else if (outer == null) {
        places.add(new Place(layer.name() + "/", null));
      } else {
        places.add(new Place(outer.prefix(), "/" + layer.name() + "/"));
      }
    }
    return places;
  }

  /** As Keras 3 names containers: {@code DepthwiseConv2D} is {@code depthwise_conv2d}. */
  static String snakeCase(String kind) {
    return kind.replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  /** The tensors at a place. */
  Map<String, Shape> at(Place place) {
    Map<String, Shape> found = new LinkedHashMap<>();
    int before = place.prefix().length() - 1;
    tensors.forEach(
        (name, shape) -> {
          boolean inside =
              place.within() == null || name.indexOf(place.within(), Math.max(0, before)) >= 0;
          if (name.startsWith(place.prefix()) && inside) {
            found.put(name, shape);
          }
        });
    return found;
  }
}
