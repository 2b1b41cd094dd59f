package org.findthelady.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.UserException;
import org.findthelady.fleet.Suspect;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.PairAudit;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.RunId;
import org.findthelady.run.RunFolder;
import org.findthelady.run.Version;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.Locations;

/** A job file with its references checked and its suspects found: what an audit runs. */
final class AuditJob {
  private final HadoopStore store;
  private final JobFile job;
  private final String out;
  private final List<Suspect> suspects;
  private final String runId;

  private AuditJob(HadoopStore store, String jobPath, String out) throws IOException {
    this.store = store;
    this.out = out;
    this.job = JobFile.parse(Locations.text(store, jobPath), jobPath);
    String folder = Locations.parent(store.stat(jobPath).orElseThrow().path());
    List<SuspectManifest.Line> lines = SuspectManifest.of(job, folder, store);
    Map<String, JobFile.Reference> references = references(folder);
    this.runId = RunId.of(inputs(lines, references), settings());
    this.suspects = lines.stream().map(line -> suspect(line, references)).toList();
  }

  /**
   * Reads a job file, opens its references and finds its suspects.
   *
   * @param out folder of runs
   * @throws UserException if the job cannot be done
   */
  static AuditJob read(HadoopStore store, String jobPath, String out) throws IOException {
    return new AuditJob(store, jobPath, out);
  }

  /** In the manifest's order. */
  List<Suspect> suspects() {
    return suspects;
  }

  /** The same for the same inputs and settings. */
  String runId() {
    return runId;
  }

  /** The folder of this run. */
  String runFolder() {
    return out + "/runs/" + runId;
  }

  private Map<String, JobFile.Reference> references(String folder) {
    Map<String, JobFile.Reference> references = new TreeMap<>();
    for (JobFile.Reference reference : job.references()) {
      String path = Locations.resolve(folder, reference.path());
      PairAudit.requireReference(store, reference.id(), path);
      references.put(
          reference.id(),
          new JobFile.Reference(reference.id(), path, reference.architecture(), reference.graph()));
    }
    return references;
  }

  /** What the results depend on beside the inputs. */
  SortedMap<String, String> settings() {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("assign", job.assign());
    settings.put("evidence", job.evidence());
    settings.put("job", job.name());
    settings.put("resync", Boolean.toString(job.resync()));
    settings.put("seed", Long.toString(job.seed()));
    settings.put("ftl", Version.CURRENT);
    return settings;
  }

  private List<String> inputs(
      List<SuspectManifest.Line> lines, Map<String, JobFile.Reference> references)
      throws IOException {
    List<String> inputs = new ArrayList<>();
    for (JobFile.Reference reference : references.values()) {
      inputs.add(reference + "|" + fingerprint(reference.path()));
    }
    for (SuspectManifest.Line line : lines) {
      inputs.add(line + "|" + fingerprint(line.path()));
    }
    return inputs;
  }

  private String fingerprint(String path) throws IOException {
    FileInfo location = store.stat(path).orElse(null);
    if (location == null) {
      return "missing";
    }
    StringBuilder text = new StringBuilder();
    for (FileInfo file : location.folder() ? store.list(path) : List.of(location)) {
      text.append(file.stamp()).append('\n');
    }
    return text.toString();
  }

  private Suspect suspect(SuspectManifest.Line line, Map<String, JobFile.Reference> references) {
    MatchOptions options = MatchSettings.options(job.evidence(), job.assign(), job.seed());
    List<PairRequest> pairs = new ArrayList<>();
    for (JobFile.Reference reference : references.values()) {
      if (line.reference() == null || line.reference().equals(reference.id())) {
        pairs.add(
            new PairRequest(
                line.id(),
                reference.path(),
                line.path(),
                new StructureChoice(reference.architecture(), reference.graph()),
                options,
                store,
                line.truth(),
                job.resync() ? RunFolder.stage(runFolder(), line.id()) : null));
      }
    }
    if (pairs.isEmpty()) {
      throw new UserException(
          "suspect '%s': no reference '%s', there are only %s"
              .formatted(line.id(), line.reference(), references.keySet()));
    }
    return new Suspect(pairs, Suspect.bytes(store, line.path()));
  }
}
