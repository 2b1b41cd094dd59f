package org.findthelady.job.file;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One reference or suspect of a job. Null stands for what is not given.
 *
 * @param id unique, used in reports and output paths
 * @param path file or folder
 * @param reference of a suspect: id of the only reference to compare with
 * @param truth of a suspect: truth file
 * @param architecture of a reference: name or file of an architecture
 * @param graph of a reference: an ONNX file that stands as the structure
 * @param declared of a suspect in a registry: the parent that it is said to have
 */
public record ModelLine(
    String id,
    String path,
    String reference,
    String truth,
    String architecture,
    String graph,
    String declared) {

  static ModelLine of(JsonNode entry) {
    return new ModelLine(
        text(entry, "id"),
        text(entry, "path"),
        text(entry, "reference"),
        text(entry, "truth"),
        text(entry, "architecture"),
        text(entry, "graph"),
        null);
  }

  static String text(JsonNode entry, String key) {
    String text = entry.path(key).asText(null);
    return text == null || text.isEmpty() ? null : text;
  }

  /** The same model under an id, at a path. */
  ModelLine at(String otherId, String otherPath) {
    return new ModelLine(otherId, otherPath, reference, truth, architecture, graph, declared);
  }

  /** The same model with the parent that a registry says it has; null for none. */
  ModelLine declaring(String parent) {
    return new ModelLine(id, path, reference, truth, architecture, graph, parent);
  }

  /** This line, with what it leaves open taken from its source. */
  ModelLine or(ModelLine source) {
    return new ModelLine(
        id,
        path,
        reference == null ? source.reference : reference,
        truth,
        architecture == null ? source.architecture : architecture,
        graph == null ? source.graph : graph,
        declared);
  }
}
