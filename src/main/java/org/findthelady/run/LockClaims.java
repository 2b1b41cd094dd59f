package org.findthelady.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.UserException;
import org.findthelady.storage.TextFile;

/**
 * All claims to one run's lock: a file {@code OWNER} each, and {@code OWNER.NUMBER} where it was
 * renewed.
 */
final class LockClaims {
  private final Store store;
  private final Map<String, List<FileInfo>> files;
  private final List<LockClaim> alive = new ArrayList<>();

  private LockClaims(Store store, Map<String, List<FileInfo>> files) {
    this.store = store;
    this.files = files;
  }

  /**
   * Reads the claims as they are now. The store's clock is taken from its latest file, which
   * whoever asks has just written.
   *
   * @param lease a claim that was not renewed for so long is void
   */
  static LockClaims read(Store store, String folder, Duration lease) throws IOException {
    Map<String, List<FileInfo>> files = files(store, folder);
    long now =
        files.values().stream()
            .flatMap(Collection::stream)
            .mapToLong(FileInfo::modifiedMillis)
            .max()
            .orElse(0);
    LockClaims claims = new LockClaims(store, files);
    for (Map.Entry<String, List<FileInfo>> entry : files.entrySet()) {
      claims.add(entry.getKey(), entry.getValue(), now - lease.toMillis());
    }
    return claims;
  }

  private static Map<String, List<FileInfo>> files(Store store, String folder) throws IOException {
    Map<String, List<FileInfo>> files = new HashMap<>();
    try {
      for (FileInfo file : store.list(folder)) {
        String owner = file.name().replaceFirst("\\.\\d+$", "");
        files.computeIfAbsent(owner, o -> new ArrayList<>()).add(file);
      }
    } catch (FileNotFoundException e) {
      return Map.of(); // The run was finished, and its lock removed.
    }
    return files;
  }

  private void add(String owner, List<FileInfo> written, long oldest) throws IOException {
    Optional<FileInfo> claim = written.stream().filter(f -> f.name().equals(owner)).findFirst();
    long renewed = written.stream().mapToLong(FileInfo::modifiedMillis).max().orElseThrow();
    if (claim.isEmpty() || renewed < oldest) {
      return;
    }
    LockHolder holder;
    try {
      holder = LockHolder.of(TextFile.read(store, claim.get().path()));
    } catch (FileNotFoundException | UserException e) {
      return; // It was given up since the listing.
    }
    if (!holder.isGone()) {
      alive.add(new LockClaim(owner, holder, claim.get().modifiedMillis(), renewed));
    }
  }

  /**
   * The claim that holds the lock in place of {@code owner}'s.
   *
   * @throws LockedException if {@code owner}'s own claim is not there or was not renewed in time
   */
  Optional<LockClaim> ahead(String owner) {
    if (alive.stream().noneMatch(claim -> claim.owner().equals(owner))) {
      throw new LockedException("the claim of this process was removed, or not renewed in time");
    }
    LockClaim first = alive.stream().min(LockClaim.TURN).orElseThrow();
    return first.owner().equals(owner) ? Optional.empty() : Optional.of(first);
  }

  /** Whether {@code owner}'s claim is there, whole, and no other, dead or alive. */
  boolean isAlone(String owner) {
    return files.keySet().equals(Set.of(owner))
        && files.get(owner).stream().anyMatch(file -> file.name().equals(owner));
  }

  /** Removes claims that are void. Those that are alive and wait are left. */
  void removeAllBut(String owner) throws IOException {
    for (Map.Entry<String, List<FileInfo>> entry : files.entrySet()) {
      boolean waits = alive.stream().anyMatch(claim -> claim.owner().equals(entry.getKey()));
      if (!waits && !entry.getKey().equals(owner)) {
        delete(store, entry.getValue());
      }
    }
  }

  /** Removes one owner's claim. */
  static void remove(Store store, String folder, String owner) throws IOException {
    delete(store, files(store, folder).getOrDefault(owner, List.of()));
  }

  private static void delete(Store store, List<FileInfo> files) throws IOException {
    for (FileInfo file : files) {
      store.delete(file.path());
    }
  }
}
