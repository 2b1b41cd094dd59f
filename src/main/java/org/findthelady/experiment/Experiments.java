package org.findthelady.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import org.findthelady.core.UserException;

/**
 * Several sweeps that make one page. Its file is JSON with these components as keys; unknown keys
 * are errors.
 *
 * @param name of the page
 * @param notes what a reader should know first, a paragraph each; may be left out
 * @param chapters paths of the sweeps' files, relative to the folder of this one; at least one
 */
public record Experiments(String name, List<String> notes, List<String> chapters) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  public Experiments {
    notes = notes == null ? List.of() : List.copyOf(notes);
    chapters = chapters == null ? List.of() : List.copyOf(chapters);
    if (name == null || chapters.isEmpty()) {
      throw new IllegalArgumentException("experiments need a name and chapters");
    }
  }

  /** Whether a file lists chapters, and is not a sweep itself. */
  public static boolean isIn(byte[] json) {
    try {
      JsonNode root = JSON.readTree(json);
      return root != null && root.has("chapters");
    } catch (IOException notJson) {
      return false;
    }
  }

  /**
   * Reads the file.
   *
   * @throws UserException naming what is wrong with it
   */
  public static Experiments read(String file, byte[] json) throws IOException {
    try {
      return JSON.readValue(json, Experiments.class);
    } catch (JsonProcessingException e) {
      throw new UserException(file + ": " + e.getOriginalMessage(), e);
    }
  }
}
