package org.findthelady.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * The files of a checkpoint folder beside its weights (configuration, tokenizer, model card), which
 * a written copy takes along untouched. Hidden files stay behind, and so do other weights: they
 * would contradict the moved ones.
 */
public final class FolderCopy {
  private static final int MOST_FILES = 10_000;
  private static final int DEEPEST = 8;
  private static final int PART_BYTES = 1 << 20;

  private static final Set<String> WEIGHTS =
      Set.of(
          "safetensors",
          "bin",
          "pt",
          "pth",
          "ckpt",
          "th",
          "onnx",
          "onnx_data",
          "h5",
          "hdf5",
          "keras",
          "npz",
          "npy",
          "gguf",
          "ggml",
          "tflite",
          "msgpack",
          "pb",
          "mlmodel",
          "ot",
          "pkl",
          "pickle",
          "joblib");

  private final Store store;
  private final String folder;
  private final Set<String> weights;
  private final List<FileInfo> copied = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  private FolderCopy(Store store, String folder, Set<String> weights) {
    this.store = store;
    this.folder = folder;
    this.weights = weights;
  }

  /**
   * Lists what lies in the folder. Links out of it are not followed.
   *
   * @param weights paths of files that the format writes itself, relative to the folder
   * @throws CheckpointException with LIMIT if there are more than 10,000 files
   */
  public static FolderCopy of(Store store, FileInfo folder, Set<String> weights)
      throws IOException {
    FolderCopy copy = new FolderCopy(store, folder.path(), weights);
    copy.walk(folder.path(), 0);
    return copy;
  }

  /** Weights that are neither written by the format nor copied, relative to the folder. */
  public List<String> leftOut() {
    return List.copyOf(leftOut);
  }

  /** Copies the files to the same places under {@code target}. */
  public void writeTo(String target) throws IOException {
    for (FileInfo file : copied) {
      copy(store, file, target + "/" + relative(file.path()));
    }
  }

  /** Copies one file as it is. */
  public static void copy(Store store, FileInfo file, String target) throws IOException {
    byte[] part = new byte[(int) Math.min(PART_BYTES, file.length())];
    try (SeekableInput input = store.open(file);
        OutputStream out = store.create(target)) {
      for (long at = 0; at < file.length(); at += part.length) {
        int count = (int) Math.min(part.length, file.length() - at);
        input.readFully(at, part, 0, count);
        out.write(part, 0, count);
      }
    }
  }

  private void walk(String path, int depth) throws IOException {
    for (FileInfo child : store.list(path)) {
      if (child.name().startsWith(".") || weights.contains(relative(child.path()))) {
        continue;
      }
      if (child.folder()) {
        if (depth < DEEPEST) {
          walk(child.path(), depth + 1);
        }
      } else if (holdsWeights(child.name())) {
        leftOut.add(relative(child.path()));
      } else {
        copied.add(child);
      }
      if (copied.size() > MOST_FILES) {
        throw new CheckpointException(
            Reason.LIMIT,
            "%s: more than %d files beside the weights".formatted(folder, MOST_FILES));
      }
    }
  }

  /** Whether a file of that name holds weights, or says where they are. */
  static boolean holdsWeights(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return (WEIGHTS.contains(ending) && name.indexOf('.') >= 0) || name.endsWith(".index.json");
  }

  private String relative(String path) {
    return path.substring(folder.length()).replaceFirst("^/+", "");
  }
}
