package org.findthelady.checkpoint.mlflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.FolderCopy;
import org.findthelady.checkpoint.Layout;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * A model as MLflow logs it: a folder with a file {@code MLmodel} and, somewhere below, a
 * checkpoint in one of the other formats. The checkpoint is read and written by its own format, all
 * other files are copied. {@code MLmodel} itself is never interpreted.
 */
public final class MlflowFormat implements CheckpointFormat {
  static final String NAME = "mlflow";

  private static final String MARKER = "MLmodel";
  private static final int DEEPEST = 4;

  /** The checkpoint as its own format sees it. */
  private record Inner(Checkpoint checkpoint) implements Layout {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String writtenAs() {
    return NAME;
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) throws IOException {
    return location.folder()
        && store.stat(location.path() + "/" + MARKER).filter(f -> !f.folder()).isPresent();
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    List<FileInfo> found = new ArrayList<>();
    for (FileInfo child : store.list(location.path())) {
      find(store, child, 0, found);
    }
    if (found.size() != 1) {
      throw new CheckpointException(
          found.isEmpty() ? Reason.MISSING : Reason.UNSUPPORTED,
          "%s: an MLflow model with %d checkpoints in it: %s"
              .formatted(
                  location.path(),
                  found.size(),
                  found.stream().limit(20).map(f -> relative(location, f)).toList()));
    }
    Checkpoint inner = Checkpoints.open(store, found.get(0).path()).stored();
    return new Checkpoint(
        location,
        NAME,
        inner.files(),
        inner.tensors(),
        inner.metadata(),
        inner.notes(),
        inner.encoding().in(new Inner(inner)));
  }

  /** Folders that are laid out for a format, else files of a format. */
  private static void find(Store store, FileInfo at, int depth, List<FileInfo> found)
      throws IOException {
    if (Checkpoints.isOne(store, at)) {
      found.add(at);
    } else if (at.folder() && depth < DEEPEST) {
      for (FileInfo child : store.list(at.path())) {
        find(store, child, depth + 1, found);
      }
    }
  }

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    Checkpoint inner = inner(checkpoint);
    return Checkpoints.format(inner.format()).reader(store, inner);
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    Checkpoint inner = inner(checkpoint);
    CheckpointFormat format = Checkpoints.format(inner.format());
    String path = relative(checkpoint.location(), inner.location());
    boolean kept = format.writtenAs().equals(format.name());
    String written = kept ? path : path + "." + format.writtenAs();
    format.write(store, inner, bytes, moves, target + "/" + written);
    Set<String> own = new HashSet<>(Set.of(path));
    checkpoint.files().forEach(file -> own.add(relative(checkpoint.location(), file)));
    FolderCopy.of(store, checkpoint.location(), own).writeTo(target);
  }

  /** The tensors of a checkpoint as its own format sees them. */
  private static Checkpoint inner(Checkpoint checkpoint) {
    return checkpoint
        .encoding()
        .layout(Inner.class)
        .orElseThrow(() -> new IllegalArgumentException("no checkpoint of an MLflow folder"))
        .checkpoint()
        .of(checkpoint.tensors());
  }

  private static String relative(FileInfo folder, FileInfo file) {
    return file.path().substring(folder.path().length()).replaceFirst("^/+", "");
  }
}
