package org.findthelady.spark;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.broadcast.Broadcast;

/**
 * A value that is sent once to every executor, not with every task, and read there once for all
 * tasks; it must be safe to use from several threads.
 */
public final class Shared<T extends Serializable> implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;

  /** Values that a process keeps: those of the pairs at hand. */
  private static final int KEPT = 8;

  private static final Map<UUID, Object> READ =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Object> eldest) {
          return size() > KEPT;
        }
      };

  private final UUID id = UUID.randomUUID();
  private final Broadcast<byte[]> broadcast;

  Shared(Broadcast<byte[]> broadcast) {
    this.broadcast = broadcast;
  }

  /** The value, in this process. */
  @SuppressWarnings("unchecked") // only ever put there under its own id
  public T value() {
    synchronized (READ) {
      return (T) READ.computeIfAbsent(id, key -> Wire.value(broadcast.value()));
    }
  }

  /** Frees it everywhere; no task may use it any more. */
  @Override
  public void close() {
    synchronized (READ) {
      READ.remove(id);
    }
    broadcast.destroy();
  }
}
