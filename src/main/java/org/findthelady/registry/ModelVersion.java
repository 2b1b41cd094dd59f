package org.findthelady.registry;

import java.util.Map;
import java.util.TreeMap;

/**
 * A version of a registered model.
 *
 * @param name of the registered model
 * @param version a number, as text
 * @param stage such as {@code Production}; {@code None} if it has none
 * @param tags of the version
 */
public record ModelVersion(String name, String version, String stage, Map<String, String> tags) {
  public ModelVersion {
    tags = Map.copyOf(new TreeMap<>(tags));
  }

  /** Name and version, such as {@code resnet/3}. */
  public String id() {
    return name + "/" + version;
  }
}
