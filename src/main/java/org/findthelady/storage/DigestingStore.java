package org.findthelady.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Digests;
import org.findthelady.core.OutputException;

/**
 * Keeps the SHA-256 of every file that is written through it, and of an object also what the store
 * should make of it.
 */
public final class DigestingStore extends ForwardingStore {
  private static final int READ_BYTES = 8 << 20;

  private final Map<String, String> digests = new TreeMap<>();
  private final Map<String, EntityTag.Sums> tags = new HashMap<>();
  private final Function<String, ByteFanOut.Consumer> watchers;

  public DigestingStore(Store store) {
    this(store, path -> null);
  }

  /**
   * @param watchers for the path of a file that is written who sees its bytes beside; may be null
   */
  public DigestingStore(Store store, Function<String, ByteFanOut.Consumer> watchers) {
    super(store);
    this.watchers = watchers;
  }

  /** SHA-256 in hexadecimal of each file that was written and closed, by path. */
  public Map<String, String> digests() {
    return new TreeMap<>(digests);
  }

  /**
   * Makes sure that the storage has what was written: of an object by the entity tag that the store
   * made of it; where that does not tell, and of all other files, by reading them back.
   *
   * @throws OutputException if the storage gives other bytes than it was given
   */
  public void verify() throws IOException {
    Map<String, String> untold = new TreeMap<>(digests);
    for (Map.Entry<String, EntityTag.Sums> written : tags.entrySet()) {
      if (stat(written.getKey()).filter(now -> written.getValue().has(now.tag())).isPresent()) {
        untold.remove(written.getKey());
      }
    }
    verify(this, untold);
  }

  /** What was written below {@code from} is known as what lies below {@code to} from then on. */
  @Override
  public void rename(String from, String to) throws IOException {
    super.rename(from, to);
    rename(digests, from, to);
    rename(tags, from, to);
  }

  private static <T> void rename(Map<String, T> files, String from, String to) {
    Map<String, T> renamed = new HashMap<>();
    files.forEach(
        (path, of) ->
            renamed.put(
                path.equals(from) || path.startsWith(from + "/")
                    ? to + path.substring(from.length())
                    : path,
                of));
    files.clear();
    files.putAll(renamed);
  }

  /**
   * Reads files back, several at a time, and compares them with what was written.
   *
   * @throws OutputException if the storage gives other bytes than it was given
   */
  public static void verify(Store store, Map<String, String> digests) throws IOException {
    // Last ones first: they were written last and are still in the page cache.
    List<Map.Entry<String, String>> files = new ArrayList<>(digests.entrySet());
    Collections.reverse(files);
    try {
      files.parallelStream()
          .forEach(written -> verify(store, written.getKey(), written.getValue()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void verify(Store store, String path, String written) {
    try {
      String read = sha256(store, path);
      if (!read.equals(written)) {
        throw new OutputException(
            path, "wrote SHA-256 %s, read back %s".formatted(written, read), null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SHA-256 of a text in UTF-8, in hexadecimal. */
  public static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** SHA-256 of bytes, in hexadecimal. */
  public static String sha256(byte[] bytes) {
    return hexadecimal(Digests.sha256().digest(bytes));
  }

  /** SHA-256 of a file, in hexadecimal. */
  public static String sha256(Store store, String path) throws IOException {
    return sha256(store, store.stat(path).orElseThrow(() -> new IOException(path + ": is gone")));
  }

  /** SHA-256 of a file as it was planned, in hexadecimal. */
  public static String sha256(Store store, FileInfo file) throws IOException {
    byte[] buffer = new byte[(int) Math.min(READ_BYTES, Math.max(1, file.length()))];
    MessageDigest sha = Digests.sha256();
    try (SeekableInput in = store.open(file);
        ByteFanOut relay = new ByteFanOut(sha::update)) {
      for (long at = 0; at < file.length(); at += buffer.length) {
        int count = (int) Math.min(buffer.length, file.length() - at);
        in.readFully(at, buffer, 0, count);
        relay.put(buffer, 0, count);
      }
      relay.finish();
      return hexadecimal(sha.digest());
    }
  }

  private static String hexadecimal(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  @Override
  public OutputStream create(String path) throws IOException {
    return new DigestingStream(path, super.create(path), tag(path));
  }

  @Override
  public OutputStream put(String path) throws IOException {
    return new DigestingStream(path, super.put(path), tag(path));
  }

  /** What an object's tag will be; null if the file is none. */
  private EntityTag tag(String path) throws IOException {
    return keepsObjects(path) ? new EntityTag(partBytes(path)) : null;
  }

  /** Large files are written and summed up beside whoever makes them. */
  private final class DigestingStream extends OutputStream {
    private final String path;
    private final OutputStream out;
    private final MessageDigest sha = Digests.sha256();
    private final EntityTag tag;
    private final ByteFanOut relay;
    private boolean closed;

    /**
     * @param tag null if the file is no object
     */
    DigestingStream(String path, OutputStream out, EntityTag tag) {
      this.path = path;
      this.out = out;
      this.tag = tag;
      this.relay =
          new ByteFanOut(
              Stream.<ByteFanOut.Consumer>of(
                      out::write, sha::update, tag == null ? null : tag::add, watchers.apply(path))
                  .filter(Objects::nonNull)
                  .toArray(ByteFanOut.Consumer[]::new));
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
      relay.put(source, offset, count);
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try (out;
          relay) {
        relay.finish();
      }
      digests.put(path, hexadecimal(sha.digest()));
      if (tag != null) {
        tags.put(path, tag.end());
      }
    }
  }
}
