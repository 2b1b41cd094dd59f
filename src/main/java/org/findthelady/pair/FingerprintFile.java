package org.findthelady.pair;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.match.Fingerprint;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.TextFile;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Structure;

/**
 * A fingerprint as a JSON file with the digests of what it was measured on and of itself. Whatever
 * does not fit the reference at hand is refused; a file that someone made on purpose, digest and
 * all, is believed.
 *
 * @param reference SHA-256 of the reference's files
 * @param structure digest of its structure
 * @param groups sorted by name
 * @param content SHA-256 of all the above
 */
record FingerprintFile(
    int version, String reference, String structure, List<Entry> groups, String content) {
  private static final int VERSION = 1;
  private static final long MOST_BYTES_A_LEAF = 8;
  private static final long MOST_BYTES_A_GROUP = 4096;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * Coherence of one group.
   *
   * @param bounds little-endian floats
   */
  record Entry(String group, String tensor, int axis, byte[] bounds) {}

  /**
   * A fingerprint as a file says it.
   *
   * @throws CheckpointException with MALFORMED if the file is not what was written of this
   *     reference and structure
   */
  static Fingerprint read(Store store, FileInfo file, String referenceDigest, Structure structure)
      throws IOException {
    long leaves = structure.groups().stream().mapToLong(g -> g.units()).sum();
    long most = MOST_BYTES_A_LEAF * leaves + MOST_BYTES_A_GROUP * (1L + structure.groups().size());
    if (file.length() > most) {
      throw refused(
          file,
          "%d bytes, at most %d are needed for %d neurons".formatted(file.length(), most, leaves));
    }
    FingerprintFile found;
    try {
      found = JSON.readValue(TextFile.read(store, file.path()), FingerprintFile.class);
    } catch (JsonProcessingException e) {
      throw refused(file, "not a fingerprint: %s".formatted(e.getOriginalMessage()));
    }
    if (found == null || found.groups() == null || found.version() != VERSION) {
      throw refused(file, "not a fingerprint of version %d".formatted(VERSION));
    }
    FingerprintFile expected = of(referenceDigest, StructureDigest.of(structure), found.groups());
    if (!expected.content().equals(found.content())) {
      throw refused(
          file,
          "content digest %s, but it should be %s".formatted(found.content(), expected.content()));
    }
    Map<String, Fingerprint.Coherence> groups = new HashMap<>();
    for (Entry entry : found.groups()) {
      groups.put(entry.group(), coherence(file, entry, structure));
    }
    return new Fingerprint(groups);
  }

  private static Fingerprint.Coherence coherence(FileInfo file, Entry entry, Structure structure) {
    int leaves =
        structure.groups().stream()
            .filter(g -> g.name().equals(entry.group()))
            .mapToInt(g -> g.units())
            .findFirst()
            .orElseThrow(() -> refused(file, "no group '%s'".formatted(entry.group())));
    List<Axis> axes = entry.tensor() == null ? List.of() : structure.axes(entry.tensor());
    if (entry.axis() < 0
        || entry.axis() >= axes.size()
        || !axes.get(entry.axis()).groups().contains(entry.group())) {
      throw refused(
          file,
          "group '%s' is not on axis %d of tensor '%s'"
              .formatted(entry.group(), entry.axis(), entry.tensor()));
    }
    if (entry.bounds() == null || entry.bounds().length != 4L * leaves) {
      throw refused(
          file,
          "group '%s': %d bytes of bounds for %d neurons"
              .formatted(
                  entry.group(), entry.bounds() == null ? 0 : entry.bounds().length, leaves));
    }
    float[] bounds = new float[leaves];
    ByteBuffer.wrap(entry.bounds()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(bounds);
    for (int leaf = 0; leaf < leaves; leaf++) {
      if (!(bounds[leaf] >= -1)) {
        throw refused(
            file, "group '%s' neuron %d: bound %s".formatted(entry.group(), leaf, bounds[leaf]));
      }
    }
    return new Fingerprint.Coherence(entry.tensor(), entry.axis(), bounds);
  }

  private static CheckpointException refused(FileInfo file, String why) {
    return new CheckpointException(CheckpointException.Reason.MALFORMED, file.path() + ": " + why);
  }

  /** Writes a fingerprint; nothing half-written is ever at {@code path}. */
  static void write(
      Store store,
      String path,
      Fingerprint fingerprint,
      String referenceDigest,
      Structure structure)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    new TreeMap<>(fingerprint.groups())
        .forEach(
            (group, coherence) -> {
              ByteBuffer bytes =
                  ByteBuffer.allocate(Math.multiplyExact(4, coherence.bounds().length))
                      .order(ByteOrder.LITTLE_ENDIAN);
              bytes.asFloatBuffer().put(coherence.bounds());
              entries.add(new Entry(group, coherence.tensor(), coherence.axis(), bytes.array()));
            });
    String stage = path + "." + UUID.randomUUID();
    try (OutputStream out = store.create(stage)) {
      out.write(
          JSON.writeValueAsBytes(of(referenceDigest, StructureDigest.of(structure), entries)));
    }
    store.delete(path);
    store.rename(stage, path);
  }

  private static FingerprintFile of(String reference, String structure, List<Entry> groups) {
    StringBuilder text = new StringBuilder();
    text.append(VERSION).append(' ').append(reference).append(' ').append(structure);
    for (Entry entry : groups) {
      String bounds = entry.bounds() == null ? "" : HexFormat.of().formatHex(entry.bounds());
      text.append('\n').append(entry.group()).append('\n').append(entry.tensor());
      text.append('\n').append(entry.axis()).append(' ').append(bounds);
    }
    return new FingerprintFile(
        VERSION, reference, structure, groups, DigestingStore.sha256(text.toString()));
  }
}
