package org.findthelady.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.findthelady.core.Verdict;

/**
 * The models of a run as a CycloneDX 1.6 bill of materials. A model whose weights are those of a
 * reference, or were made from them by a change that loses what it would take to undo it, has the
 * reference as an ancestor in its pedigree. One of a common origin has it as a variant: which of
 * the two was first is not known. A merge has a variant for each reference that it has a part of.
 */
public final class MlBom {
  private MlBom() {}

  /**
   * The bill as JSON.
   *
   * @param files SHA-256 by path of the files of every suspect and reference, by its path
   * @param relations of the run's models
   */
  public static String of(
      Judged judged,
      Map<String, SortedMap<String, String>> files,
      List<Lineage.Relation> relations) {
    Map<String, List<Lineage.Relation>> origins = new TreeMap<>();
    relations.stream()
        .filter(relation -> relation.from().reference() && !relation.to().reference())
        .forEach(
            relation ->
                origins.computeIfAbsent(relation.to().id(), id -> new ArrayList<>()).add(relation));
    Map<String, String> paths = new TreeMap<>();
    judged.models().stream()
        .filter(row -> row.verdict().isCopy())
        .forEach(row -> paths.put(row.names().referenceId(), row.names().reference()));
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
        for (Lineage.Relation origin : origins.getOrDefault(names.modelId(), List.of())) {
          boolean first = origin.directed() || Verdict.valueOf(origin.verdict()).isSameWeights();
          String id = origin.from().id();
          component(
              pedigree.withArray(first ? "ancestors" : "variants").addObject(),
              id,
              paths.getOrDefault(id, ""),
              files);
        }
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
