package org.findthelady.job.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the models in a folder: every file of a known format, and every folder that is laid out as
 * one model; of a cache of Hugging Face's hub client the snapshots of its repositories. What lies
 * in such a folder is not looked at again. Hidden files and folders are left out.
 */
public final class ModelFolder {
  private static final Logger LOG = LoggerFactory.getLogger(ModelFolder.class);
  private static final int DEEPEST = 16;

  /** Endings of files that are models and nothing else. */
  private static final Pattern WEIGHTS =
      Pattern.compile("(?i)\\.(safetensors|gguf|onnx|tflite|pth?|ckpt|npz|h5|hdf5|keras)$");

  private final Store store;
  private final String leftOut;
  private final List<FileInfo> found = new ArrayList<>();

  private ModelFolder(Store store, String leftOut) {
    this.store = store;
    this.leftOut = leftOut;
  }

  /**
   * The models, sorted by path; the first bytes of every file are read.
   *
   * @param leftOut a folder that is not looked into: that of our own results
   */
  public static List<FileInfo> models(Store store, String folder, String leftOut)
      throws IOException {
    ModelFolder models = new ModelFolder(store, leftOut);
    models.addChildren(folder, 0);
    return models.found.stream().sorted(Comparator.comparing(FileInfo::path)).toList();
  }

  /**
   * A file that should be a model by its name and holds nothing, as a transfer that failed leaves.
   */
  private static boolean isEmptyModel(FileInfo file) {
    return !file.folder() && file.length() == 0 && WEIGHTS.matcher(file.name()).find();
  }

  private static boolean isHidden(FileInfo file) {
    return file.name().startsWith(".") || file.name().startsWith("_");
  }

  /** A link that leads nowhere is a model that is missing; one that leads out is not followed. */
  private void addLinks(String folder) throws IOException {
    for (FileInfo link : store.leftOut(folder)) {
      boolean shown = !isHidden(link);
      if (shown && isEmptyModel(link)) {
        found.add(link);
      } else if (shown && link.length() > 0 && WEIGHTS.matcher(link.name()).find()) {
        LOG.warn(
            "{} leads out of the folder and is not followed; name it to audit it", link.path());
      }
    }
  }

  private void addChildren(String folder, int depth) throws IOException {
    addLinks(folder);
    for (FileInfo child : store.list(folder)) {
      if (isHidden(child) || child.path().equals(leftOut)) {
        continue;
      }
      if (HubCache.isOne(store, child)) {
        found.addAll(HubCache.snapshots(store, child));
      } else if (Checkpoints.isOne(store, child) || isEmptyModel(child)) {
        found.add(child);
      } else if (child.folder() && depth < DEEPEST) {
        addChildren(child.path(), depth + 1);
      }
    }
  }
}
