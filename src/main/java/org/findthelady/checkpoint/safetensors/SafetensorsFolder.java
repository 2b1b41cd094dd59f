package org.findthelady.checkpoint.safetensors;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.FolderCopy;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.ShardIndex;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/** A Hugging Face folder: an index with shards, or one file of a customary name. */
final class SafetensorsFolder {
  private static final List<String> SINGLE_NAMES =
      List.of(
          "model.safetensors", "adapter_model.safetensors", "diffusion_pytorch_model.safetensors");
  private static final List<String> CONFIGURATIONS = List.of("config.json", "adapter_config.json");
  private static final int LARGEST_TEXT_BYTES = 1 << 20;
  private static final String INDEX = "model.safetensors.index.json";
  private static final String INDEX_ENDING = ".safetensors.index.json";

  private final Store store;
  private final FileInfo folder;
  private final List<FileInfo> files = new ArrayList<>();
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  private SafetensorsFolder(Store store, FileInfo folder) {
    this.store = store;
    this.folder = folder;
  }

  /** Whether the folder is laid out like one; looks for names only. */
  static boolean isOne(Store store, FileInfo folder) throws IOException {
    return index(store, folder) != null || single(store, folder) != null;
  }

  static Checkpoint read(Store store, FileInfo folder) throws IOException {
    SafetensorsFolder reading = new SafetensorsFolder(store, folder);
    FileInfo index = index(store, folder);
    if (index != null) {
      String single = index.name().replaceFirst("\\.index\\.json$", "");
      ShardIndex.refuseSingle(store, folder, index, single);
      reading.readShards(ShardIndex.read(store, index), index);
    } else {
      reading.add(single(store, folder));
    }
    for (String name : CONFIGURATIONS) {
      reading.keepText(name);
    }
    Set<String> written = new HashSet<>();
    reading.files.forEach(file -> written.add(file.name()));
    if (index != null) {
      written.add(index.name());
    }
    for (String other : FolderCopy.of(store, folder, written).leftOut()) {
      reading.notes.add("other weights in the folder are not read: " + other);
    }
    return new Checkpoint(
        folder,
        SafetensorsFormat.NAME,
        reading.files,
        reading.tensors,
        reading.metadata,
        reading.notes);
  }

  /** Keeps a configuration as metadata under its file's name; it is read by who knows it. */
  private void keepText(String name) throws IOException {
    FileInfo file = child(store, folder, name);
    if (file != null && file.length() <= LARGEST_TEXT_BYTES) {
      byte[] bytes = new byte[(int) file.length()];
      try (SeekableInput input = store.open(file)) {
        input.readFully(0, bytes, 0, bytes.length);
      }
      metadata.put(name, new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private void readShards(ShardIndex index, FileInfo indexFile) throws IOException {
    Map<String, String> foundIn = new HashMap<>();
    for (String shard : index.shards()) {
      FileInfo file = ShardIndex.shard(store, folder, indexFile, shard);
      int before = tensors.size();
      add(file);
      for (TensorInfo tensor : tensors.subList(before, tensors.size())) {
        String other = foundIn.put(tensor.name(), shard);
        if (other != null) {
          throw new CheckpointException(
              Reason.UNSAFE,
              "%s: tensor '%s' is in two shards, %s and %s"
                  .formatted(folder.path(), tensor.name(), other, shard));
        }
      }
    }
    index.checked(indexFile, foundIn).ifPresent(notes::add);
  }

  private void add(FileInfo file) throws IOException {
    Header header = SafetensorsFormat.header(store, file);
    SafetensorsFormat.addTensors(header, files.size(), tensors);
    files.add(file);
    header
        .metadata()
        .forEach(
            (key, value) -> {
              String first = metadata.putIfAbsent(key, value);
              if (first != null && !first.equals(value)) {
                notes.add(
                    "metadata '%s' of %s differs from that of an earlier shard"
                        .formatted(key, file.name()));
              }
            });
  }

  /** The index of the folder's shards; null if there is none. */
  static FileInfo index(Store store, FileInfo folder) throws IOException {
    return ShardIndex.find(store, folder, INDEX, INDEX_ENDING);
  }

  private static FileInfo single(Store store, FileInfo folder) throws IOException {
    for (String name : SINGLE_NAMES) {
      FileInfo file = child(store, folder, name);
      if (file != null) {
        return file;
      }
    }
    return null;
  }

  static FileInfo child(Store store, FileInfo folder, String name) throws IOException {
    return store.stat(folder.path() + "/" + name).filter(file -> !file.folder()).orElse(null);
  }
}
