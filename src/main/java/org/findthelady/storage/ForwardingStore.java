package org.findthelady.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;

/** A store that hands everything on to another one. */
public abstract class ForwardingStore implements Store {
  private final Store store;

  protected ForwardingStore(Store store) {
    this.store = store;
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
  public List<FileInfo> leftOut(String folder) throws IOException {
    return store.leftOut(folder);
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
  public OutputStream create(String path) throws IOException {
    return store.create(path);
  }

  @Override
  public boolean keepsObjects(String path) {
    return store.keepsObjects(path);
  }

  @Override
  public OutputStream put(String path) throws IOException {
    return store.put(path);
  }

  @Override
  public long partBytes(String path) throws IOException {
    return store.partBytes(path);
  }

  @Override
  public void replace(String path, byte[] content) throws IOException {
    store.replace(path, content);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    store.rename(from, to);
  }

  @Override
  public void supersede(String from, String to) throws IOException {
    store.supersede(from, to);
  }

  @Override
  public void delete(String path) throws IOException {
    store.delete(path);
  }
}
