package org.findthelady.run;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.storage.DigestingStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes models of an earlier run over into another: their rows and what was published of them. */
final class CarriedModels {
  private static final Logger LOG = LoggerFactory.getLogger(CarriedModels.class);
  private static final int PIECE_BYTES = 1 << 20;

  private final Store store;
  private final String folder;
  private final String earlier;

  /**
   * @param folder of the run
   * @param earlier folder of the other run
   */
  CarriedModels(Store store, String folder, String earlier) {
    this.store = store;
    this.folder = folder;
    this.earlier = earlier;
  }

  /** A model in this run; empty if what was published of it is not there as it was written. */
  Optional<FinishedModel> take(FinishedModel kept) throws IOException {
    if (!kept.written().isEmpty()) {
      try {
        copy(kept);
      } catch (IOException | CheckpointException e) {
        LOG.warn("{} is done again: {}", kept.id(), e.getMessage());
        return Optional.empty();
      }
    }
    return Optional.of(kept);
  }

  /** Copies the published files to a stage, compares them, and makes them visible together. */
  private void copy(FinishedModel kept) throws IOException {
    String published = RunFolder.modelOf(kept.written().keySet().iterator().next());
    String stage = RunFolder.staged(store, folder, published);
    store.delete(stage);
    Map<String, String> digests = new TreeMap<>();
    for (Map.Entry<String, String> written : kept.written().entrySet()) {
      String rest = written.getKey().substring(published.length());
      copy(earlier + "/" + written.getKey(), stage + rest);
      digests.put(stage + rest, written.getValue());
    }
    DigestingStore.verify(store, digests);
    String target = folder + "/" + published;
    if (!stage.equals(target)) {
      store.supersede(stage, target);
    }
  }

  private void copy(String from, String to) throws IOException {
    FileInfo file = store.stat(from).orElseThrow(() -> new IOException(from + ": is gone"));
    byte[] piece = new byte[PIECE_BYTES];
    try (SeekableInput input = store.open(file);
        OutputStream output = store.create(to)) {
      for (long at = 0; at < file.length(); at += PIECE_BYTES) {
        int count = (int) Math.min(PIECE_BYTES, file.length() - at);
        input.readFully(at, piece, 0, count);
        output.write(piece, 0, count);
      }
    }
  }
}
