package org.findthelady.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.pair.PairRequest;
import org.findthelady.report.ModelNames;
import org.findthelady.storage.DigestingStore;

/**
 * Keeps the rows of a run for the next run of the same job: files of some models each, their index
 * after them, a pointer to it last. What an earlier run kept is removed after that.
 */
public final class ModelKeeper {
  private static final int MODELS_A_FILE = 256;

  private final Store store;
  private final String home;
  private final String name;
  private final String folder;
  private final String runId;
  private final KeptModels kept;
  private final ContentKeys keys;
  private final FileDigests digests;
  private final List<String> files = new ArrayList<>();
  private final Map<String, Integer> places = new TreeMap<>();
  private final StringBuilder pending = new StringBuilder();
  private KnownReferences references = KnownReferences.NONE;
  private int count;

  /**
   * @param out folder of runs
   * @param job its name
   * @param kept by the last run
   * @param keys what rows depend on
   */
  public ModelKeeper(
      Store store, String out, String job, String runId, KeptModels kept, ContentKeys keys)
      throws IOException {
    this.store = store;
    this.home = KeptModels.folder(out, job);
    this.name = kept.isIn(RunFolder.safeName(runId)) ? runId + "-again" : runId;
    this.folder = home + "/" + RunFolder.safeName(name);
    this.runId = runId;
    this.keys = keys;
    this.kept = kept;
    this.digests = kept.digests();
    store.delete(folder); // what an unfinished run left
  }

  /** What was read of a pair, as far as that is known. */
  ModelNames.Contents contents(PairRequest pair) {
    return new ModelNames.Contents(
        keys.sha256(pair.suspect(), digests), keys.sha256(pair.reference(), digests));
  }

  /** Notes a model that is done, if its files are still those that were looked at. */
  void add(FinishedModel model, int index) throws IOException {
    Optional<String> key = keys.key(index, digests).filter(k -> keys.isUnchanged(index));
    if (key.isPresent()) {
      add(key.get(), model);
    }
  }

  /** Notes rows that depend on what a key stands for. */
  void add(String key, FinishedModel model) throws IOException {
    if (places.containsKey(key)) {
      return;
    }
    String text = kept.text(key);
    if (text == null) {
      text = KeptModels.JSON.writeValueAsString(new KeptModels.Kept(key, model));
    }
    pending.append(text).append('\n');
    places.put(key, files.size());
    count++;
    if (count == MODELS_A_FILE) {
      flush();
    }
  }

  private void flush() throws IOException {
    if (count == 0) {
      return;
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(pending.toString().getBytes(StandardCharsets.UTF_8));
    }
    write(KeptModels.name(files.size()), packed.toByteArray());
    files.add(DigestingStore.sha256(packed.toByteArray()));
    pending.setLength(0);
    count = 0;
  }

  private void write(String name, byte[] content) throws IOException {
    try (OutputStream out = store.create(folder + "/" + name)) {
      out.write(content);
    }
  }

  /** Notes what is known of the references. */
  public void add(KnownReferences known) {
    references = known;
  }

  /** Lets the next run find it. */
  void finish() throws IOException {
    flush();
    KeptModels.Index index =
        new KeptModels.Index(runId, files, places, digests.only(keys.files()), references);
    write(KeptModels.INDEX, KeptModels.JSON.writeValueAsBytes(index));
    String pointer = "{\"run\": \"%s\"}\n".formatted(name);
    store.replace(home + "/" + KeptModels.POINTER, pointer.getBytes(StandardCharsets.UTF_8));
    for (FileInfo earlier : store.list(home)) {
      if (earlier.folder() && !earlier.path().equals(folder)) {
        store.delete(earlier.path());
      }
    }
  }
}
