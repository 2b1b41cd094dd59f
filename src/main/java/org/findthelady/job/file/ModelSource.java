package org.findthelady.job.file;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An entry of references or of suspects: one of path, glob, folder and manifest is there, the
 * others are null.
 *
 * @param path one model
 * @param glob a pattern
 * @param folder all models below it
 * @param manifest a file that lists models
 * @param line what is said of each model of it; its path is null
 */
public record ModelSource(
    String path, String glob, String folder, String manifest, ModelLine line) {

  static ModelSource of(JsonNode entry) {
    return new ModelSource(
        ModelLine.text(entry, "path"),
        ModelLine.text(entry, "glob"),
        ModelLine.text(entry, "folder"),
        ModelLine.text(entry, "manifest"),
        ModelLine.of(entry));
  }
}
