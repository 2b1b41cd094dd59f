package org.findthelady.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
 */
public record OutputCheck(List<String> runs, List<String> faults) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public OutputCheck {
    runs = List.copyOf(runs);
    faults = List.copyOf(faults);
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
    if (RunFolder.finished(store, folder)) {
      check(store, folder, runs, faults);
    } else if (store.stat(folder + "/runs").isPresent()) {
      for (FileInfo run : store.list(folder + "/runs")) {
        if (RunFolder.finished(store, run.path())) {
          check(store, run.path(), runs, faults);
        } else {
          runs.add(run.name() + ": not finished; a rerun of its job goes on from there");
        }
      }
      checkPointer(store, folder, faults);
    } else {
      throw new UserException(
          given + ": neither a run (no run.json) nor an output folder (no runs/)");
    }
    return new OutputCheck(runs, faults);
  }

  private static void check(Store store, String folder, List<String> runs, List<String> faults)
      throws IOException {
    RunCheck check = new RunCheck(store, folder);
    check.run();
    String name = Location.of(folder).name();
    check.faults().forEach(fault -> faults.add(name + ": " + fault));
    String left =
        check.leftovers().isEmpty()
            ? ""
            : "; left by a process that died: %s (a rerun removes it)"
                .formatted(String.join(", ", check.leftovers()));
    runs.add(
        "%s: %d models judged, %d published files read back, %s%s"
            .formatted(
                name,
                check.models(),
                check.files(),
                check.faults().isEmpty() ? "all as promised" : check.faults().size() + " faults",
                left));
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
