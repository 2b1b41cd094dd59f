package org.findthelady.job;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.Verdict;
import org.findthelady.fleet.Fleet;
import org.findthelady.pair.Fingerprints;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairOutcome;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.ModelRow;
import org.findthelady.run.Publication;
import org.findthelady.run.RunReport;
import org.findthelady.run.RunRows;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.Locations;

/** Puts one suspect back in its reference's order. */
public final class Resync {
  private Resync() {}

  /**
   * @param out file or folder to make; null for the report alone
   * @param truth truth file; null if not known
   * @param permutation file for the permutation that was found, as {@link Apply} reads it; null for
   *     none
   * @param report folder for tables and page; null for none
   */
  public record Request(
      String reference,
      String suspect,
      String out,
      String truth,
      String permutation,
      String report,
      StructureChoice structure,
      String evidence,
      String assign,
      long seed,
      Map<String, String> storage) {}

  /**
   * What came out.
   *
   * @param row the model's row
   * @param written where the re-synchronised model is; null if it was not written
   */
  public record Result(ModelRow row, double seconds, String written, List<String> notes) {
    public Verdict verdict() {
      return row.verdict();
    }

    /** For people. */
    public String text() {
      StringBuilder text = new StringBuilder();
      line(text, "verdict", row.verdict() + " (" + row.verdict().plainWords() + ")");
      line(text, "reason", row.reason());
      line(text, "structure", row.structure().isEmpty() ? "-" : row.structure());
      line(text, "groups", row.groups());
      line(text, "neurons", row.neurons());
      line(text, "moved", row.moved());
      line(text, "ambiguous", row.ambiguous());
      line(text, "interchangeable", row.interchangeable());
      line(text, "margin smallest", number(row.smallestMargin()));
      line(text, "margin median", number(row.medianMargin()));
      line(text, "Psi", row.psi() == null ? "-" : number(row.psi()) + " %");
      line(text, "seconds", String.format(Locale.ROOT, "%.2f", seconds));
      line(text, "bytes read", row.bytesRead());
      line(text, "written", written == null ? "-" : written);
      notes.forEach(note -> line(text, "note", note));
      return text.toString();
    }

    private static void line(StringBuilder text, String name, Object value) {
      text.append(String.format(Locale.ROOT, "%-16s %s%n", name, value));
    }

    private static String number(Double value) {
      return value == null ? "-" : String.format(Locale.ROOT, "%.6g", value);
    }
  }

  /** Runs on the Spark application at hand, or on local Spark. */
  public static Result run(Request request) {
    try (Cluster cluster = Cluster.open("ftl resync " + request.suspect())) {
      return run(request, cluster);
    } catch (IOException e) {
      throw new CheckpointException(
          CheckpointException.Reason.IO, request.suspect() + ": " + e.getMessage(), e);
    }
  }

  static Result run(Request request, Cluster cluster) throws IOException {
    Map<String, String> storage = new TreeMap<>(cluster.storageProperties());
    storage.putAll(request.storage());
    HadoopStore store = new HadoopStore(storage);
    PairAudit.requireReference(store, request.reference(), Locations.absolute(request.reference()));
    Publication publication =
        request.out() == null
            ? null
            : Publication.to(store, request.out(), request.reference(), request.suspect());
    PairRequest pair =
        new PairRequest(
            request.suspect().substring(request.suspect().lastIndexOf('/') + 1),
            Locations.absolute(request.reference()),
            Locations.absolute(request.suspect()),
            request.structure(),
            MatchSettings.options(request.evidence(), request.assign(), request.seed()),
            store,
            request.truth() == null ? null : Locations.absolute(request.truth()),
            publication == null ? null : publication.stage());
    try {
      PairOutcome outcome = Fleet.auditOne(cluster, pair, Fingerprints.none());
      boolean written = !outcome.written().isEmpty();
      if (written) {
        publication.publish(outcome.pair().stage(), outcome.written());
      }
      if (request.permutation() != null && outcome.found() != null) {
        try (OutputStream file = store.create(request.permutation())) {
          outcome.found().write(file);
        }
      }
      if (request.report() != null) {
        RunReport.ofOne(store, request.report(), outcome);
      }
      return new Result(
          RunRows.of("", outcome).model(),
          outcome.seconds(),
          written ? request.out() : null,
          outcome.notes());
    } finally {
      if (publication != null) {
        publication.abandon();
      }
    }
  }
}
