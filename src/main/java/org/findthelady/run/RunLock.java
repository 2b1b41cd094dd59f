package org.findthelady.run;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two audits from writing one run at a time: a lease that its holder renews.
 *
 * <p>Everyone who wants a run writes a claim under a name of its own, waits until no claim of the
 * same moment can be missing from a listing, and lists all claims. The oldest one that is alive
 * holds the run; its age is the file's time as the store keeps it. So a store needs neither an
 * exclusive create nor one clock for all its clients. A claim is alive while its holder renews it,
 * or until its process is seen to be gone from this machine; a holder that could not renew in time
 * knows so from its own clock, and ends unless it finds that nobody else has claimed the run.
 */
public final class RunLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

  /** A claim is renewed this often. */
  static final Duration RENEWAL = Duration.ofSeconds(5);

  /** A claim that was not renewed for so long is void. */
  static final Duration LEASE = Duration.ofSeconds(30);

  /** Local disks and HDFS keep times to some milliseconds. */
  private static final long FINE_MILLIS = 25;

  /** S3 keeps times to a second. */
  private static final long COARSE_MILLIS = 1200;

  private final Store store;
  private final String folder;
  private final String owner = UUID.randomUUID().toString();
  private final Duration renewal;
  private final Duration lease;
  private final Thread renewing;
  private final Thread atExit;
  private int beats;
  private volatile long renewedNanos;
  private volatile long renewedMillis;
  private volatile boolean released;
  private volatile boolean lost;

  private RunLock(Store store, String folder, Duration renewal, Duration lease) {
    this.store = store;
    this.folder = folder;
    this.renewal = renewal;
    this.lease = lease;
    this.renewing = new Thread(this::renew, "ftl-run-lock");
    renewing.setDaemon(true);
    this.atExit = new Thread(this::giveUp, "ftl-run-lock-exit");
  }

  /**
   * Takes the lock of a run. Waits while the holder is on another machine and may be dead, at most
   * for one lease.
   *
   * @param folder of the run
   * @throws LockedException if another process holds it
   * @throws IOException if a claim cannot be written
   */
  public static RunLock take(Store store, String folder) throws IOException {
    return take(store, folder, RENEWAL, LEASE);
  }

  static RunLock take(Store store, String folder, Duration renewal, Duration lease)
      throws IOException {
    RunLock lock = new RunLock(store, folder + "/_lock", renewal, lease);
    try {
      lock.claim();
      lock.awaitTurn();
    } catch (IOException | RuntimeException e) {
      lock.removeOwn(e);
      throw e;
    }
    lock.renewing.start();
    Runtime.getRuntime().addShutdownHook(lock.atExit);
    return lock;
  }

  private void claim() throws IOException {
    beat(folder + "/" + owner, LockHolder.here().text());
    FileInfo file =
        store
            .stat(folder + "/" + owner)
            .orElseThrow(() -> new IOException(folder + ": a claim was removed as it was made"));
    pause(file.modifiedMillis() % 1000 == 0 ? COARSE_MILLIS : FINE_MILLIS);
  }

  private void awaitTurn() throws IOException {
    LockClaim seen = null;
    while (true) {
      LockClaims claims = LockClaims.read(store, folder, lease);
      Optional<LockClaim> before = claims.ahead(owner);
      if (before.isEmpty()) {
        claims.removeAllBut(owner);
        return;
      }
      LockClaim holder = before.get();
      boolean renewed =
          seen != null
              && seen.owner().equals(holder.owner())
              && holder.renewedMillis() > seen.renewedMillis();
      if (holder.isHere() || renewed) {
        throw new LockedException("%s: held by %s".formatted(folder, holder.holder()));
      }
      if (seen == null || !seen.owner().equals(holder.owner())) {
        LOG.info("{}: waiting for {} to renew its lock or to lose it", folder, holder.holder());
        seen = holder;
      }
      pause(renewal.toMillis() / 2);
      beat();
    }
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a lock", e);
    }
  }

  private void renew() {
    while (!released) {
      try {
        Thread.sleep(renewal.toMillis());
        if (isHeld()) {
          beat();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException e) {
        LOG.warn("{}: the lock could not be renewed: {}", folder, e.getMessage());
      }
    }
  }

  /**
   * Takes a claim up again that was not renewed in time, because the process slept or the store was
   * away. Whoever takes the lock over writes a claim, looks at all of them, and removes this one.
   * So a claim that is renewed first and then found alone was not seen to be void by anybody, and
   * whoever comes later sees that it is alive.
   */
  private synchronized boolean isTakenUpAgain() {
    if (released || lost) {
      return false;
    }
    try {
      beat();
      lost = true; // Until it is seen that it is not.
      lost = !LockClaims.read(store, folder, lease).isAlone(owner);
    } catch (IOException e) {
      LOG.warn("{}: the lock could not be renewed: {}", folder, e.getMessage());
      return false;
    }
    if (!lost) {
      LOG.warn("{}: the lock was not renewed in time, but nobody else took it", folder);
    }
    return isHeld();
  }

  /** Renews the claim: a new file, since a store need not be able to change one. */
  private synchronized void beat() throws IOException {
    if (released) {
      return;
    }
    String before = folder + "/" + owner + "." + beats;
    beats++;
    beat(folder + "/" + owner + "." + beats, "");
    if (beats > 1) {
      store.delete(before);
    }
  }

  private void beat(String path, String text) throws IOException {
    long nanos = System.nanoTime();
    long millis = System.currentTimeMillis();
    try (OutputStream out = store.create(path)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    renewedNanos = nanos;
    renewedMillis = millis;
  }

  private boolean isHeld() {
    return !lost
        && System.nanoTime() - renewedNanos < lease.toNanos()
        && System.currentTimeMillis() - renewedMillis < lease.toMillis();
  }

  /**
   * To be called ahead of whatever becomes visible.
   *
   * @throws LockedException if the claim was not renewed in time and another process may hold the
   *     run by now
   */
  public void check() throws LockedException {
    if (released) {
      throw new LockedException(folder + ": this process is ending and gave its lock up");
    }
    if (!isHeld() && !isTakenUpAgain()) {
      throw new LockedException(
          "%s: the lock was not renewed for %d s, another process may have taken it"
              .formatted(folder, lease.toSeconds()));
    }
  }

  /** Removes the lock of a run that is finished, with the claims of all who wait for it. */
  public void removeAll() throws IOException {
    release();
    store.delete(folder);
  }

  @Override
  public void close() throws IOException {
    release();
    removeOwn(null);
  }

  private synchronized void release() {
    released = true;
    renewing.interrupt();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("the process is ending", e);
    }
  }

  /** Where a signal ends the process. */
  private void giveUp() {
    try {
      close();
    } catch (IOException e) {
      LOG.warn("{}: the lock is left: {}", folder, e.getMessage());
    }
  }

  private void removeOwn(Exception cause) throws IOException {
    try {
      LockClaims.remove(store, folder, owner);
    } catch (IOException e) {
      if (cause == null) {
        throw e;
      }
      cause.addSuppressed(e);
    }
  }
}
