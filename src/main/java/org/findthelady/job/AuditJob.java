package org.findthelady.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.Location;
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
import org.findthelady.storage.ListedStore;
import org.findthelady.storage.TextFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job file with its references checked and its suspects found: what an audit runs. */
final class AuditJob {
  private static final Logger LOG = LoggerFactory.getLogger(AuditJob.class);

  private final HadoopStore store;
  private final ListedStore listed;
  private final JobFile job;
  private final String out;
  private final Map<String, List<FileInfo>> planned = new HashMap<>();
  private final List<Suspect> suspects;
  private final String runId;

  private AuditJob(HadoopStore store, String jobPath, String out) throws IOException {
    this.store = store;
    this.out = out;
    this.job = parsed(store, jobPath);
    String folder = Location.of(store.stat(jobPath).orElseThrow().path()).parent().path();
    this.listed = new ListedStore(store, List.of());
    List<SuspectManifest.Line> lines = SuspectManifest.of(job, folder, listed);
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

  private static JobFile parsed(HadoopStore store, String jobPath) {
    try {
      return JobFile.parse(TextFile.read(store, jobPath), jobPath);
    } catch (IOException e) {
      throw new UserException("job file " + jobPath + ": " + e.getMessage(), e);
    }
  }

  /**
   * Looks at what a job file names, as far as {@code preflight} may, without opening models.
   *
   * @param out folder of runs
   * @throws UserException if something that is named is not there or not what it should be
   */
  static void look(HadoopStore store, Preflight preflight, String jobPath, String out)
      throws IOException {
    preflight.folder(out);
    if (!Location.isLocal(jobPath)) {
      return;
    }
    preflight.there(jobPath);
    JobFile job = parsed(store, jobPath);
    Location folder = Location.of(jobPath).parent();
    for (JobFile.Reference reference : job.references()) {
      preflight.there(folder.resolve(reference.path()).path());
      preflight.structure(new StructureChoice(reference.architecture(), reference.graph()));
    }
    for (JobFile.Suspects source : job.suspects()) {
      preflight.there(resolved(folder, source.path()));
      preflight.there(resolved(folder, source.manifest()));
      preflight.truth(resolved(folder, source.truth()));
    }
  }

  private static String resolved(Location folder, String path) {
    return path == null ? null : folder.resolve(path).path();
  }

  /**
   * Makes sure that no output comes to lie among what is read.
   *
   * @throws UserException if {@code folder} is a reference or a suspect, or inside one
   */
  void requireOutside(String folder) {
    for (Suspect suspect : suspects) {
      for (PairRequest pair : suspect.pairs()) {
        Preflight.of(store).outside(folder, pair.reference(), pair.suspect());
      }
    }
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
      String path = Location.of(folder).resolve(reference.path()).path();
      PairAudit.requireReference(store, reference.id(), path);
      references.put(
          reference.id(),
          new JobFile.Reference(reference.id(), path, reference.architecture(), reference.graph()));
    }
    return references;
  }

  /** What the results depend on beside the inputs. */
  SortedMap<String, String> settings() {
    SortedMap<String, String> settings = MatchSettings.described(options());
    settings.put("job", job.name());
    settings.put("resync", Boolean.toString(job.resync()));
    settings.put("ftl", Version.CURRENT);
    return settings;
  }

  private MatchOptions options() {
    return MatchSettings.options(job.evidence(), job.assign(), job.seed());
  }

  private List<String> inputs(
      List<SuspectManifest.Line> lines, Map<String, JobFile.Reference> references) {
    List<String> inputs = new ArrayList<>();
    for (JobFile.Reference reference : references.values()) {
      inputs.add(reference + "|" + fingerprint(reference.path()));
    }
    for (SuspectManifest.Line line : lines) {
      inputs.add(line + "|" + fingerprint(line.path()));
    }
    return inputs;
  }

  /** A place that cannot be looked at now stops no run: the audit of the model says why. */
  private String fingerprint(String path) {
    try {
      List<FileInfo> files = Suspect.files(listed, path);
      planned.put(path, files);
      return files.isEmpty()
          ? "missing"
          : files.stream().map(file -> file.stamp() + "\n").collect(Collectors.joining());
    } catch (IOException e) {
      LOG.warn("{}: {}", path, e.getMessage());
      return "not looked at";
    }
  }

  private Suspect suspect(SuspectManifest.Line line, Map<String, JobFile.Reference> references) {
    MatchOptions options = options();
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
                job.resync() ? RunFolder.stage(store, runFolder(), line.id()) : null));
      }
    }
    if (pairs.isEmpty()) {
      throw new UserException(
          "suspect '%s': no reference '%s', there are only %s"
              .formatted(line.id(), line.reference(), references.keySet()));
    }
    return new Suspect(pairs, planned.getOrDefault(line.path(), List.of()));
  }
}
