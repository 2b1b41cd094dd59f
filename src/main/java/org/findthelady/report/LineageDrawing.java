package org.findthelady.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The families of a lineage as trees of boxes, the owner's models in front. Models that came from
 * the same one in the same way are one box, so that a family of thousands is a few boxes.
 */
final class LineageDrawing {
  private static final int COLUMN = 310;
  private static final int ROW = 30;
  private static final int WIDTH = 190;
  private static final int HEIGHT = 22;
  private static final int LETTERS = 24;

  /** Models of one kind below one model that still have boxes of their own. */
  private static final int ALONE = 3;

  /** Boxes of all families that a page has room for. */
  private static final int MOST_BOXES = 300;

  /** Boxes from left to right. */
  private static final int DEEPEST = 12;

  /** Names that a box of several models lists where it is pointed at. */
  private static final int MOST_NAMES = 20;

  /**
   * A model, or several of one kind.
   *
   * @param style of its verdict; {@code owner} for a reference
   * @param names of its models, as far as there is room
   */
  public record Box(int x, int y, String text, String names, String style) {}

  /**
   * From one box to another.
   *
   * @param path of SVG
   * @param text what was done, beside the second box
   * @param words all that is said of it
   * @param directed whether the direction is proven
   * @param part whether it is another parent than the one whose tree the box is in
   */
  public record Line(
      String path, int x, int y, String text, String words, boolean directed, boolean part) {}

  /**
   * A family.
   *
   * @param members its models
   */
  public record Family(
      String name, int members, int width, int height, List<Box> boxes, List<Line> lines) {}

  private final Map<Lineage.Node, List<Lineage.Relation>> edges = new TreeMap<>();
  private final Set<Lineage.Relation> nearest;
  private final List<Lineage.Relation> relations;
  private final Map<Lineage.Node, List<Lineage.Node>> parts = new TreeMap<>();
  private final Set<Lineage.Node> left = new TreeSet<>();

  private LineageDrawing(Lineage lineage) {
    relations = lineage.relations();
    nearest = lineage.nearest();
    for (Lineage.Relation relation : nearest) {
      edges.computeIfAbsent(relation.from(), node -> new ArrayList<>()).add(relation);
      edges.computeIfAbsent(relation.to(), node -> new ArrayList<>()).add(relation);
    }
    for (Lineage.Relation relation : relations) {
      left.add(relation.from());
      left.add(relation.to());
      if (relation.share() != null) {
        parts.computeIfAbsent(relation.from(), node -> new ArrayList<>()).add(relation.to());
        parts.computeIfAbsent(relation.to(), node -> new ArrayList<>()).add(relation.from());
      }
    }
  }

  /**
   * What a page shows.
   *
   * @param families the largest first
   * @param left families that there is no room for
   */
  record Shown(List<Family> families, int left) {}

  /** The families, until there is no more room. */
  static Shown of(Lineage lineage) {
    LineageDrawing drawing = new LineageDrawing(lineage);
    List<Family> families = new ArrayList<>();
    while (!drawing.left.isEmpty()) {
      families.add(drawing.new Tree().family());
    }
    families.sort(Comparator.comparingInt((Family f) -> -f.members()).thenComparing(Family::name));
    int boxes = 0;
    List<Family> shown = new ArrayList<>();
    for (Family family : families) {
      boxes += family.boxes().size();
      if (boxes <= MOST_BOXES || shown.isEmpty()) {
        shown.add(family);
      }
    }
    return new Shown(shown, families.size() - shown.size());
  }

  /** One family while it is laid out. */
  private final class Tree {
    private final Map<Lineage.Node, Box> places = new HashMap<>();
    private final List<Box> boxes = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private int rows;
    private final Set<Lineage.Node> seen = new TreeSet<>();

