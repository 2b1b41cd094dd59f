package org.findthelady.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;

/**
 * The models of a run as a CycloneDX 1.6 bill of materials. A model whose weights are those of a
 * reference has it as an ancestor in its pedigree. One of a common origin has it as a variant:
 * which of the two was first is not known.
 */
public final class MlBom {
  private MlBom() {}

  /**
   * The bill as JSON.
   *
   * @param files SHA-256 by path of the files of every suspect and reference, by its path
   */
  public static String of(Judged judged, Map<String, SortedMap<String, String>> files) {
    ObjectNode root = JsonText.object();
    root.put("bomFormat", "CycloneDX").put("specVersion", "1.6");
    UUID serial = UUID.nameUUIDFromBytes(judged.runId().getBytes(StandardCharsets.UTF_8));
    root.put("serialNumber", "urn:uuid:" + serial).put("version", 1);
    root.putObject("metadata")
        .putObject("tools")
        .putArray("components")
        .addObject()
        .put("type", "application")
        .put("name", "Find the Lady")
        .put("version", judged.version());
    for (ModelRow row : judged.models()) {
      ObjectNode model = root.withArray("components").addObject();
      ModelNames names = row.names();
      component(model, names.modelId(), names.suspect(), files);
      model.put("bom-ref", names.modelId());
      ObjectNode verdict = model.putArray("properties").addObject();
      verdict.put("name", "findthelady:verdict").put("value", row.verdict().name());
      if (row.verdict().isCopy()) {
        ObjectNode pedigree = model.putObject("pedigree");
        String relation = row.verdict().isSameWeights() ? "ancestors" : "variants";
        String path = names.reference();
        component(
            pedigree.putArray(relation).addObject(),
            path.substring(path.lastIndexOf('/') + 1),
            path,
            files);
        pedigree.put("notes", row.reason());
      }
    }
    return JsonText.of(root);
  }

  private static void component(
      ObjectNode component,
      String name,
      String path,
      Map<String, SortedMap<String, String>> files) {
    component.put("type", "machine-learning-model").put("name", name);
    SortedMap<String, String> digests = files.get(path);
    if (digests != null && digests.size() == 1) {
      String sha256 = digests.get(digests.firstKey());
      component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", sha256);
    } else if (digests != null) {
      for (Map.Entry<String, String> file : digests.entrySet()) {
        ObjectNode part = component.withArray("components").addObject();
        part.put("type", "file").put("name", file.getKey());
        part.putArray("hashes").addObject().put("alg", "SHA-256").put("content", file.getValue());
      }
    }
  }
}
