package org.findthelady.report;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Verdict;

/**
 * The HTML page of an audit: self-contained, every text escaped, no script and nothing fetched.
 * Keeps no more than its limits of what it is given.
 */
public final class AuditPage {
  private final PageLimits limits;
  private final List<ModelView> models = new ArrayList<>();
  private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
  private long seen;
  private int detailed;
  private boolean scored;

  public AuditPage(PageLimits limits) {
    this.limits = limits;
  }

  /** Adds a model; those beyond the limits are counted only. */
  public void add(ModelFindings findings) {
    seen++;
    counts.merge(findings.model().verdict(), 1L, Long::sum);
    scored |= findings.model().closeness().psi() != null;
    if (models.size() >= limits.models()) {
      return;
    }
    boolean hasDetail = !findings.groups().isEmpty() || !findings.layers().isEmpty();
    boolean detail = hasDetail && detailed < limits.details();
    detailed += detail ? 1 : 0;
    models.add(ModelView.of(findings, detail, limits));
  }

  /**
   * Writes the page, the same bytes for the same models. Does not close the stream.
   *
   * @param tables where the full tables lie, as a text beside the page ("tables/models.parquet")
   */
  public void write(RunSummary run, String tables, OutputStream target) throws IOException {
    List<VerdictView> verdicts = VerdictView.of(counts, seen);
    Writer writer = new OutputStreamWriter(target, StandardCharsets.UTF_8);
    Pages.render(
        "audit.ftlh",
        Map.of(
            "run", run,
            "verdicts", verdicts,
            "models", models,
            "seen", Words.count(seen),
            "hidden", Words.count(seen - models.size()),
            "hasHidden", seen > models.size(),
            "scored", scored,
            "tables", tables),
        writer);
    writer.flush();
  }
}
