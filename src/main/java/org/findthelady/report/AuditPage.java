package org.findthelady.report;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import org.findthelady.core.Verdict;

/**
 * The HTML pages of an audit: self-contained, every text escaped, nothing fetched, no script but
 * their own. The first has the gravest models. If it has no room for the details of all, more pages
 * beside it have those of every model. Keeps no more than its limits of what it is given.
 */
public final class AuditPage {
  /** The first page. */
  public static final String FIRST = "index.html";

  /** Relations that are listed in words. */
  private static final int RELATIONS = 300;

  private static final List<String> TABLES =
      List.of("models", "groups", "layers", "neurons", "findings", "pairs");

  /** A model that could not be looked at. */
  public record Missed(String model, String cause, String reason) {
    /** For people. */
    String inWords() {
      return "%s was not audited: %s, %s"
          .formatted(Words.printable(model), cause, Words.printable(reason));
    }
  }

  private final PageLimits limits;
  private final PageFiles files;
  private final PriorityQueue<PageEntry> gravest =
      new PriorityQueue<>(PageEntry.GRAVEST.reversed());
  private final List<PageEntry> pending = new ArrayList<>();
  private final List<String> pages = new ArrayList<>();
  private final List<Missed> missed = new ArrayList<>();
  private final TreeSet<String> references = new TreeSet<>();
  private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
  private long pendingCharacters;
  private int seen;
  private final Lineage lineage = new Lineage();
  private final List<PageHeading.Fact> about = new ArrayList<>();
  private boolean scored;

  /**
   * @param files where the pages go
   */
  public AuditPage(PageLimits limits, PageFiles files) {
    this.limits = limits;
    this.files = files;
  }

  /** Whether a file is a page of an audit. */
  public static boolean isPage(String name) {
    return name.equals(FIRST) || name.matches("models-[0-9]+\\.html");
  }

  /** What unfolds below a model, within the usual limits. */
  public static String detail(ModelFindings findings) {
    return ModelDetail.of(findings, PageLimits.standard());
  }

  /** Adds a model. */
  public void add(ModelFindings findings) throws IOException {
    add(findings, ModelDetail.of(findings, limits));
  }

  /**
   * Adds a model.
   *
   * @param detail what unfolds below it
   */
  public void add(ModelFindings findings, String detail) throws IOException {
    PageEntry entry = new PageEntry(seen++, findings, detail);
    lineage.add(findings);
    counts.merge(entry.row().verdict(), 1L, Long::sum);
    scored |= entry.row().closeness().psi() != null;
    references.add(Words.printable(entry.row().names().reference()));
    gravest.add(entry);
    if (gravest.size() > limits.models()) {
      gravest.poll();
    }
    pending.add(entry);
    pendingCharacters += entry.detail().length();
    if (pendingCharacters > limits.otherCharacters()) {
      writePending();
    }
  }

  /** Adds a line to what stands above the models. */
  public void about(String name, String value) {
    about.add(new PageHeading.Fact(name, Words.printable(value)));
  }

  /** How the models that were added are related to the references. */
  public Lineage lineage() {
    return lineage;
  }

  /** Adds a model that could not be looked at. */
  public void add(Missed model) {
    missed.add(
        new Missed(Words.printable(model.model()), model.cause(), Words.printable(model.reason())));
  }

  /** Writes the models that wait to a page of their own. */
  private void writePending() throws IOException {
    if (pending.isEmpty()) {
      return;
    }
    String name = "models-" + (pages.size() + 1) + ".html";
    pages.add(name);
    pending.sort(PageEntry.GRAVEST);
    Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    for (PageEntry entry : pending) {
      entry.writtenTo(name);
      verdicts.merge(entry.row().verdict(), 1L, Long::sum);
    }
    Map<String, Object> values = values(pending, pending);
    values.put("title", "Details of models, part " + pages.size());
    values.put("verdicts", VerdictView.of(verdicts, pending.size()));
    values.put("links", List.of(FIRST));
    render(name, values);
    pending.clear();
    pendingCharacters = 0;
  }

  /** Writes the first page, the same bytes for the same models, and what others it needs. */
  public void write(RunSummary run) throws IOException {
    boolean whole = pages.isEmpty() && seen <= limits.models();
    if (!whole || pendingCharacters > limits.firstCharacters()) {
      writePending();
    }
    List<PageEntry> shown = gravest.stream().sorted(PageEntry.GRAVEST).toList();
    PageHeading heading = new PageHeading(run, about, references, seen, missed.size());
    Map<String, Object> values = values(shown, withDetails(shown));
    values.put("title", heading.title());
    values.put("facts", heading.facts());
    values.put("note", heading.note(shown.size()));
    values.put("verdicts", VerdictView.of(counts, seen));
    values.put("missed", missed);
    LineageDrawing.Shown drawn = LineageDrawing.of(lineage);
    values.put("families", seen > 1 ? drawn.families() : List.of());
    values.put("familiesLeft", drawn.left());
    values.put(
        "relations", lineage.relations().stream().limit(RELATIONS).map(this::words).toList());
    values.put("pages", pages);
    values.put("versions", run.versions());
    List<String> links = new ArrayList<>(TABLES.stream().map(TableWriter::jsonLines).toList());
    links.add(Lineage.FILE);
    links.add("timing.json");
    values.put("links", links);
    if (seen == 1 && missed.isEmpty()) {
      ModelRow row = shown.get(0).row();
      values.put("title", OwnerSentence.capitalised(shown.get(0).view().sentence()));
      values.put("single", shown.get(0).view());
      values.put("meaning", row.verdict().plainWords());
    }
    render(FIRST, values);
  }

  private String words(Lineage.Relation relation) {
    return Words.printable(
        "%s and %s: %s, %s"
            .formatted(
                relation.from().id(), relation.to().id(), relation.verdict(), relation.words()));
  }

  /** The models whose details the first page has room for; null in the place of others. */
  private List<PageEntry> withDetails(List<PageEntry> shown) {
    List<PageEntry> here = new ArrayList<>();
    long characters = 0;
    for (PageEntry entry : shown) {
      characters += entry.detail().length();
      boolean room = entry.page().isEmpty() || characters <= limits.firstCharacters();
      here.add(room ? entry : null);
    }
    return here;
  }

  /**
   * What every page shows.
   *
   * @param shown models of the page
   * @param here the same, null where the details are on another page
   */
  private Map<String, Object> values(List<PageEntry> shown, List<PageEntry> here) {
    List<ModelView> models = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      PageEntry entry = shown.get(i);
      models.add(here.get(i) == null ? entry.view().on(entry.page()) : entry.view());
    }
    Map<String, Object> values = new HashMap<>();
    values.put("assets", PageAssets.AUDIT);
    values.put("models", models);
    values.put("data", PageEntry.json(here));
    values.put("scored", scored);
    values.put(
        "references", models.stream().map(ModelView::reference).distinct().sorted().toList());
    for (String none : List.of("facts", "missed", "pages", "families")) {
      values.put(none, List.of());
    }
    values.put("note", "");
    values.put("versions", Map.of());
    return values;
  }

  private void render(String name, Map<String, Object> values) throws IOException {
    try (OutputStream out = files.create(name);
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8)) {
      Pages.render("audit.ftlh", values, writer);
    }
  }
}
