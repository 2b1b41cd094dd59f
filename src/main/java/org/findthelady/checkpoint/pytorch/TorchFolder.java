package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Encoding;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.FolderCopy;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.ShardIndex;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * A folder of PyTorch archives: shards with an index, as Hugging Face's tools write them, or what
 * DeepSpeed leaves, of which the one file with the weights is read.
 */
final class TorchFolder {
  private static final String INDEX = "pytorch_model.bin.index.json";
  private static final String INDEX_ENDING = ".bin.index.json";
  private static final String LATEST = "latest";
  private static final String MODEL_STATES = "mp_rank_00_model_states.pt";
  private static final String SECOND_RANK = "mp_rank_01_model_states.pt";
  private static final int LONGEST_NAME = 256;

  private TorchFolder() {}

  /** Whether the folder is laid out like one; looks for names only. */
  static boolean isOne(Store store, FileInfo folder) throws IOException {
    return index(store, folder) != null || modelStates(store, folder) != null;
  }

  private static FileInfo index(Store store, FileInfo folder) throws IOException {
    return ShardIndex.find(store, folder, INDEX, INDEX_ENDING);
  }

  /** DeepSpeed's file with the weights, in this folder or in the one that {@code latest} names. */
  private static FileInfo modelStates(Store store, FileInfo folder) throws IOException {
    FileInfo latest = file(store, folder.path() + "/" + LATEST);
    String step = folder.path();
    if (latest != null && latest.length() <= LONGEST_NAME) {
      byte[] name = new byte[(int) latest.length()];
      try (SeekableInput input = store.open(latest)) {
        input.readFully(0, name, 0, name.length);
      }
      String text = new String(name, StandardCharsets.UTF_8).strip();
      if (!text.matches("\\w[\\w.-]*")) {
        return null;
      }
      step += "/" + text;
    }
    return file(store, step + "/" + MODEL_STATES);
  }

  private static FileInfo file(Store store, String path) throws IOException {
    return store.stat(path).filter(file -> !file.folder()).orElse(null);
  }

  /** Reads the headers of all shards. */
  static Checkpoint read(Store store, FileInfo folder, ArchiveFormat format) throws IOException {
    FileInfo index = index(store, folder);
    if (index == null) {
      return deepSpeed(store, modelStates(store, folder), format);
    }
    String single = index.name().replaceFirst("\\.index\\.json$", "");
    ShardIndex.refuseSingle(store, folder, index, single);
    ShardIndex shards = ShardIndex.read(store, index);
    List<FileInfo> files = new ArrayList<>();
    List<TensorInfo> tensors = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Map<String, String> foundIn = new HashMap<>();
    boolean byHeaders = false;
    for (String name : shards.shards()) {
      Checkpoint shard = format.read(store, ShardIndex.shard(store, folder, index, name));
      for (TensorInfo tensor : shard.tensors()) {
        String other = foundIn.put(tensor.name(), name);
        if (other != null) {
          throw new CheckpointException(
              Reason.UNSAFE,
              "%s: tensor '%s' is in two shards, %s and %s"
                  .formatted(folder.path(), tensor.name(), other, name));
        }
        tensors.add(inFile(tensor, files.size()));
      }
      files.add(shard.location());
      notes.addAll(shard.notes());
      byHeaders |= shard.encoding().layout(TensorTable.ByHeaders.class).isPresent();
    }
    shards.checked(index, foundIn).ifPresent(notes::add);
    for (String other : FolderCopy.of(store, folder, written(files, index)).leftOut()) {
      notes.add("other weights in the folder are not read: " + other);
    }
    return new Checkpoint(
        folder,
        format.name(),
        files,
        tensors,
        Map.of(),
        notes,
        byHeaders ? Encoding.of(new TensorTable.ByHeaders()) : Encoding.PLAIN);
  }

  private static Set<String> written(List<FileInfo> files, FileInfo index) {
    Set<String> written = new HashSet<>();
    files.forEach(file -> written.add(file.name()));
    written.add(index.name());
    return written;
  }

  private static TensorInfo inFile(TensorInfo tensor, int file) {
    return new TensorInfo(
        tensor.name(), tensor.dtype(), tensor.shape(), file, tensor.offset(), tensor.length());
  }

  private static Checkpoint deepSpeed(Store store, FileInfo states, ArchiveFormat format)
      throws IOException {
    String folder = states.path().substring(0, states.path().lastIndexOf('/'));
    if (file(store, folder + "/" + SECOND_RANK) != null) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          folder + ": DeepSpeed's checkpoint of several model-parallel ranks; merge them first");
    }
    Checkpoint read = format.read(store, states);
    if (read.tensors().isEmpty()) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          "%s: '%s' holds no weights, they are in the partitions of DeepSpeed's ZeRO; join them with its zero_to_fp32.py"
              .formatted(folder, states.name()));
    }
    List<String> notes = new ArrayList<>(read.notes());
    notes.add(
        "of DeepSpeed's checkpoint '%s' is read; optimizer partitions are not"
            .formatted(states.name()));
    return new Checkpoint(
        read.location(),
        read.format(),
        read.files(),
        read.tensors(),
        read.metadata(),
        notes,
        read.encoding());
  }

  /** Reads tensors of shards, each with a reader of its own. */
  static TensorReader reader(Store store, Checkpoint checkpoint, ArchiveFormat format) {
    List<TensorReader> readers = new ArrayList<>();
    for (int file = 0; file < checkpoint.files().size(); file++) {
      FileInfo info = checkpoint.files().get(file);
      List<TensorInfo> own =
          checkpoint.tensorsOf(file).stream().map(tensor -> inFile(tensor, 0)).toList();
      readers.add(
          format.reader(
              store,
              new Checkpoint(
                  info,
                  format.name(),
                  List.of(info),
                  own,
                  checkpoint.metadata(),
                  List.of(),
                  checkpoint.encoding())));
    }
    return new ShardReader(readers);
  }

  /** Writes every shard beside the index and what else lies in the folder. */
  static void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    for (int file = 0; file < checkpoint.files().size(); file++) {
      FileInfo info = checkpoint.files().get(file);
      Map<String, Move> own = new HashMap<>();
      for (TensorInfo tensor : checkpoint.tensorsOf(file)) {
        if (moves.containsKey(tensor.name())) {
          own.put(tensor.name(), moves.get(tensor.name()));
        }
      }
      try (SeekableInput source = store.open(info)) {
        ArchiveRewriter rewriter = ArchiveRewriter.of(source, bytes, own);
        try (OutputStream out = store.create(target + "/" + info.name())) {
          rewriter.write(out);
        }
      }
    }
    FileInfo index = index(store, checkpoint.location());
    FolderCopy.copy(store, index, target + "/" + index.name());
    FolderCopy.of(store, checkpoint.location(), written(checkpoint.files(), index)).writeTo(target);
  }
}
