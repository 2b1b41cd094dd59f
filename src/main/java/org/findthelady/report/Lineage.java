package org.findthelady.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.findthelady.core.Verdict;

/**
 * Which suspects of a run have a common origin with which references, as a graph: an edge for each
 * pair that a match has shown to be related. An edge has a direction only where every tensor that
 * differs is explained by a change that loses what it would take to undo it: numbers set to zero,
 * fewer levels, a narrower type.
 */
public final class Lineage {
  /** Version of the format of {@code lineage.json}. */
  public static final String VERSION = "1";

  /** The file of a run. */
  public static final String FILE = "lineage.json";

  private static final Set<String> LOSSY = Set.of("PRUNED", "QUANTISED", "CAST", "ZEROED");

  /** Relations that the page draws. */
  private static final int DRAWN = 300;

  /**
   * That two models have a common origin.
   *
   * @param reference its id
   * @param model the suspect
   * @param verdict of the pair
   * @param directed whether the suspect was made from the reference, and not the other way round
   * @param steps what was done, kinds of findings; empty if that was not looked at for this pair
   */
  public record Relation(
      String reference, String model, String verdict, boolean directed, List<String> steps) {
    public Relation {
      steps = List.copyOf(steps);
    }

    /** For people. */
    public String words() {
      String what =
          steps.stream()
              .map(step -> step.toLowerCase(java.util.Locale.ROOT))
              .collect(Collectors.joining(", "));
      String how = directed ? "made from it" : "common origin";
      return what.isEmpty() ? how : how + ": " + what.replace('_', ' ');
    }
  }

  /** A reference with the relations that it has, for the page. */
  public record Family(String reference, List<Relation> relations) {}

  private final List<Relation> relations = new ArrayList<>();

  /** Adds the relations of a suspect. */
  public void add(ModelFindings findings) {
    ModelRow row = findings.model();
    if (!row.verdict().isCopy()) {
      return;
    }
    String nearest = row.names().referenceId();
    relations.add(
        new Relation(
            nearest,
            row.names().modelId(),
            row.verdict().name(),
            isDirected(findings),
            findings.findings().stream().map(FindingRow::kind).distinct().sorted().toList()));
    for (PairRow pair : findings.pairs()) {
      boolean related = !pair.verdict().isEmpty() && Verdict.valueOf(pair.verdict()).isCopy();
      if (related && !pair.referenceId().equals(nearest)) {
        relations.add(
            new Relation(pair.referenceId(), pair.modelId(), pair.verdict(), false, List.of()));
      }
    }
  }

  private static boolean isDirected(ModelFindings findings) {
    Set<String> changed =
        findings.layers().stream()
            .filter(layer -> !layer.bytesEqual())
            .map(layer -> layer.stored().tensor())
            .collect(Collectors.toSet());
    Set<String> explained =
        findings.findings().stream()
            .filter(found -> found.explains() && LOSSY.contains(found.kind()))
            .map(FindingRow::tensor)
            .collect(Collectors.toSet());
    return findings.model().verdict() == Verdict.DERIVED
        && !changed.isEmpty()
        && explained.containsAll(changed);
  }

  /** The graph for programs. */
  public String json(String runId) {
    ObjectNode root = JsonText.object();
    root.put("version", VERSION).put("run_id", runId);
    ArrayNode edges = root.putArray("relations");
    for (Relation relation : relations) {
      ObjectNode edge = edges.addObject();
      edge.put("reference", relation.reference()).put("model", relation.model());
      edge.put("verdict", relation.verdict()).put("directed", relation.directed());
      ArrayNode steps = edge.putArray("steps");
      relation.steps().forEach(steps::add);
    }
    return JsonText.of(root);
  }

  /** The relations by reference, names being safe to show; no more than a page has room for. */
  List<Family> families() {
    Map<String, List<Relation>> families = new TreeMap<>();
    relations.stream()
        .limit(DRAWN)
        .map(
            relation ->
                new Relation(
                    Words.printable(relation.reference()),
                    Words.printable(relation.model()),
                    relation.verdict(),
                    relation.directed(),
                    relation.steps()))
        .forEach(r -> families.computeIfAbsent(r.reference(), id -> new ArrayList<>()).add(r));
    return families.entrySet().stream().map(e -> new Family(e.getKey(), e.getValue())).toList();
  }

  /** Relations that the page has no room for. */
  int left() {
    return Math.max(0, relations.size() - DRAWN);
  }
}
