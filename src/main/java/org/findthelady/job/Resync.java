package org.findthelady.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.Location;
import org.findthelady.core.NotAuditedException;
import org.findthelady.core.OutputException;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.fleet.Fleet;
import org.findthelady.match.verdict.Finding;
import org.findthelady.pair.Fingerprints;
import org.findthelady.pair.FunctionCheck;
import org.findthelady.pair.InProcess;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.NotAudited;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.Parents;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.JsonText;
import org.findthelady.report.LayerRow;
import org.findthelady.report.ModelRow;
import org.findthelady.report.OwnerSentence;
import org.findthelady.report.Words;
import org.findthelady.run.OutputName;
import org.findthelady.run.Publication;
import org.findthelady.run.RunReport;
import org.findthelady.run.RunRows;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;

/** Puts one suspect back in its reference's order. */
public final class Resync {
  /** Findings that are printed. */
  private static final int SHOWN = 20;

  private Resync() {}

  /**
   * @param reference file or folder
   * @param suspect file or folder
   * @param parent another checkpoint that the suspect may have been merged with; null for none
   * @param structure how the groups are found
   * @param matching as users write it
   * @param truth truth file; null if not known
   * @param outputs what to write
   * @param storage properties of Hadoop's file systems
   */
  public record Request(
      String reference,
      String suspect,
      String parent,
      StructureChoice structure,
      MatchSettings.Given matching,
      String truth,
      Outputs outputs,
      Map<String, String> storage) {
    /** Compares two checkpoints with all defaults. */
    public static Request of(String reference, String suspect, String truth, Outputs outputs) {
      return new Request(
          reference,
          suspect,
          null,
          StructureChoice.AUTOMATIC,
          MatchSettings.Given.DEFAULTS,
          truth,
          outputs,
          Map.of());
    }
  }

  /**
   * What to write, each null if it is not wanted; nothing may be there.
   *
   * @param model file or folder of the re-synchronised suspect
   * @param corrected whether scales, signs and bases are undone in it too, which rounds
   * @param function whether the network is run to compare outputs
   * @param permutation file for the permutation that was found, as {@link Apply} reads it
   * @param report folder for tables and page
   */
  public record Outputs(
      String model, boolean corrected, boolean function, String permutation, String report) {
    /** Nothing is written. */
    public static final Outputs NONE = new Outputs(null, false, null, null);

    /** The network is not run. */
    public Outputs(String model, boolean corrected, String permutation, String report) {
      this(model, corrected, false, permutation, report);
    }

    /** The re-synchronised suspect alone. */
    public static Outputs model(String path) {
      return new Outputs(path, false, null, null);
    }

    private List<String> named() {
      return Stream.of(model, permutation, report).filter(Objects::nonNull).toList();
    }
  }

  /**
   * What came out.
   *
   * @param row the model's row
   * @param layers every tensor that was compared
   * @param written where the re-synchronised model is; null if it was not written
   * @param findings what was done to the suspect, with places
   */
  public record Result(
      ModelRow row,
      List<LayerRow> layers,
      double seconds,
      String written,
      List<String> findings,
      List<String> notes) {
    public Verdict verdict() {
      return row.verdict();
    }

    /** For programs: the model's row, and what belongs to it. */
    public String json() {
      ObjectNode root = JsonText.row(row);
      root.remove("run_id");
      root.put("sentence", OwnerSentence.of(row, layers));
      root.put("seconds", seconds);
      root.put("written", written);
      ArrayNode tensors = root.putArray("tensors");
      for (LayerRow layer : layers) {
        tensors.add(JsonText.row(layer).without(List.of("run_id", "model_id")));
      }
      ArrayNode found = root.putArray("findings");
      findings.forEach(found::add);
      ArrayNode said = root.putArray("notes");
      notes.forEach(said::add);
      return JsonText.of(root);
    }

    /** For people. */
    public String text() {
      StringBuilder text = new StringBuilder(OwnerSentence.of(row, layers) + ".\n");
      line(text, "verdict", row.verdict() + " (" + row.verdict().plainWords() + ")");
      line(text, "reason", row.reason());
      line(text, "structure", row.names().structure().isEmpty() ? "-" : row.names().structure());
      line(text, "groups", row.groups());
      line(text, "neurons", row.counts().neurons());
      line(text, "moved", row.counts().moved());
      line(text, "ambiguous", row.counts().ambiguous());
      line(text, "interchangeable", row.counts().interchangeable());
      line(text, "margin smallest", number(row.margins().smallestMargin()));
      line(text, "margin median", number(row.margins().medianMargin()));
      line(text, "Psi", row.closeness().psi() == null ? "-" : number(row.closeness().psi()) + " %");
      line(text, "seconds", String.format(Locale.ROOT, "%.2f", seconds));
      line(text, "bytes read", row.size().bytesRead());
      line(text, "written", written == null ? "-" : written);
      findings.stream().limit(SHOWN).forEach(finding -> line(text, "finding", finding));
      if (findings.size() > SHOWN) {
        line(text, "finding", "and " + (findings.size() - SHOWN) + " more, see --report");
      }
      notes.forEach(note -> line(text, "note", note));
      return text.toString();
    }

    private static void line(StringBuilder text, String name, Object value) {
      text.append(String.format(Locale.ROOT, "%-16s %s%n", name, Words.printable("" + value)));
    }

    private static String number(Double value) {
      return value == null ? "-" : String.format(Locale.ROOT, "%.6g", value);
    }
  }

