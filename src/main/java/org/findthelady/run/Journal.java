package org.findthelady.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.UserException;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.TextFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models that an unfinished run has done, so that a rerun goes on from there: JSON Lines in
 * files of a few models each, the first line the SHA-256 of the others. A file that was cut or
 * changed is ignored, its models are done again.
 */
final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final int MODELS_A_FILE = 16;
  private static final long OLDEST_NANOS = 2_000_000_000L;
  private static final int DIGEST_CHARACTERS = 64;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Store store;
  private final String folder;
  private final List<FinishedModel> pending = new ArrayList<>();
  private long flushedNanos = System.nanoTime();

  /**
   * @param folder of the journal's files alone
   */
  Journal(Store store, String folder) {
    this.store = store;
    this.folder = folder;
  }

  /** The models that an earlier run of the same inputs and settings has done, by id. */
  Map<String, FinishedModel> read() throws IOException {
    Map<String, FinishedModel> finished = new TreeMap<>();
    if (store.stat(folder).isEmpty()) {
      return finished;
    }
    for (FileInfo file : store.list(folder)) {
      try {
        for (FinishedModel model : models(TextFile.read(store, file.path()))) {
          finished.put(model.id(), model);
        }
      } catch (JsonProcessingException | UserException | NullPointerException e) {
        LOG.warn("{}: ignored, {}", file.path(), e.getMessage());
      }
    }
    return finished;
  }

  private static List<FinishedModel> models(String text) throws JsonProcessingException {
    List<FinishedModel> models = new ArrayList<>();
    if (text.length() <= DIGEST_CHARACTERS || text.charAt(DIGEST_CHARACTERS) != '\n') {
      throw new UserException("it does not begin with a digest");
    }
    String lines = text.substring(DIGEST_CHARACTERS + 1);
    if (!text.startsWith(digest(lines))) {
      throw new UserException("its digest is " + digest(lines));
    }
    for (String line : lines.split("\n", -1)) {
      if (!line.isEmpty()) {
        models.add(JSON.readValue(line, FinishedModel.class));
      }
    }
    return models;
  }

  /** Notes a model; it is on disk soon. */
  void add(FinishedModel model) throws IOException {
    pending.add(model);
    if (pending.size() >= MODELS_A_FILE || System.nanoTime() - flushedNanos > OLDEST_NANOS) {
      flush();
    }
  }

  /** Puts what was noted on disk. */
  void flush() throws IOException {
    if (pending.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    for (FinishedModel model : pending) {
      lines.append(JSON.writeValueAsString(model)).append('\n');
    }
    try (OutputStream out = store.create(folder + "/" + UUID.randomUUID() + ".jsonl")) {
      out.write((digest(lines.toString()) + "\n" + lines).getBytes(StandardCharsets.UTF_8));
    }
    pending.clear();
    flushedNanos = System.nanoTime();
  }

  private static String digest(String lines) {
    return DigestingStore.sha256(lines);
  }
}
