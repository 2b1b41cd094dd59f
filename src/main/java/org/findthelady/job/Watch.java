package org.findthelady.job;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.OutputException;
import org.findthelady.core.UserException;
import org.findthelady.fleet.Suspect;
import org.findthelady.job.file.JobText;
import org.findthelady.report.Words;
import org.findthelady.run.LockedException;
import org.findthelady.run.RunFolder;
import org.findthelady.spark.Cluster;
import org.findthelady.storage.HadoopStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audits the suspects of a job as they land. The places of the job are listed again and again; what
 * was the same in two listings is audited, in a run that takes over all that has not changed. So
 * every run has one row a suspect, and a watch that was killed goes on from the last run.
 */
public final class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  /** Listings in which a model that cannot be opened must be the same before it is audited. */
  private static final int LISTINGS_OF_A_TORN_MODEL = 10;

  /** A run that is not whole is tried again after as long, if nothing new lands. */
  private static final Duration RETRY = Duration.ofMinutes(1);

  /** Runs of a watch that are kept. */
  private static final int KEPT_RUNS = 2;

  /**
   * How a job is watched.
   *
   * @param interval between two listings
   * @param idle ends once nothing has changed for as long; null to go on until interrupted
   */
  public record Settings(Duration interval, Duration idle) {}

  /** What a suspect looked like, and in how many listings on end. */
  private record Seen(List<FileInfo> files, int listings) {}

  private final Cluster cluster;
  private final HadoopStore store;
  private final JobText text;
  private final String out;
  private final String fingerprints;
  private final List<String> runs = new ArrayList<>();
  private Map<String, Seen> seen = Map.of();
  private Map<String, List<FileInfo>> audited = Map.of();
  private boolean first = true;
  private boolean whole = true;
  private long changedNanos = System.nanoTime();
  private long auditedNanos;

  private Watch(Cluster cluster, Audit.Request request) {
    this.cluster = cluster;
    this.store = Audit.store(cluster, request.storage());
    this.text = AuditJob.text(store, request.job());
    this.out = AuditJob.out(text, request.out());
    this.fingerprints = request.fingerprints();
    if (!text.job().shortcuts().incremental() || text.job().resync()) {
      throw new UserException(
          request.job()
              + ": --watch needs \"incremental\": true and \"resync\": false; every run takes over"
              + " what the one before has, and would copy all models");
    }
  }

  /**
   * Watches until nothing changes any more, or until it is interrupted.
   *
   * @param done receives what came out each time something was audited
   */
  public static void run(Audit.Request request, Settings settings, Consumer<Audit.Result> done) {
    try {
      AuditJob.look(new HadoopStore(request.storage()), request.job(), request.out());
      try (Cluster cluster = Cluster.open("ftl audit --watch " + request.job())) {
        run(cluster, request, settings, done);
      }
    } catch (IOException e) {
      throw Failure.of(request.job(), e);
    }
  }

  static void run(
      Cluster cluster, Audit.Request request, Settings settings, Consumer<Audit.Result> done)
      throws IOException {
    Watch watch = new Watch(cluster, request);
    while (true) {
      watch.round(done);
      if (settings.idle() != null && since(watch.changedNanos).compareTo(settings.idle()) > 0) {
        return;
      }
      try {
        Thread.sleep(settings.interval().toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /** Lists, and audits if there is something to audit. */
  private void round(Consumer<Audit.Result> done) throws IOException {
    try {
      AuditJob job = AuditJob.soFar(store, text, out, fingerprints);
      Map<String, List<FileInfo>> settled = settled(job);
      boolean again = !whole && since(auditedNanos).compareTo(RETRY) > 0;
      if (!settled.isEmpty() && (again || !settled.equals(audited))) {
        audit(job.only(settled.keySet()), settled, done);
      }
      first = false;
    } catch (LockedException | OutputException e) {
      throw e;
    } catch (IOException | UserException | CheckpointException e) {
      if (first) {
        throw e;
      }
      LOG.warn("{}: listed again later: {}", text.where(), e.getMessage());
    }
  }

  private void audit(AuditJob job, Map<String, List<FileInfo>> settled, Consumer<Audit.Result> done)
      throws IOException {
    boolean ours = !RunFolder.finished(store, job.runFolder());
    Audit.Result result = Audit.run(store, cluster, job, out);
    audited = settled;
    auditedNanos = System.nanoTime();
    changedNanos = auditedNanos;
    whole = result.notAudited().isEmpty();
    if (ours) {
      runs.remove(result.run());
      runs.add(result.run());
      while (runs.size() > KEPT_RUNS) {
        store.delete(runs.remove(0));
      }
    }
    done.accept(result);
  }

  /** The suspects that were the same in this listing and in the last one, by id. */
  private Map<String, List<FileInfo>> settled(AuditJob job) {
    Map<String, Seen> now = new HashMap<>();
    Map<String, List<FileInfo>> settled = new TreeMap<>();
    for (Suspect suspect : job.suspects()) {
      Seen before = seen.get(suspect.id());
      boolean same = before != null && before.files().equals(suspect.planned());
      Seen found = new Seen(suspect.planned(), same ? before.listings() + 1 : 1);
      now.put(suspect.id(), found);
      if (!same) {
        changedNanos = System.nanoTime();
      }
      if (found.listings() > 1 && !found.files().isEmpty() && isWhole(suspect, found)) {
        settled.put(suspect.id(), found.files());
      }
    }
    if (now.size() > settled.size()) {
      LOG.info("still being written: {}", Words.models(now.size() - settled.size()));
    }
    seen = now;
    return settled;
  }

  /** Parts of a model may land one by one, and a copy may pause. */
  private boolean isWhole(Suspect suspect, Seen found) {
    if (found.files().equals(audited.get(suspect.id()))
        || found.listings() > LISTINGS_OF_A_TORN_MODEL) {
      return true;
    }
    try {
      Checkpoints.open(store, suspect.pairs().get(0).suspect());
      return true;
    } catch (CheckpointException e) {
      return false;
    }
  }
}
