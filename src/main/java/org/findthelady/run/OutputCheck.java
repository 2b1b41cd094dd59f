package org.findthelady.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.report.JsonText;
import org.findthelady.storage.TextFile;

/**
 * What was found in the output of audits.
 *
 * @param runs a line for each run
 * @param faults what does not hold; empty if all does
 * @param finished how many of the runs are
 */
public record OutputCheck(List<String> runs, List<String> faults, int finished) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public OutputCheck {
    runs = List.copyOf(runs);
    faults = List.copyOf(faults);
  }

  /** Whether there are runs, and none of them is finished. */
  public boolean noneFinished() {
    return !runs.isEmpty() && finished == 0;
  }

  /**
   * Checks one run, or all runs of an output folder and its {@code latest.json}.
   *
   * @throws UserException if the folder is neither
   */
  public static OutputCheck of(Store store, String given) throws IOException {
    String folder = Location.of(given).path();
    List<String> runs = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    int finished = 0;
    if (RunFolder.isRun(store, folder)) {
      finished += check(store, folder, runs, faults);
    } else if (store.stat(folder + "/runs").isPresent()) {
      for (FileInfo run : store.list(folder + "/runs")) {
        finished += check(store, run.path(), runs, faults);
      }
      checkPointer(store, folder, faults);
    } else {
      throw new UserException(
          given + ": neither a run (no run.json) nor an output folder (no runs/)");
    }
    return new OutputCheck(runs, faults, finished);
  }

  /** Checks one run; 1 if it is finished. */
  private static int check(Store store, String folder, List<String> runs, List<String> faults)
      throws IOException {
    RunCheck check = new RunCheck(store, folder);
    boolean finished = RunFolder.finished(store, folder);
    String name = Location.of(folder).name();
    if (finished) {
      check.run();
      runs.add(name + ": " + finished(check));
    } else if (store.stat(folder + "/" + RunFolder.PARTIAL).isPresent()) {
      runs.add(name + ": " + partial(check));
    } else {
      runs.add(name + ": not finished; a rerun of its job goes on from there");
    }
    check.faults().forEach(fault -> faults.add(name + ": " + fault));
    return finished ? 1 : 0;
  }

  private static String finished(RunCheck check) {
    String left =
        check.leftovers().isEmpty()
            ? ""
            : "; left by a process that died: %s (a rerun removes it)"
                .formatted(String.join(", ", check.leftovers()));
    return "%d models judged, %d published files read back, %s%s"
        .formatted(check.models(), check.files(), promised(check), left);
  }

  private static String partial(RunCheck check) throws IOException {
    JsonNode partial = check.partial();
    JsonNode missing = partial.path("notAudited");
    return "not whole; %d of %d models judged, %d published files read back, %s; not audited: %s; a rerun of its job tries these again"
        .formatted(
            partial.path("manifestLines").asLong() - missing.size(),
            partial.path("manifestLines").asLong(),
            check.files(),
            promised(check),
            StreamSupport.stream(missing.spliterator(), false)
                .map(m -> m.path("model").asText() + " (" + m.path("cause").asText() + ")")
                .collect(Collectors.joining(", ")));
  }

  private static String promised(RunCheck check) {
    return check.faults().isEmpty() ? "all as promised" : check.faults().size() + " faults";
  }

  private static void checkPointer(Store store, String folder, List<String> faults)
      throws IOException {
    String pointer = folder + "/latest.json";
    if (store.stat(pointer).isEmpty()) {
      return;
    }
    try {
      String run = JSON.readTree(TextFile.read(store, pointer)).path("run").asText();
      if (!run.matches("runs/[^/]+") || !RunFolder.finished(store, folder + "/" + run)) {
        faults.add("latest.json: '%s' is no finished run".formatted(run));
      }
    } catch (JsonProcessingException e) {
      faults.add("latest.json: " + e.getOriginalMessage());
    }
  }

  /** For programs. */
  public String json() {
    return JsonText.of(JsonText.tree(this));
  }

  /** For people. */
  public String text() {
    StringBuilder text = new StringBuilder();
    runs.forEach(run -> text.append("run    ").append(run).append('\n'));
    faults.forEach(fault -> text.append("fault  ").append(fault).append('\n'));
    return text.toString();
  }
}
