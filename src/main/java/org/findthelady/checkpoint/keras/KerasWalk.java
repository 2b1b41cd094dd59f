package org.findthelady.checkpoint.keras;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.links.ExternalLink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * Finds all datasets of a file. Layers come in the order of the attribute {@code layer_names} and
 * their weights in that of {@code weight_names}, what neither names comes behind in the order of
 * the file. Links are not followed; links to other files are refused.
 */
final class KerasWalk {
  /** Where a whole saved model keeps its weights; a file of weights alone has them at the root. */
  static final String MODEL_WEIGHTS = "model_weights";

  private static final int DEEPEST = 64;

  private final String location;
  private final HdfFile file;
  private final Set<Long> seen = new HashSet<>();
  private final Map<String, Dataset> datasets = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  private KerasWalk(String location, HdfFile file) {
    this.location = location;
    this.file = file;
  }

  static KerasWalk of(String location, HdfFile file) {
    KerasWalk walk = new KerasWalk(location, file);
    Node weights = file.getChildren().get(MODEL_WEIGHTS);
    walk.addNamed(weights instanceof Group group ? group : file);
    walk.addAll(file, "", 0);
    return walk;
  }

  /** By path without a leading slash or {@code model_weights/}. */
  Map<String, Dataset> datasets() {
    return datasets;
  }

  List<String> notes() {
    return notes;
  }

  private void addNamed(Group root) {
    for (String layer : names(root, "layer_names")) {
      Node node = root.getChildren().get(layer);
      if (node instanceof Group group && !node.isLink()) {
        for (String weight : names(group, "weight_names")) {
          Node found = descend(group, weight);
          if (found instanceof Dataset dataset && !found.isLink()) {
            add(layer + "/" + weight, dataset);
          }
        }
      }
    }
  }

  private static Node descend(Group group, String path) {
    Node at = group;
    for (String segment : path.split("/", -1)) {
      if (!(at instanceof Group inner) || at.isLink()) {
        return null;
      }
      at = inner.getChildren().get(segment);
    }
    return at;
  }

  private void addAll(Group group, String prefix, int depth) {
    if (depth > DEEPEST) {
      throw new CheckpointException(
          Reason.LIMIT, "%s: groups nest deeper than %d".formatted(location, DEEPEST));
    }
    if (!seen.add(group.getAddress())) {
      throw new CheckpointException(
          Reason.UNSAFE, "%s: group '%s' is reached twice".formatted(location, prefix));
    }
    for (Map.Entry<String, Node> child : group.getChildren().entrySet()) {
      Node node = child.getValue();
      String path = prefix + child.getKey();
      if (node instanceof ExternalLink) {
        throw new CheckpointException(
            Reason.UNSAFE, "%s: '%s' is a link to another file".formatted(location, path));
      }
      if (node.isLink()) {
        notes.add("a link was not followed: " + path);
      } else if (node instanceof Group inner) {
        addAll(inner, path + "/", depth + 1);
      } else if (node instanceof Dataset dataset) {
        add(
            path.startsWith(MODEL_WEIGHTS + "/")
                ? path.substring(MODEL_WEIGHTS.length() + 1)
                : path,
            dataset);
      }
    }
  }

  private void add(String name, Dataset dataset) {
    Dataset before = datasets.putIfAbsent(name, dataset);
    if (before != null && before.getAddress() != dataset.getAddress()) {
      throw new CheckpointException(
          Reason.UNSAFE, "%s: two datasets named '%s'".formatted(location, name));
    }
  }

  /** A list of names; Keras splits one that is too long for an attribute into name0, name1, ... */
  private List<String> names(Group group, String attribute) {
    List<String> names = new ArrayList<>();
    Map<String, Attribute> attributes = group.getAttributes();
    addTexts(attributes.get(attribute), names);
    for (int part = 0; attributes.containsKey(attribute + part); part++) {
      addTexts(attributes.get(attribute + part), names);
    }
    return names;
  }

  private void addTexts(Attribute attribute, List<String> texts) {
    if (attribute != null && attribute.getSizeInBytes() <= file.size()) {
      if (attribute.getData() instanceof String[] several) {
        texts.addAll(List.of(several));
      }
    }
  }
}
