package org.findthelady.fleet;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.CheckpointException;
import org.findthelady.spark.Cluster;
import org.findthelady.spark.Task;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.HadoopStore;

/** Sums up files where the executors are. A file that cannot be read has no sum. */
public final class FileDigestTask implements Task<FileDigestTask.Files, FileDigestTask.Digests> {
  private static final long serialVersionUID = 1;
  private static final int MOST_FILES = 64;
  private static final long MOST_BYTES = 256L << 20;

  /** Files of one task. */
  record Files(List<FileInfo> files) implements Serializable {
    Files {
      files = List.copyOf(files);
    }
  }

  /** SHA-256 in the files' order; empty for one that cannot be read. */
  record Digests(List<String> sha256) implements Serializable {
    Digests {
      sha256 = List.copyOf(sha256);
    }
  }

  private final HadoopStore store;

  private FileDigestTask(HadoopStore store) {
    this.store = store;
  }

  /**
   * Reads files.
   *
   * @param done receives a file and its SHA-256 in hexadecimal
   */
  public static void run(
      Cluster cluster, HadoopStore store, List<FileInfo> files, BiConsumer<FileInfo, String> done) {
    List<Files> chunks = new ArrayList<>();
    List<FileInfo> chunk = new ArrayList<>();
    long bytes = 0;
    for (FileInfo file : files) {
      if (!chunk.isEmpty() && (chunk.size() == MOST_FILES || bytes + file.length() > MOST_BYTES)) {
        chunks.add(new Files(chunk));
        chunk.clear();
        bytes = 0;
      }
      chunk.add(file);
      bytes += file.length();
    }
    if (!chunk.isEmpty()) {
      chunks.add(new Files(chunk));
    }
    cluster.runApart(
        read -> "Summing up %d files".formatted(read.files().size()),
        chunks,
        new FileDigestTask(store),
        (digests, index) -> {
          List<FileInfo> read = chunks.get(index).files();
          for (int i = 0; i < read.size(); i++) {
            if (!digests.sha256().get(i).isEmpty()) {
              done.accept(read.get(i), digests.sha256().get(i));
            }
          }
        });
  }

  @Override
  public Digests run(Files chunk) {
    return new Digests(chunk.files().stream().map(this::sha256).toList());
  }

  private String sha256(FileInfo file) {
    try {
      return DigestingStore.sha256(store, file);
    } catch (IOException | CheckpointException e) {
      return ""; // the audit of the model says what is wrong
    }
  }
}