    Family family() {
      Lineage.Node first = left.iterator().next();
      // Trees that a merge connects are one family, one below the other.
      TreeSet<Lineage.Node> roots = new TreeSet<>(List.of(first));
      while (!roots.isEmpty()) {
        Lineage.Node root = roots.pollFirst();
        if (left.contains(root)) {
          place(root, null, 0);
          for (Lineage.Node node : List.copyOf(seen)) {
            parts.getOrDefault(node, List.of()).stream()
                .filter(left::contains)
                .forEach(other -> roots.add(rootOf(other)));
          }
        }
      }
      for (Lineage.Relation relation : relations) {
        Box from = places.get(relation.from());
        Box to = places.get(relation.to());
        if (relation.share() != null && !nearest.contains(relation) && from != null && to != null) {
          lines.add(line(from, to, relation, true));
        }
      }
      int width = boxes.stream().mapToInt(box -> box.x() + WIDTH + 2).max().orElse(0);
      return new Family(
          Words.printable(first.id()), seen.size(), width, rows * ROW + 2, boxes, lines);
    }

    private void take(Lineage.Node node) {
      left.remove(node);
      seen.add(node);
    }

    /** The first node of the tree that a node is in: a reference, if there is one. */
    private Lineage.Node rootOf(Lineage.Node node) {
      TreeSet<Lineage.Node> tree = new TreeSet<>(List.of(node));
      Deque<Lineage.Node> open = new ArrayDeque<>(tree);
      while (!open.isEmpty()) {
        Lineage.Node at = open.pop();
        for (Lineage.Relation relation : edges.getOrDefault(at, List.of())) {
          Lineage.Node other = other(relation, at);
          if (tree.add(other)) {
            open.push(other);
          }
        }
      }
      return tree.first();
    }

    /** Lays out a model above those that came from it. */
    private Box place(Lineage.Node node, Lineage.Relation by, int depth) {
      take(node);
      String name = Words.printable(node.id());
      Box box =
          new Box(
              depth * COLUMN + 1,
              rows * ROW + 1,
              Words.shortened(name, LETTERS),
              name,
              style(node, by));
      boxes.add(box);
      places.put(node, box);
      if (depth == DEEPEST || boxes.size() > MOST_BOXES) {
        behind(node, box);
        return box;
      }
      Map<String, List<Lineage.Relation>> leaves = new LinkedHashMap<>();
      List<Lineage.Relation> branches = new ArrayList<>();
      for (Lineage.Relation relation : edges.getOrDefault(node, List.of())) {
        Lineage.Node other = other(relation, node);
        if (left.contains(other)) {
          if (!other.reference() && isAlike(other, relation)) {
            leaves.computeIfAbsent(kind(relation), kind -> new ArrayList<>()).add(relation);
          } else {
            branches.add(relation);
          }
        }
      }
      boolean first = true;
      for (Lineage.Relation relation : branches) {
        rows += first ? 0 : 1;
        first = false;
        lines.add(line(box, place(other(relation, node), relation, depth + 1), relation, false));
      }
      for (List<Lineage.Relation> alike : leaves.values()) {
        first = leaves(node, box, alike, depth, first);
      }
      rows += depth == 0 ? 1 : 0;
      return box;
    }

    /**
     * Whether all that comes after a model is the same as it but for the order of neurons, and was
     * not changed otherwise: a chain of copies of one model, in whatever order they were found.
     */
    private boolean isAlike(Lineage.Node node, Lineage.Relation by) {
      if (edges.get(node).size() == 1) {
        return true;
      }
      Map<Lineage.Node, Lineage.Relation> behind = behind(node);
      return Lineage.isSame(by)
          && behind.values().stream().allMatch(Lineage::isSame)
          && behind.keySet().stream().noneMatch(Lineage.Node::reference);
    }

    /** What comes after a model and has no place yet, with the relation that each is reached by. */
    private Map<Lineage.Node, Lineage.Relation> behind(Lineage.Node node) {
      Map<Lineage.Node, Lineage.Relation> reached = new TreeMap<>();
      Deque<Lineage.Node> open = new ArrayDeque<>(List.of(node));
      while (!open.isEmpty()) {
        Lineage.Node at = open.pop();
        for (Lineage.Relation relation : edges.get(at)) {
          Lineage.Node other = other(relation, at);
          if (left.contains(other) && !other.equals(node) && !reached.containsKey(other)) {
            reached.put(other, relation);
            open.push(other);
          }
        }
      }
      return reached;
    }

