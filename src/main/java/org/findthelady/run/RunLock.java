package org.findthelady.run;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.findthelady.checkpoint.Store;
import org.findthelady.storage.Locations;

/**
 * Keeps two audits from writing one run at a time: a file that can be made only where none is (on
 * HDFS and local disks; S3 makes it so with conditional writes where the store has them). A lock
 * whose process on this machine is gone is taken over.
 */
public final class RunLock implements AutoCloseable {
  private final Store store;
  private final String path;

  private RunLock(Store store, String path) {
    this.store = store;
    this.path = path;
  }

  /**
   * Takes the lock of a run.
   *
   * @throws LockedException if another process holds it
   */
  public static RunLock take(Store store, String folder) throws IOException {
    String path = folder + "/_lock";
    if (store.stat(path).isPresent()) {
      String holder = Locations.text(store, path).strip();
      if (!isGone(holder)) {
        throw new LockedException(
            "%s: held by %s; remove it if that process is gone".formatted(path, holder));
      }
      store.delete(path);
    }
    try (OutputStream out = store.create(path)) {
      out.write((holder() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (store.stat(path).isPresent()) {
        throw new LockedException(path + ": taken by another process at this moment");
      }
      throw e;
    }
    return new RunLock(store, path);
  }

  private static String holder() throws IOException {
    return "process " + ProcessHandle.current().pid() + " on " + host();
  }

  private static String host() throws IOException {
    return InetAddress.getLocalHost().getHostName();
  }

  private static boolean isGone(String holder) throws IOException {
    String[] words = holder.split(" ");
    return words.length == 4
        && words[3].equals(host())
        && words[1].matches("\\d{1,18}")
        && ProcessHandle.of(Long.parseLong(words[1])).isEmpty();
  }

  @Override
  public void close() throws IOException {
    store.delete(path);
  }
}
