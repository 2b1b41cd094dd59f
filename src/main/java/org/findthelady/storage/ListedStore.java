package org.findthelady.storage;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;

/**
 * Says of an object what a listing said of it, without asking the store again: a registry of
 * thousands is planned with one request for a thousand files. What has no tag is asked for anew.
 * Not thread-safe.
 */
public final class ListedStore extends ForwardingStore {
  private final Map<String, FileInfo> listed = new HashMap<>();

  /**
   * @param known what was listed before
   */
  public ListedStore(Store store, Collection<FileInfo> known) {
    super(store);
    remember(known);
  }

  private void remember(Collection<FileInfo> found) {
    found.stream()
        .filter(file -> !file.tag().isEmpty())
        .forEach(file -> listed.put(file.path(), file));
  }

  @Override
  public Optional<FileInfo> stat(String path) throws IOException {
    FileInfo known = listed.get(path);
    return known == null ? super.stat(path) : Optional.of(known);
  }

  @Override
  public List<FileInfo> list(String folder) throws IOException {
    List<FileInfo> found = super.list(folder);
    remember(found);
    return found;
  }

  @Override
  public List<FileInfo> glob(String pattern) throws IOException {
    List<FileInfo> found = super.glob(pattern);
    remember(found);
    return found;
  }
}
