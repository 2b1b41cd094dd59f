package org.findthelady.job.file;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An entry of references or of suspects: one of path, glob, folder, manifest and registered is
 * there, the others are null.
 *
 * @param path one model
 * @param glob a pattern
 * @param folder all models below it
 * @param manifest a file that lists models
 * @param registered versions in a registry
 * @param line what is said of each model of it; its path is null
 */
public record ModelSource(
    String path,
    String glob,
    String folder,
    String manifest,
    Registered registered,
    ModelLine line) {
  /**
   * Versions in an MLflow registry.
   *
   * @param query which ones
   * @param server address; null for the one of the environment
   * @param tag whether verdicts are written back as tags
   */
  public record Registered(String query, String server, boolean tag) {
    private static Registered of(JsonNode entry) {
      String query = ModelLine.text(entry, "mlflow");
      return query == null
          ? null
          : new Registered(
              query, ModelLine.text(entry, "server"), entry.path("tag").asBoolean(false));
    }
  }

  static ModelSource of(JsonNode entry) {
    return new ModelSource(
        ModelLine.text(entry, "path"),
        ModelLine.text(entry, "glob"),
        ModelLine.text(entry, "folder"),
        ModelLine.text(entry, "manifest"),
        Registered.of(entry),
        ModelLine.of(entry));
  }
}
