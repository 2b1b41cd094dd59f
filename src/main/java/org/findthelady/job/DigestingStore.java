package org.findthelady.job;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;

/** Keeps the SHA-256 of every file that is written through it. */
final class DigestingStore implements Store {
  private static final int READ_BYTES = 1 << 20;

  private final Store store;
  private final Map<String, MessageDigest> digests = new TreeMap<>();

  DigestingStore(Store store) {
    this.store = store;
  }

  /** SHA-256 in hexadecimal of each file written, by path. To be called once, after writing. */
  Map<String, String> digests() {
    Map<String, String> finished = new TreeMap<>();
    digests.forEach((path, sha) -> finished.put(path, HexFormat.of().formatHex(sha.digest())));
    return finished;
  }

  /**
   * Reads files back and compares them with what was written.
   *
   * @throws CheckpointException with IO if the storage gives other bytes than it was given
   */
  static void verify(Store store, Map<String, String> digests) throws IOException {
    for (Map.Entry<String, String> written : digests.entrySet()) {
      String read = sha256(store, written.getKey());
      if (!read.equals(written.getValue())) {
        throw new CheckpointException(
            CheckpointException.Reason.IO,
            "%s: wrote SHA-256 %s, read back %s"
                .formatted(written.getKey(), written.getValue(), read));
      }
    }
  }

  /** SHA-256 of a file, in hexadecimal. */
  static String sha256(Store store, String path) throws IOException {
    FileInfo file = store.stat(path).orElseThrow(() -> new IOException(path + ": is gone"));
    MessageDigest sha = newDigest();
    byte[] buffer = new byte[(int) Math.min(READ_BYTES, Math.max(1, file.length()))];
    try (SeekableInput in = store.open(file)) {
      for (long at = 0; at < file.length(); at += buffer.length) {
        int count = (int) Math.min(buffer.length, file.length() - at);
        in.readFully(at, buffer, 0, count);
        sha.update(buffer, 0, count);
      }
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public OutputStream create(String path) throws IOException {
    MessageDigest sha = newDigest();
    digests.put(path, sha);
    return new DigestOutputStream(store.create(path), sha);
  }

  @Override
  public Optional<FileInfo> stat(String path) throws IOException {
    return store.stat(path);
  }

  @Override
  public List<FileInfo> list(String folder) throws IOException {
    return store.list(folder);
  }

  @Override
  public List<FileInfo> glob(String pattern) throws IOException {
    return store.glob(pattern);
  }

  @Override
  public SeekableInput open(FileInfo file) throws IOException {
    return store.open(file);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    store.rename(from, to);
  }

  @Override
  public void delete(String path) throws IOException {
    store.delete(path);
  }
}
