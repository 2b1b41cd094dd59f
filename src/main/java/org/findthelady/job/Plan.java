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
import java.util.Optional;
import org.findthelady.core.Location;
import org.findthelady.core.Pace;
import org.findthelady.fleet.FleetPlan;
import org.findthelady.fleet.PairWork;
import org.findthelady.fleet.PairWorks;
import org.findthelady.fleet.Probe;
import org.findthelady.fleet.Rates;
import org.findthelady.fleet.Suspect;
import org.findthelady.job.file.JobText;
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
  private static final int PAIRS_A_TASK = 16;
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
   * @param probed seconds of one slot that all of it takes, as some of it showed; null if nothing
   *     was tried
   */
  record Step(
      String what,
      long models,
      long tasks,
      long bytes,
      double flops,
      long memory,
      double overhead,
      Double probed) {}

  private final Request request;
  private final List<Suspect> suspects;
  private final Rates rates;
  private final Probe probe;
  private final List<Step> steps = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param probe null if no suspects were tried
   */
  private Plan(Request request, List<Suspect> suspects, Rates rates, Probe probe) {
    this.request = request;
    this.suspects = suspects;
    this.rates = rates;
    this.probe = probe;
    FleetPlan fleet = FleetPlan.of(suspects, request.slots());
    PairWorks works = new PairWorks();
    addWhole(fleet.chunks(), works);
    fleet.large().forEach(index -> addSpread(suspects.get(index), works));
  }

  /** Reads headers, and for a few seconds models, to measure this machine. */
  public static Plan of(Request request) {
    HadoopStore store = new HadoopStore(request.storage());
    try {
      AuditJob job = request.job() == null ? null : job(store, request.job());
      List<Suspect> suspects = job == null ? List.of(pair(request, store)) : job.suspects();
      boolean given = request.bytesPerSecond() != null || request.flopsPerSecond() != null;
      Probe probe = job == null || given ? null : probe(job, request.slots()).orElse(null);
      Rates rates = Rates.measured(suspects, request.bytesPerSecond(), request.flopsPerSecond());
      return new Plan(request, suspects, rates, probe);
    } catch (IOException e) {
      throw Failure.of(request.job() == null ? request.suspect() : request.job(), e);
    }
  }

  /** The job, its own results left out. */
  private static AuditJob job(HadoopStore store, String path) throws IOException {
    JobText text = AuditJob.text(store, path);
    JobPreflight.look(Preflight.of(store), text);
    boolean named = text.job().outputs().folder() != null;
    return AuditJob.read(store, text, named ? AuditJob.out(text, null) : "plan", null);
  }

  private static Optional<Probe> probe(AuditJob job, int slots) {
    List<Suspect> small =
        FleetPlan.of(job.suspects(), slots).chunks().stream()
            .flatMap(List::stream)
            .map(job.suspects()::get)
            .toList();
    return Probe.of(small, job.relatesAll(), job.comparesLikely());
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

  /** The models that one task does whole, and pairs of relatives among them. */
  private void addWhole(List<List<Integer>> chunks, PairWorks works) {
    PairWork all = null;
    long models = 0;
    for (List<Integer> chunk : chunks) {
      for (int index : chunk) {
        PairWork work = works.of(suspects.get(index), notes);
        all = all == null ? work : all.plus(work);
        models++;
      }
    }
    if (all == null) {
      return;
    }
    Double probed = probe == null ? null : models * (probe.seconds() + Rates.SECONDS_A_MODEL);
    steps.add(
        new Step(
            "whole models",
            models,
            chunks.size(),
            all.bytes(),
            all.flops(),
            all.memory(),
            all.overhead(),
            probed));
    long beside = probe == null ? 0 : Math.round(probe.pairsBeside() * models);
    if (beside > 0) {
      long pairs = suspects.stream().mapToLong(suspect -> suspect.pairs().size()).sum();
      steps.add(
          new Step(
              "pairs of relatives",
              beside,
              (beside + PAIRS_A_TASK - 1) / PAIRS_A_TASK,
              all.bytes() / pairs * beside,
              all.flops() / pairs * beside,
              all.memory(),
              0,
              beside * probe.seconds() / Math.max(1, probe.references())));
    }
  }

  private void addSpread(Suspect suspect, PairWorks works) {
    PairWork work = works.of(suspect, notes);
    steps.add(
        new Step(
            suspect.id() + ", spread",
            1,
            work.spreadTasks(),
            work.spreadBytes(),
            work.flops(),
            work.spreadMemory(),
            work.overhead(),
            null));
  }

  List<Step> steps() {
    return steps;
  }

  /** Seconds that all of it takes. */
  double seconds() {
    double seconds = request.job() == null ? Rates.START_OF_A_PAIR_SECONDS : Rates.START_SECONDS;
    for (Step step : steps) {
      seconds += seconds(step);
    }
    return seconds;
  }

  private double seconds(Step step) {
    double busy =
        step.probed() != null
            ? step.probed()
            : rates.seconds(step.overhead(), step.tasks(), step.bytes(), step.flops());
    return busy / Math.min(request.slots(), Math.max(1, step.tasks()));
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
            request.slots(),
            rates.bytesPerSecond() / 1e6,
            rates.flopsPerSecond() / 1e9));
    if (probe != null) {
      text.append(
          String.format(
              Locale.ROOT,
              "%d of the models were audited for it: %.2f s each, %.1f references compared%n",
              probe.models(),
              probe.seconds(),
              probe.references()));
    }
    if (suspects.stream().anyMatch(suspect -> suspect.pairs().size() > 1)) {
      text.append(
          "bytes and operations are counted as if no reference fitted; a suspect that fits a likely"
              + " one takes a part of them\n");
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
    plan.put("slots", request.slots());
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
    plan.put("modelsAudited", probe == null ? 0 : probe.models());
    notes.forEach(note -> plan.withArray("notes").add(note));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(plan) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
