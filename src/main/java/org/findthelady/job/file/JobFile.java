package org.findthelady.job.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.pair.MatchSettings;

/**
 * What an audit is to do, as read from a job file. Relative paths are relative to the job file's
 * folder. {@code conf/schemas/job.schema.json} says what may stand in it.
 *
 * @param name shown in reports
 * @param references the owner's checkpoints
 * @param suspects where the checkpoints to judge come from
 * @param matching how neurons are matched
 * @param resync whether re-synchronised models are written beside the report
 * @param shortcuts what may be left out
 * @param policy which verdicts make the run fail
 * @param outputs where results are written
 */
public record JobFile(
    String name,
    List<ModelSource> references,
    List<ModelSource> suspects,
    MatchSettings.Given matching,
    boolean resync,
    Shortcuts shortcuts,
    Policy policy,
    Outputs outputs) {

  /**
   * Where results are written; null for what only the command says.
   *
   * @param folder of runs
   * @param fingerprints of references
   * @param link address under which readers see the folder of runs
   */
  public record Outputs(String folder, String fingerprints, String link) {}

  /**
   * Work that may be left out.
   *
   * @param incremental whether rows of the last run are taken over where nothing has changed
   * @param compare {@code likely} or {@code all}
   * @param lineage {@code all} or {@code references}
   */
  public record Shortcuts(boolean incremental, String compare, String lineage) {
    private static final String LIKELY = "likely";
    private static final String ALL = "all";

    /** Whether suspects are held against suspects, and references against references. */
    public boolean relatesAll() {
      return lineage.equals(ALL);
    }

    /** Whether references that are not likely are left out once another one fits. */
    public boolean comparesLikely() {
      return compare.equals(LIKELY);
    }
  }

  public JobFile {
    references = List.copyOf(references);
    suspects = List.copyOf(suspects);
  }

  /**
   * Parses a job file.
   *
   * @param where named in messages
   * @throws org.findthelady.core.UserException with all that is wrong, if something is
   */
  public static JobFile parse(String json, String where) {
    return JobText.parse(json, where).job();
  }

  static JobFile of(JsonNode root) {
    MatchSettings.Given usual = MatchSettings.Given.DEFAULTS;
    return new JobFile(
        root.path("name").asText(),
        sources(root.path("references")),
        sources(root.path("suspects")),
        new MatchSettings.Given(
            root.path("evidence").asText(usual.evidence()),
            root.path("assign").asText(usual.assign()),
            root.path("seed").asLong(usual.seed())),
        root.path("resync").asBoolean(),
        new Shortcuts(
            root.path("incremental").asBoolean(true),
            root.path("compare").asText(Shortcuts.LIKELY),
            root.path("lineage").asText(Shortcuts.ALL)),
        Policy.of(root.path("policy")),
        new Outputs(
            root.path("outputs").path("folder").asText(null),
            root.path("outputs").path("fingerprints").asText(null),
            root.path("outputs").path("link").asText(null)));
  }

  private static List<ModelSource> sources(JsonNode entries) {
    List<ModelSource> sources = new ArrayList<>();
    entries.forEach(entry -> sources.add(ModelSource.of(entry)));
    return sources;
  }
}
