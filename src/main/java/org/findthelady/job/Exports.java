package org.findthelady.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.fleet.Suspect;
import org.findthelady.report.AuditPage;
import org.findthelady.report.Judged;
import org.findthelady.report.JunitXml;
import org.findthelady.report.MlBom;
import org.findthelady.report.ModelRow;
import org.findthelady.report.SarifLog;
import org.findthelady.report.Statement;
import org.findthelady.report.VerificationSummary;
import org.findthelady.run.FileDigests;
import org.findthelady.run.RunFolder;
import org.findthelady.run.Version;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.HadoopStore;

/**
 * Files that an audit writes for other programs beside its run, each null if it is not wanted. They
 * replace those of an earlier audit.
 *
 * @param sarif file of a SARIF log
 * @param junit file of a JUnit report
 * @param statements folder of in-toto Statements and SLSA Verification Summaries, one of each a
 *     model
 * @param bom file of a CycloneDX bill of materials
 */
public record Exports(String sarif, String junit, String statements, String bom) {
  /** What is in a model's folder and not of the model, as OpenSSF's model signing has it. */
  private static final Set<String> OF_GIT =
      Set.of(".git", ".gitattributes", ".github", ".gitignore");

  /**
   * Writes them. If statements or a bill are wanted, files of models whose SHA-256 the run did not
   * note are read for it.
   *
   * @param storage properties of Hadoop's file systems
   */
  public void write(Audit.Result result, Map<String, String> storage) {
    HadoopStore store = new HadoopStore(storage);
    List<AuditPage.Missed> missed =
        result.notAudited().stream()
            .map(m -> new AuditPage.Missed(m.model(), m.cause().name(), m.reason()))
            .toList();
    Judged judged = new Judged(result.runId(), Version.CURRENT, result.models(), missed);
    try {
      if (sarif != null) {
        put(store, sarif, SarifLog.of(judged));
      }
      if (junit != null) {
        put(store, junit, JunitXml.of(judged));
      }
      if (statements != null || bom != null) {
        writeWithDigests(store, judged, result);
      }
    } catch (IOException e) {
      throw Failure.of("outputs of the audit", e);
    }
  }

  private void writeWithDigests(HadoopStore store, Judged judged, Audit.Result result)
      throws IOException {
    Map<String, SortedMap<String, String>> files = new TreeMap<>();
    for (ModelRow row : judged.models()) {
      for (String path : List.of(row.names().suspect(), row.names().reference())) {
        if (!files.containsKey(path)) {
          files.put(path, digests(store, path, result.digests()));
        }
      }
    }
    if (bom != null) {
      put(store, bom, MlBom.of(judged, files, RunFolder.relations(store, result.run())));
    }
    if (statements != null) {
      writeStatements(store, judged, files, RunFolder.startedAt(store, result.run()));
    }
  }

  private void writeStatements(
      HadoopStore store,
      Judged judged,
      Map<String, SortedMap<String, String>> files,
      String startedAt)
      throws IOException {
    for (ModelRow row : judged.models()) {
      SortedMap<String, String> suspect = files.get(row.names().suspect());
      String place =
          Location.of(statements).resolve(RunFolder.safeName(row.names().modelId())).path();
      String path = place + ".intoto.json";
      String statement = Statement.of(judged, row, suspect, files.get(row.names().reference()));
      put(store, path, statement);
      String summary =
          VerificationSummary.of(row, suspect, startedAt, path, DigestingStore.sha256(statement));
      put(store, place + ".vsa.json", summary);
    }
  }

  private static SortedMap<String, String> digests(Store store, String path, FileDigests known)
      throws IOException {
    SortedMap<String, String> digests = new TreeMap<>();
    List<FileInfo> files =
        Suspect.files(store, path).stream()
            .filter(file -> file.path().equals(path) || !OF_GIT.contains(file.name()))
            .toList();
    add(store, files, known, digests);
    if (digests.isEmpty()) {
      throw new UserException(path + ": was there during the audit and is gone");
    }
    return digests;
  }

  private static void add(
      Store store, List<FileInfo> files, FileDigests known, SortedMap<String, String> digests)
      throws IOException {
    for (FileInfo file : files) {
      if (file.folder()) {
        add(store, store.list(file.path()), known, digests);
      } else {
        Optional<String> sha256 = known.sha256(file);
        digests.put(
            file.path(), sha256.isPresent() ? sha256.get() : DigestingStore.sha256(store, file));
      }
    }
  }

  private static void put(HadoopStore store, String path, String text) throws IOException {
    store.replace(Location.of(path).path(), text.getBytes(StandardCharsets.UTF_8));
  }
}
