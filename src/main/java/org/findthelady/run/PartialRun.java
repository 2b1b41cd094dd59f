package org.findthelady.run;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.findthelady.pair.NotAudited;

/**
 * What {@code partial.json} says: a run that is not whole, since some models could not be looked
 * at. The tables beside it hold the others. A rerun of the same job tries these again, and only
 * these; once none is left, {@code run.json} takes its place.
 *
 * @param runId as in run.json
 * @param manifestLines models that the run was asked for
 * @param notAudited those without a verdict, in the manifest's order
 */
@JsonPropertyOrder({"runId", "manifestLines", "notAudited"})
public record PartialRun(String runId, long manifestLines, List<Model> notAudited) {
  /**
   * A model without a verdict.
   *
   * @param reason in one line
   */
  @JsonPropertyOrder({"model", "cause", "reason"})
  public record Model(String model, NotAudited.Cause cause, String reason) {
    /** For people. */
    public String text() {
      return "%s  NOT AUDITED  %s: %s".formatted(model, cause, reason);
    }
  }

  public PartialRun {
    notAudited = List.copyOf(notAudited);
  }
}
