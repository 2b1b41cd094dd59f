package org.findthelady.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.findthelady.core.Verdict;

/**
 * Which models of a run have a common origin, as a graph: an edge for each pair that a match has
 * shown to be related, for each share of a merge, and for files of the same content. An edge has a
 * direction only where every tensor that differs is explained by a change that loses what it would
 * take to undo it: numbers set to zero, fewer levels, a narrower type.
 */
public final class Lineage {
  /** Version of the format of {@code lineage.json}. */
  public static final String VERSION = "2";

  /** The file of a run. */
  public static final String FILE = "lineage.json";

  private static final Set<String> LOSSY = Set.of("PRUNED", "QUANTISED", "CAST", "ZEROED");
  private static final String MERGED = "MERGED";

  /**
   * A model of a run.
   *
   * @param reference whether it is one of the owner's and not a suspect
   */
  public record Node(boolean reference, String id) implements Comparable<Node> {
    /** References first, then by id. */
    @Override
    public int compareTo(Node other) {
      int byRole = Boolean.compare(other.reference, reference);
      return byRole != 0 ? byRole : id.compareTo(other.id);
    }
  }

  /**
   * That two models have a common origin.
   *
   * @param from the reference, or the other one if both are references or suspects
   * @param to the suspect that it was held against
   * @param verdict of the pair
   * @param directed whether {@code to} was made from {@code from}, and not the other way round
   * @param steps what was done, kinds of findings; empty if that was not looked at for this pair
   * @param share of {@code from} in {@code to}, if that was merged from several; else null
   * @param difference relative difference of the weights; null if that is not known
   */
  public record Relation(
      Node from,
      Node to,
      String verdict,
      boolean directed,
      List<String> steps,
      Double share,
      Double difference) {
    public Relation {
      steps = List.copyOf(steps);
    }

    /** For people. */
    public String words() {
      String what =
          steps.stream()
              .map(step -> step.toLowerCase(Locale.ROOT).replace('_', ' '))
              .collect(Collectors.joining(", "));
      String part = share == null ? "" : String.format(Locale.ROOT, ", share %.3f", share);
      String how = directed ? "made from it" : "common origin";
      return (what.isEmpty() ? how : how + ": " + what) + part;
    }

    /** Unknown differences come last, those of a part of a merge after those of the whole. */
    double distance() {
      return difference != null ? difference : steps.contains(MERGED) ? 1e9 : 1e6;
    }
  }

  private final List<Relation> relations = new ArrayList<>();

  /** Adds the relations of a suspect with references. */
  public void add(ModelFindings findings) {
    ModelRow row = findings.model();
    if (!row.verdict().isCopy()) {
      return;
    }
    String nearest = row.names().referenceId();
    Node model = new Node(false, row.names().modelId());
    Map<String, Double> shares = new TreeMap<>();
    findings.pairs().stream()
        .filter(pair -> pair.measured().share() != null)
        .forEach(pair -> shares.put(pair.referenceId(), pair.measured().share()));
    relations.add(relation(new Node(true, nearest), model, findings, shares.get(nearest)));
    for (PairRow pair : findings.pairs()) {
      boolean related = !pair.verdict().isEmpty() && Verdict.valueOf(pair.verdict()).isCopy();
      if ((related || pair.measured().share() != null) && !pair.referenceId().equals(nearest)) {
        relations.add(
            new Relation(
                new Node(true, pair.referenceId()),
                model,
                related ? pair.verdict() : row.verdict().name(),
                false,
                pair.measured().share() == null ? List.of() : List.of(MERGED),
                pair.measured().share(),
                pair.measured().relativeL2()));
      }
    }
  }

  /** What a match of two references or of two suspects has shown; empty if it is nothing. */
  public static Optional<Relation> shown(Node from, Node to, ModelFindings pair) {
    return pair.model().verdict().isCopy()
        ? Optional.of(relation(from, to, pair, null))
        : Optional.empty();
  }

  /** Adds what {@link #shown} says. */
  public void add(Relation relation) {
    relations.add(relation);
  }

