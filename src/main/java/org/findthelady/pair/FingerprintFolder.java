package org.findthelady.pair;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.align.Alignment;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.match.Fingerprint;
import org.findthelady.match.MatchOptions;
import org.findthelady.storage.DigestingStore;
import org.findthelady.structure.Structure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fingerprints that were measured before, one file a reference: measured once, used by every run.
 * The name is made of the digests of the reference's bytes and of its structure; no setting of a
 * match enters a fingerprint.
 */
public final class FingerprintFolder {
  private static final Logger LOG = LoggerFactory.getLogger(FingerprintFolder.class);

  private final String folder;
  private final long largestBytes;

  /**
   * @param folder where the files are
   * @param largestBytes a reference of more is left without a fingerprint
   */
  public FingerprintFolder(String folder, long largestBytes) {
    this.folder = folder;
    this.largestBytes = largestBytes;
  }

  /** The fingerprints of the references of some pairs, each looked up or measured once. */
  public Fingerprints of(List<PairRequest> pairs) throws IOException {
    Map<Fingerprints.Key, Fingerprint> known = new HashMap<>();
    Set<Fingerprints.Key> seen = new HashSet<>();
    for (PairRequest pair : pairs) {
      Fingerprints.Key key = new Fingerprints.Key(pair.reference(), pair.structure());
      if (seen.add(key)) {
        of(pair).ifPresent(fingerprint -> known.put(key, fingerprint));
      }
    }
    return new Fingerprints(known);
  }

  /** Empty if the reference cannot be opened or no structure of it is known. */
  private Optional<Fingerprint> of(PairRequest pair) throws IOException {
    try {
      // Before it is opened, which may read it whole.
      if (References.bytes(pair.store(), pair.reference(), pair.structure()) > largestBytes) {
        return Optional.of(Fingerprint.unknown());
      }
      OpenedReference reference =
          References.shared()
              .open(pair.store(), pair.reference(), pair.structure(), References.DEFAULT_BYTES);
      return Optional.of(of(pair, reference, reference.structures().structure()));
    } catch (UserException | CheckpointException e) {
      return Optional.empty(); // the audit of each pair says what is wrong
    }
  }

  private Fingerprint of(PairRequest pair, OpenedReference reference, Structure structure)
      throws IOException {
    Checkpoint checkpoint = reference.checkpoint();
    String digest = digest(reference);
    String path = "%s/%s-%s.json".formatted(folder, digest, StructureDigest.of(structure));
    Optional<FileInfo> file = pair.store().stat(path);
    if (file.isPresent()) {
      try {
        return FingerprintFile.read(pair.store(), file.get(), digest, structure);
      } catch (CheckpointException e) {
        LOG.warn("{}; the reference is measured again", e.getMessage());
      }
    }
    PairContext context =
        new PairContext(
            reference.store(),
            structure,
            checkpoint,
            checkpoint,
            Alignment.byName(checkpoint, checkpoint),
            Map.of());
    MatchOptions options = pair.options();
    Fingerprint measured;
    try (PairReaders readers = new PairReaders(context, options)) {
      measured =
          Fingerprint.measure(structure, readers.referenceWeights(options.blockBytes()), options);
    }
    FingerprintFile.write(pair.store(), path, measured, digest, structure);
    return measured;
  }

  /** SHA-256 of the files' digests, in their order. */
  private static String digest(OpenedReference reference) throws IOException {
    StringBuilder all = new StringBuilder();
    for (FileInfo file : reference.checkpoint().files()) {
      all.append(DigestingStore.sha256(reference.store(), file)).append('\n');
    }
    return DigestingStore.sha256(all.toString());
  }
}
