package org.findthelady.storage;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.FileInfo;

/**
 * What this process has fetched of large objects, on its own disk: matching, comparing and writing
 * read the same bytes, which are sent once. An object is known by its path and its entity tag, so
 * what was fetched of it stays true. The one that was opened longest ago gives way. Where there is
 * no room nothing is kept, and all is fetched again. Thread-safe.
 */
final class FetchedObjects {
  /** Setting: bytes that a process keeps at most; 0 for none. */
  static final String MOST = "ftl.fetched.bytes";

  static final long MOST_BYTES = 64L << 30;

  /** Smaller objects are held in memory by whoever needs them twice. */
  private static final long LEAST_BYTES = 8 << 20;

  /** An object takes this part of the free space at most: others share the disk. */
  private static final int SHARE = 4;

  /** Such a folder is memory, which is not ours to fill. */
  private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");

  private final long mostBytes;
  private final Map<FileInfo, FetchedObject> objects = new LinkedHashMap<>(16, 0.75f, true);

  FetchedObjects(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** What was fetched of an object that has an entity tag. */
  synchronized FetchedObject of(FileInfo opened) {
    // A listing tells the time less exactly than the object's own headers.
    FileInfo file = new FileInfo(opened.path(), opened.length(), 0, false, opened.tag());
    FetchedObject found = objects.get(file);
    if (found != null && found.isOpen()) {
      return found;
    }
    objects.remove(file);
    if (file.length() < LEAST_BYTES || file.length() > mostBytes) {
      return FetchedObject.NONE;
    }
    try {
      Path folder = Path.of(System.getProperty("java.io.tmpdir"));
      FileStore disk = Files.getFileStore(folder);
      if (MEMORY.contains(disk.type())) {
        return FetchedObject.NONE;
      }
      while (!hasRoom(disk, file)) {
        if (objects.isEmpty()) {
          return FetchedObject.NONE;
        }
        objects.remove(objects.keySet().iterator().next()).close();
      }
      FetchedObject made = FetchedObject.in(folder);
      objects.put(file, made);
      return made;
    } catch (IOException noRoom) {
      return FetchedObject.NONE;
    }
  }

  private boolean hasRoom(FileStore disk, FileInfo file) throws IOException {
    long kept = objects.keySet().stream().mapToLong(FileInfo::length).sum();
    return kept + file.length() <= mostBytes && file.length() <= disk.getUsableSpace() / SHARE;
  }
}