    /** Where there is no more room: how many models come after one. */
    private void behind(Lineage.Node node, Box box) {
      List<Lineage.Node> behind = List.copyOf(behind(node).keySet());
      behind.forEach(this::take);
      if (!behind.isEmpty()) {
        String text = "and " + Words.count(behind.size()) + " more";
        boxes.set(
            boxes.size() - 1,
            new Box(box.x(), box.y(), text, box.names() + " " + text, box.style()));
      }
    }

    private boolean leaves(
        Lineage.Node node, Box box, List<Lineage.Relation> alike, int depth, boolean none) {
      boolean first = none;
      int models = alike.size();
      for (Lineage.Relation relation : alike) {
        models += behind(other(relation, node)).size();
      }
      if (models > ALONE) {
        rows += first ? 0 : 1;
        Box many = many(node, alike, depth + 1);
        boxes.add(many);
        lines.add(line(box, many, alike.get(0), false));
        return false;
      }
      for (Lineage.Relation relation : alike) {
        rows += first ? 0 : 1;
        first = false;
        lines.add(line(box, place(other(relation, node), relation, depth + 1), relation, false));
      }
      return first;
    }

    private Box many(Lineage.Node node, List<Lineage.Relation> alike, int depth) {
      List<String> names = new ArrayList<>();
      for (Lineage.Relation relation : alike) {
        Lineage.Node other = other(relation, node);
        Set<Lineage.Node> all = new TreeSet<>(behind(other).keySet());
        all.add(other);
        all.forEach(this::take);
        all.forEach(model -> names.add(Words.printable(model.id())));
      }
      String listed = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
      int more = names.size() - MOST_NAMES;
      return new Box(
          depth * COLUMN + 1,
          rows * ROW + 1,
          Words.models(names.size()),
          more > 0 ? listed + " and " + Words.count(more) + " more" : listed,
          alike.get(0).verdict().toLowerCase(Locale.ROOT));
    }
  }

  private static String style(Lineage.Node node, Lineage.Relation by) {
    boolean plain = by == null || node.reference();
    return node.reference() ? "owner" : plain ? "" : by.verdict().toLowerCase(Locale.ROOT);
  }

  private static String kind(Lineage.Relation relation) {
    return relation.verdict() + relation.directed() + relation.steps();
  }

  private static Lineage.Node other(Lineage.Relation relation, Lineage.Node node) {
    return relation.from().equals(node) ? relation.to() : relation.from();
  }

  private static Line line(Box from, Box to, Lineage.Relation relation, boolean part) {
    int x = from.x() + WIDTH;
    int y = from.y() + HEIGHT / 2;
    int toX = part && to.x() <= from.x() ? to.x() + WIDTH : to.x();
    int toY = to.y() + HEIGHT / 2;
    int bend = x + 12;
    String path =
        part
            ? "M%d %dC%d %d %d %d %d %d".formatted(x, y, x + 60, y, toX - 60, toY, toX, toY)
            : "M%d %dH%dV%dH%d".formatted(x, y, bend, toY, toX);
    return new Line(
        path,
        toX - 4,
        toY - 3,
        part ? "" : text(relation),
        Words.printable(
            relation.from().id() + " and " + relation.to().id() + ": " + relation.words()),
        relation.directed(),
        part);
  }

  /** What was done, in few letters: what says most of it first. */
  private static String text(Lineage.Relation relation) {
    if (relation.share() != null) {
      return String.format(Locale.ROOT, "%.0f %%", 100 * relation.share());
    }
    List<String> steps =
        relation.steps().stream()
            .map(step -> step.toLowerCase(Locale.ROOT).replace('_', ' '))
            .filter(step -> !step.endsWith("s changed"))
            .toList();
    if (steps.isEmpty()) {
      boolean changed = relation.verdict().equals("DERIVED");
      return changed ? "changed" : relation.verdict().toLowerCase(Locale.ROOT);
    }
    String more = steps.size() > 1 ? " +" + (steps.size() - 1) : "";
    return Words.shortened(steps.get(0), 16 - more.length()) + more;
  }
}
