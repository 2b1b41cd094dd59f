package org.findthelady.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.core.Location;
import org.findthelady.core.Pace;
import org.findthelady.fleet.FleetPlan;
import org.findthelady.fleet.PairWork;
import org.findthelady.fleet.PairWorks;
import org.findthelady.fleet.Rates;
import org.findthelady.fleet.Suspect;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.HadoopStore;

/**
 * What an audit or a resync would come to, from headers alone, with the code that splits the work:
 * tasks, bytes, operations, memory, seconds.
 */
public final class Plan {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_NOTES = 8;
  private static final double MEBIBYTE = 1 << 20;

  /**
   * What is to be planned: a job file, or a pair.
   *
   * @param job null for a pair
   * @param slots tasks that can run at the same time
   * @param bytesPerSecond that one slot reads and compares; null to measure
   * @param flopsPerSecond that one slot multiplies and adds; null to measure
   */
  public record Request(
      String job,
      String reference,
      String suspect,
      StructureChoice structure,
      int slots,
      Double bytesPerSecond,
      Double flopsPerSecond,
      Map<String, String> storage) {}

  /**
   * Tasks of one kind.
   *
   * @param what whole models, or the name of a model that is spread
   * @param models that they audit
   * @param bytes of tensors that are read
   * @param memory bytes that one task needs at most
   * @param overhead seconds that its pairs take however small they are
   */
  record Step(
      String what,
      long models,
      long tasks,
      long bytes,
      double flops,
      long memory,
      double overhead) {}

  private final List<Step> steps;
  private final List<String> notes;
  private final int slots;
  private final Rates rates;
  private final boolean several;

  private Plan(List<Step> steps, List<String> notes, int slots, Rates rates, boolean several) {
    this.several = several;
    this.steps = steps;
    this.notes = notes;
    this.slots = slots;
    this.rates = rates;
  }

  /** Reads headers; a few megabytes more to measure this machine. */
  public static Plan of(Request request) {
    HadoopStore store = new HadoopStore(request.storage());
    try {
      List<Suspect> suspects =
          request.job() == null
              ? List.of(pair(request, store))
              : AuditJob.read(store, AuditJob.text(store, request.job()), "plan", null).suspects();
      Rates rates =
          Rates.measured(store, suspects, request.bytesPerSecond(), request.flopsPerSecond());
      List<String> notes = new ArrayList<>();
      boolean several = suspects.stream().anyMatch(suspect -> suspect.pairs().size() > 1);
      List<Step> steps = steps(suspects, request.slots(), notes);
      return new Plan(steps, notes, request.slots(), rates, several);
    } catch (IOException e) {
      throw Failure.of(request.job() == null ? request.suspect() : request.job(), e);
    }
  }

  private static Suspect pair(Request request, HadoopStore store) {
    String reference = Location.of(request.reference()).path();
    PairAudit.requireReference(store, request.reference(), reference);
    String suspect = Location.of(request.suspect()).path();
    PairRequest pair =
        new PairRequest(
            suspect.substring(suspect.lastIndexOf('/') + 1),
            reference,
            suspect,
            request.structure(),
            MatchSettings.options("all", "one-to-one", 1),
            store,
            null,
            null);
    return Suspect.of(pair);
  }

  private static List<Step> steps(List<Suspect> suspects, int slots, List<String> notes) {
    PairWorks works = new PairWorks();
    FleetPlan fleet = FleetPlan.of(suspects, slots);
    List<Step> steps = new ArrayList<>();
    long models = 0;
    long bytes = 0;
    double flops = 0;
    long memory = 0;
    double overhead = 0;
    for (List<Integer> chunk : fleet.chunks()) {
      for (int index : chunk) {
        PairWork work = works.of(suspects.get(index), notes);
        models++;
        bytes += work.bytes();
        flops += work.flops();
        memory = Math.max(memory, work.memory());
        overhead += work.overhead();
      }
    }
    if (models > 0) {
      steps.add(
          new Step("whole models", models, fleet.chunks().size(), bytes, flops, memory, overhead));
    }
    for (int index : fleet.large()) {
      PairWork work = works.of(suspects.get(index), notes);
      steps.add(
          new Step(
              suspects.get(index).id() + ", spread",
              1,
              work.spreadTasks(),
              work.spreadBytes(),
              work.flops(),
              work.spreadMemory(),
              work.overhead()));
    }
    return steps;
  }

  List<Step> steps() {
    return steps;
  }

  /** Seconds that all of it takes. */
  double seconds() {
    double seconds = Rates.START_SECONDS;
    for (Step step : steps) {
      seconds += seconds(step);
    }
    return seconds;
  }

  private double seconds(Step step) {
    double busy = rates.seconds(step.overhead(), step.tasks(), step.bytes(), step.flops());
    return busy / Math.min(slots, Math.max(1, step.tasks()));
  }

  /** For people. */
  public String text() {
    StringBuilder text = new StringBuilder();
    String row = "%-40s %8s %8s %12s %10s %12s %10s%n";
    text.append(
        row.formatted("WORK", "MODELS", "TASKS", "READ MIB", "GFLOP", "MIB A TASK", "SECONDS"));
    for (Step step : steps) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-40s %8d %8d %12.1f %10.1f %12.1f %10.1f%n",
              step.what(),
              step.models(),
              step.tasks(),
              step.bytes() / MEBIBYTE,
              step.flops() / 1e9,
              step.memory() / MEBIBYTE,
              seconds(step)));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%nabout %s on %d slots, start-up included (%.0f MB/s and %.1f GFLOP/s a slot)%n",
            Pace.words(seconds()),
            slots,
            rates.bytesPerSecond() / 1e6,
            rates.flopsPerSecond() / 1e9));
    if (several) {
      text.append(
          "counted as if no reference fitted; a suspect that fits a likely one takes a part of it\n");
    }
    shortened(notes).forEach(note -> text.append("note  ").append(note).append('\n'));
    return text.toString();
  }

  /** Notes that say the same of several models in one line each. */
  static List<String> shortened(List<String> notes) {
    Map<String, List<String>> byText = new LinkedHashMap<>();
    for (String note : notes) {
      int colon = note.indexOf(": ");
      byText
          .computeIfAbsent(note.substring(colon + 1).strip(), text -> new ArrayList<>())
          .add(note.substring(0, Math.max(0, colon)));
    }
    List<String> lines = new ArrayList<>();
    byText.forEach(
        (text, ids) ->
            lines.add(
                ids.size() == 1
                    ? ids.get(0) + ": " + text
                    : "%d pairs, the first of %s: %s".formatted(ids.size(), ids.get(0), text)));
    int left = lines.size() - MOST_NOTES;
    if (left > 0) {
      lines.subList(MOST_NOTES, lines.size()).clear();
      lines.add("%d more; --json has all".formatted(left));
    }
    return lines;
  }

  /** For programs. */
  public String json() {
    ObjectNode plan = JSON.createObjectNode();
    plan.put("slots", slots);
    plan.put("bytesPerSecond", rates.bytesPerSecond());
    plan.put("flopsPerSecond", rates.flopsPerSecond());
    plan.put("seconds", seconds());
    for (Step step : steps) {
      ObjectNode node = plan.withArray("steps").addObject();
      node.put("what", step.what());
      node.put("models", step.models());
      node.put("tasks", step.tasks());
      node.put("bytes", step.bytes());
      node.put("flops", step.flops());
      node.put("memoryBytes", step.memory());
      node.put("seconds", seconds(step));
    }
    notes.forEach(note -> plan.withArray("notes").add(note));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(plan) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