  /**
   * Runs a pair on local disks in this process; any other, or where a Spark application was
   * prepared, on Spark.
   */
  public static Result run(Request request) {
    try {
      HadoopStore here = new HadoopStore(request.storage());
      look(request, Preflight.ofLocal(here));
      if (request.outputs().corrected()) {
        return run(request, here, InProcess::corrected);
      }
      if (InProcess.is(request.reference(), request.suspect())) {
        return run(request, here, InProcess::audit);
      }
      try (Cluster cluster = Cluster.open("ftl resync " + request.suspect())) {
        return run(request, cluster);
      }
    } catch (IOException e) {
      throw Failure.of(request.suspect(), e);
    }
  }

  private static void look(Request request, Preflight preflight) throws IOException {
    preflight
        .there(request.reference())
        .there(request.suspect())
        .there(request.parent())
        .structure(request.structure())
        .truth(request.truth());
    for (String output : request.outputs().named()) {
      preflight.output(output).outside(output, request.reference(), request.suspect());
    }
  }

  static Result run(Request request, Cluster cluster) throws IOException {
    Map<String, String> storage = new TreeMap<>(cluster.storageProperties());
    storage.putAll(request.storage());
    HadoopStore store = new HadoopStore(storage);
    look(request, Preflight.of(store));
    return run(request, store, pair -> Fleet.auditOne(cluster, pair, Fingerprints.none()));
  }

  private static Result run(
      Request request, HadoopStore store, Function<PairRequest, PairOutcome> audit)
      throws IOException {
    PairAudit.requireReference(store, request.reference(), Location.of(request.reference()).path());
    FunctionCheck function =
        request.outputs().function()
            ? FunctionCheck.open(store, request.reference(), request.structure())
            : null;
    Publication publication = publication(store, request);
    try {
      String stage = publication == null ? null : publication.stage();
      PairOutcome outcome = audit.apply(pair(request, request.suspect(), store, stage));
      if (!outcome.audited()) {
        throw notAudited(outcome.notAudited());
      }
      boolean written = !outcome.written().isEmpty();
      if (written) {
        publication.publish(outcome.pair().stage());
      }
      writeReports(request, store, outcome);
      List<String> notes = new ArrayList<>(notes(request, store, outcome, audit));
      notes.addAll(functions(function, request, written));
      return new Result(
          RunRows.model("", outcome),
          RunRows.layers("", outcome),
          outcome.seconds(),
          written ? request.outputs().model() : null,
          outcome.findings().stream().map(Finding::text).toList(),
          notes);
    } finally {
      if (publication != null) {
        publication.abandon();
      }
    }
  }

  /** What a reader should know, and what another parent has in the suspect. */
  private static List<String> notes(
      Request request,
      HadoopStore store,
      PairOutcome outcome,
      Function<PairRequest, PairOutcome> audit)
      throws IOException {
    if (request.parent() == null || !outcome.verdict().isCopy()) {
      return outcome.notes();
    }
    PairRequest parent = pair(request, request.parent(), store, null);
    return Stream.concat(
            outcome.notes().stream(), Stream.of(Parents.words(store, audit.apply(parent), outcome)))
        .toList();
  }

  /** How alike the outputs of the suspect, as found and as written, are to the reference's. */
  private static List<String> functions(FunctionCheck function, Request request, boolean written)
      throws IOException {
    if (function == null) {
      return List.of();
    }
    List<String> words = new ArrayList<>();
    words.add("function: the suspect " + function.words(request.suspect()));
    if (written) {
      String what = request.outputs().corrected() ? "corrected" : "re-synchronised";
      words.add("function: the " + what + " suspect " + function.words(request.outputs().model()));
    }
    return words;
  }

  private static PairRequest pair(
      Request request, String suspect, HadoopStore store, String stage) {
    return new PairRequest(
        Location.of(suspect).name(),
        Location.of(request.reference()).path(),
        Location.of(suspect).path(),
        request.structure(),
        MatchSettings.options(request.matching()),
        store,
        request.truth() == null || !suspect.equals(request.suspect())
            ? null
            : Location.of(request.truth()).path(),
        stage);
  }

  private static void writeReports(Request request, HadoopStore store, PairOutcome outcome)
      throws IOException {
    if (request.outputs().permutation() != null && outcome.found() != null) {
      try (OutputStream file = store.create(request.outputs().permutation())) {
        outcome.found().write(file);
      }
    }
    if (request.outputs().report() != null) {
      RunReport.ofOne(
          store, Location.of(request.outputs().report()).path(), outcome.withoutModel());
    }
  }

  /**
   * Where the model is to be published; null if none is wanted. A suspect that cannot be opened has
   * no name to hold to: its verdict says what is wrong.
   */
  private static Publication publication(HadoopStore store, Request request) throws IOException {
    String model = request.outputs().model();
    if (model == null) {
      return null;
    }
    Publication publication = Publication.to(store, model, request.reference(), request.suspect());
    Checkpoint suspect;
    try {
      suspect = Checkpoints.open(store, request.suspect());
    } catch (CheckpointException e) {
      return publication;
    }
    OutputName.requireFit(suspect, model);
    return publication.of(suspect);
  }

  private static RuntimeException notAudited(NotAudited why) {
    return switch (why.cause()) {
      case OUTPUT -> new UncheckedIOException(new OutputException(why.reason()));
      case STRUCTURE -> new UserException(why.reason());
      default -> new NotAuditedException(why.inWords());
    };
  }
}
