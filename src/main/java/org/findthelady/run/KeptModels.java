package org.findthelady.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.TextFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows that the last run of a job has kept below {@code OUT/state}, found by what they depend
 * on. A file that was cut, changed or removed, as another run does when it ends, is ignored, its
 * models are audited again.
 */
public final class KeptModels {
  private static final Logger LOG = LoggerFactory.getLogger(KeptModels.class);
  static final JsonMapper JSON = JsonMapper.builder().build();
  static final String POINTER = "latest.json";
  static final String INDEX = "index.json";
  private static final String RUN_ID = "\"runId\":\"%s\"";

  /**
   * What is kept of a run.
   *
   * @param runId the run
   * @param files SHA-256 of the files of rows
   * @param keys for each key the number of the file that holds its rows
   * @param digests SHA-256 of the models' files, by path, length and time
   * @param references what is known of them
   */
  record Index(
      String runId,
      List<String> files,
      Map<String, Integer> keys,
      Map<String, String> digests,
      KnownReferences references) {
    static final Index EMPTY = new Index("", List.of(), Map.of(), Map.of(), KnownReferences.NONE);
  }

  /** The rows of a model with what they depend on. */
  record Kept(String key, FinishedModel model) {}

  private final Store store;
  private final String folder;
  private final Index index;
  private final FileDigests digests;
  private int loaded = -1;
  private Map<String, FinishedModel> rows = Map.of();
  private Map<String, String> texts = Map.of();

  private KeptModels(Store store, String folder, Index index) {
    this.store = store;
    this.folder = folder;
    this.index = index;
    this.digests = new FileDigests(index.digests());
  }

  /** The folder of one job's state. */
  public static String folder(String out, String job) {
    return out + "/state/" + RunFolder.safeName(job);
  }

  /** What the last finished run of the job has kept; nothing if there is none. */
  public static KeptModels latest(Store store, String out, String job) throws IOException {
    String folder = folder(out, job);
    try {
      String pointer = folder + "/" + POINTER;
      if (store.stat(pointer).isPresent()) {
        String run = JSON.readTree(TextFile.read(store, pointer)).path("run").asText();
        String path = folder + "/" + RunFolder.safeName(run);
        Index index = JSON.readValue(TextFile.read(store, path + "/" + INDEX), Index.class);
        return new KeptModels(store, path, index);
      }
    } catch (JsonProcessingException | FileNotFoundException | UserException e) {
      LOG.warn("{}: ignored, {}", folder, e.getMessage());
    }
    return new KeptModels(store, folder, Index.EMPTY);
  }

  /**
   * Whether it lies in the folder of that name, as a part of this run that was made before does.
   */
  boolean isIn(String name) {
    return folder.endsWith("/" + name);
  }

  /** The digests of files that are known, to be added to. */
  public FileDigests digests() {
    return digests;
  }

  /** What is known of references with that key; empty if they are others. */
  public Optional<KnownReferences> references(String key) {
    return Optional.ofNullable(index.references()).filter(known -> known.key().equals(key));
  }

  /** The run that kept it; empty if there is none. */
  public String runId() {
    return index.runId();
  }

  /**
   * The rows of a model with that key, as if another run had made them.
   *
   * @param run id of the other run
   */
  Optional<FinishedModel> find(String key, String run) throws IOException {
    Integer file = index.keys().get(key);
    if (file == null) {
      return Optional.empty();
    }
    if (file != loaded) {
      load(file, run);
      loaded = file;
    }
    return Optional.ofNullable(rows.get(key));
  }

  /** The text of rows that were just found, as this run keeps them; null if they were not. */
  String text(String key) {
    return texts.get(key);
  }

  private void load(int number, String run) throws IOException {
    String path = folder + "/" + name(number);
    rows = new HashMap<>();
    texts = new HashMap<>();
    try {
      FileInfo file = store.stat(path).orElseThrow(() -> new UserException("it is gone"));
      byte[] packed = new byte[Math.toIntExact(file.length())];
      try (SeekableInput input = store.open(file)) {
        input.readFully(0, packed, 0, packed.length);
      }
      if (!index.files().get(number).equals(DigestingStore.sha256(packed))) {
        throw new UserException("its digest is not the one that was noted");
      }
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
        // Inside of a text quotes are escaped, so this is the key of a row and nothing else.
        String text =
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                .replace(RUN_ID.formatted(index.runId()), RUN_ID.formatted(run));
        for (String line : text.split("\n", -1)) {
          if (!line.isEmpty()) {
            Kept kept = JSON.readValue(line, Kept.class);
            rows.put(kept.key(), kept.model());
            texts.put(kept.key(), line);
          }
        }
      }
    } catch (JsonProcessingException
        | FileNotFoundException
        | UserException
        | CheckpointException e) {
      LOG.warn("{}: ignored, {}", path, e.getMessage());
    }
  }

  static String name(int number) {
    return "models-%05d.jsonl.gz".formatted(number);
  }
}