  private static Relation relation(Node from, Node to, ModelFindings findings, Double share) {
    ModelRow row = findings.model();
    Stream<String> kinds =
        findings.findings().stream()
            .map(FindingRow::kind)
            .filter(kind -> !kind.contains("DECLARED"));
    List<String> steps =
        (share == null ? kinds : Stream.concat(kinds, Stream.of(MERGED)))
            .distinct()
            .sorted()
            .toList();
    Double difference =
        row.verdict().isUnchanged() ? Double.valueOf(0) : row.closeness().relativeL2();
    return new Relation(
        from, to, row.verdict().name(), isDirected(findings), steps, share, difference);
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

  /** Whether two models are the same but for the order of their neurons. */
  static boolean isSame(Relation relation) {
    return Verdict.valueOf(relation.verdict()).isUnchanged();
  }

  /** All of them, those of a model with its references first. */
  List<Relation> relations() {
    return List.copyOf(relations);
  }

  /**
   * The relations that connect all relatives with the least differences: trees, each of which has
   * at most one family of references. The same for the same relations, in whatever order they came.
   */
  Set<Relation> nearest() {
    Map<Node, Node> roots = new TreeMap<>();
    Comparator<Relation> nearestFirst =
        Comparator.comparingDouble(Relation::distance)
            .thenComparing(Relation::from)
            .thenComparing(Relation::to);
    Set<Relation> nearest = new TreeSet<>(nearestFirst);
    Comparator<Relation> ofReferencesFirst =
        Comparator.comparing((Relation relation) -> !relation.to().reference());
    relations.stream()
        .sorted(ofReferencesFirst.thenComparing(nearestFirst))
        .forEach(
            relation -> {
              Node one = root(roots, relation.from());
              Node other = root(roots, relation.to());
              boolean apart = !one.equals(other);
              // A root is a reference wherever there is one in the tree.
              boolean owned = one.reference() && other.reference() && !relation.to().reference();
              if (apart && !owned) {
                boolean first = one.compareTo(other) < 0;
                roots.put(first ? other : one, first ? one : other);
                nearest.add(relation);
              }
            });
    return nearest;
  }

  /** The first node of a family; what leads there is shortened on the way. */
  private static Node root(Map<Node, Node> roots, Node node) {
    Node root = node;
    while (roots.containsKey(root)) {
      root = roots.get(root);
    }
    Node at = node;
    while (!at.equals(root)) {
      Node next = roots.put(at, root);
      at = next;
    }
    return root;
  }

  /** The graph for programs. */
  public String json(String runId) {
    ObjectNode root = JsonText.object();
    root.put("version", VERSION).put("run_id", runId);
    Set<Relation> nearest = nearest();
    ArrayNode edges = root.putArray("relations");
    for (Relation relation : relations) {
      ObjectNode edge = edges.addObject();
      node(edge.putObject("from"), relation.from());
      node(edge.putObject("to"), relation.to());
      edge.put("verdict", relation.verdict()).put("directed", relation.directed());
      ArrayNode steps = edge.putArray("steps");
      relation.steps().forEach(steps::add);
      edge.put("share", relation.share()).put("difference", relation.difference());
      edge.put("nearest", nearest.contains(relation));
    }
    return JsonText.of(root);
  }

  /** The relations of a graph that {@link #json} wrote. */
  public static List<Relation> relations(JsonNode graph) {
    List<Relation> relations = new ArrayList<>();
    for (JsonNode edge : graph.path("relations")) {
      List<String> steps = new ArrayList<>();
      edge.path("steps").forEach(step -> steps.add(step.asText()));
      relations.add(
          new Relation(
              node(edge.path("from")),
              node(edge.path("to")),
              edge.path("verdict").asText(),
              edge.path("directed").asBoolean(),
              steps,
              number(edge.path("share")),
              number(edge.path("difference"))));
    }
    return relations;
  }

  private static Node node(JsonNode json) {
    return new Node(json.path("role").asText().equals("reference"), json.path("id").asText());
  }

  private static Double number(JsonNode json) {
    return json.isNumber() ? json.asDouble() : null;
  }

  private static void node(ObjectNode json, Node node) {
    json.put("role", node.reference() ? "reference" : "suspect").put("id", node.id());
  }
}
