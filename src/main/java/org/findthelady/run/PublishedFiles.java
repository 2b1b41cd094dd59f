package org.findthelady.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.findthelady.checkpoint.Store;

/**
 * Files that become visible by their names, in place of what an earlier try left. An object store
 * asks a dozen requests for each, one after the other, so there several are done at once.
 *
 * @param staged folder where they are
 * @param folder where they belong
 * @param check asked ahead of each; throws if this process may not write there any more
 */
record PublishedFiles(Store store, String staged, String folder, Runnable check) {
  private static final int AT_ONCE = 16;

  /** Publishes the files; in this order, but for an object store. */
  void publish(List<String> names) throws IOException {
    if (names.size() < 2 || !store.keepsObjects(folder)) {
      for (String name : names) {
        publish(name);
      }
      return;
    }
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(AT_ONCE, names.size()));
    try {
      List<Future<?>> published = new ArrayList<>();
      for (String name : names) {
        published.add(
            threads.submit(
                () -> {
                  publish(name);
                  return null;
                }));
      }
      for (Future<?> one : published) {
        await(one);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void publish(String name) throws IOException {
    check.run();
    store.supersede(staged + "/" + name, folder + "/" + name);
  }

  private static void await(Future<?> one) throws IOException {
    try {
      one.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while tables were published", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      if (e.getCause() instanceof RuntimeException failed) {
        throw failed;
      }
      throw new IOException(e.getCause());
    }
  }
}
