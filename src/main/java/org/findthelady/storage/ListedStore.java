package org.findthelady.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;

/**
 * Says of an object what a listing said of it, without asking the store again: a registry of
 * thousands is planned with one request for a thousand files. What has no tag is asked for anew.
 * Not thread-safe.
 */
public final class ListedStore extends ForwardingStore {
  private final Map<String, FileInfo> listed = new HashMap<>();

  /** Objects that were asked for and are not there, such as a config.json beside the weights. */
  private final Set<String> absent = new HashSet<>();

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
    if (known != null || absent.contains(path)) {
      return Optional.ofNullable(known);
    }
    Optional<FileInfo> found = super.stat(path);
    if (found.isEmpty() && keepsObjects(path)) {
      absent.add(path);
    }
    return found;
  }

  @Override
  public OutputStream create(String path) throws IOException {
    absent.remove(path);
    return super.create(path);
  }

  @Override
  public OutputStream put(String path) throws IOException {
    absent.remove(path);
    return super.put(path);
  }

  @Override
  public void replace(String path, byte[] content) throws IOException {
    absent.remove(path);
    super.replace(path, content);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    absent.remove(to);
    super.rename(from, to);
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
