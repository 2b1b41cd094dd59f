package org.findthelady.checkpoint;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;

/**
 * What a checkpoint's headers say: its tensors and where their bytes lie. Holds no tensor bytes, so
 * it can be sent to executors.
 *
 * @param location file or folder that the caller named
 * @param format name of the {@link CheckpointFormat} that read it
 * @param files the files with tensor bytes, as they were when the headers were read
 * @param tensors in the order of the format
 * @param metadata texts that the file keeps beside its tensors ({@code __metadata__}), untrusted:
 *     shown, or parsed as a configuration by code that distrusts it; they never say how bytes lie
 * @param notes what a reader should know: names left out, wrappers passed through, unknown globals
 * @param encoding how the format stores tensors
 * @param packing which of the tensors are shown as what packed codes stand for
 */
public record Checkpoint(
    FileInfo location,
    String format,
    List<FileInfo> files,
    List<TensorInfo> tensors,
    Map<String, String> metadata,
    List<String> notes,
    Encoding encoding,
    Packing packing)
    implements Serializable {
  private static final Pattern NAMED = Pattern.compile("Tensor '(.+?)'");

  public Checkpoint {
    files = List.copyOf(files);
    tensors = List.copyOf(tensors);
    metadata = Map.copyOf(metadata);
    notes = List.copyOf(notes);
    Objects.requireNonNull(encoding, "encoding");
    Objects.requireNonNull(packing, "packing");
  }

  /** A checkpoint whose tensors are all packed numbers. */
  public Checkpoint(
      FileInfo location,
      String format,
      List<FileInfo> files,
      List<TensorInfo> tensors,
      Map<String, String> metadata,
      List<String> notes) {
    this(location, format, files, tensors, metadata, notes, Encoding.PLAIN);
  }

  /** A checkpoint whose tensors are all shown as they are stored. */
  public Checkpoint(
      FileInfo location,
      String format,
      List<FileInfo> files,
      List<TensorInfo> tensors,
      Map<String, String> metadata,
      List<String> notes,
      Encoding encoding) {
    this(location, format, files, tensors, metadata, notes, encoding, Packing.NONE);
  }

  /** This checkpoint with all tensors as they lie in the files. */
  public Checkpoint stored() {
    return packing.isNone()
        ? this
        : new Checkpoint(location, format, files, packing.stored(), metadata, notes, encoding);
  }

  /** The tensor of that name. */
  public Optional<TensorInfo> tensor(String name) {
    return tensors.stream().filter(t -> t.name().equals(name)).findFirst();
  }

  /** All tensors by name. */
  public Map<String, TensorInfo> byName() {
    Map<String, TensorInfo> map = new HashMap<>();
    tensors.forEach(t -> map.put(t.name(), t));
    return map;
  }

  /** The same mistake with the file that its tensor lies in, where only the tensor is named. */
  public CheckpointException located(CheckpointException e) {
    Matcher named = NAMED.matcher(e.getMessage());
    if (!named.lookingAt()) {
      return e;
    }
    String file =
        tensor(named.group(1)).map(tensor -> files.get(tensor.file())).orElse(location).path();
    return new CheckpointException(e.reason(), file + ": " + e.getMessage(), e);
  }

  /** This checkpoint as if it had some of its tensors only. */
  public Checkpoint of(List<TensorInfo> some) {
    return some.size() == tensors.size()
        ? this
        : new Checkpoint(location, format, files, some, metadata, notes, encoding, packing);
  }

  /** This checkpoint without the weights that are recognised but not decoded. */
  public Checkpoint decoded() {
    return packing.undecoded().isEmpty()
        ? this
        : new Checkpoint(
            location,
            format,
            files,
            tensors.stream().filter(tensor -> !packing.isUndecoded(tensor.name())).toList(),
            metadata,
            notes,
            encoding,
            packing.decoded());
  }

  /** The tensors of one of the files. */
  public List<TensorInfo> tensorsOf(int file) {
    return tensors.stream().filter(tensor -> tensor.file() == file).toList();
  }

  /**
   * The paths of the files beside the one that the caller named, relative to its folder, such as
   * the external data of an ONNX model; empty for a folder or a file that holds all.
   */
  public List<String> sideFiles() {
    String path = location.path();
    int folder = path.lastIndexOf('/') + 1;
    return location.folder()
        ? List.of()
        : files.stream()
            .map(FileInfo::path)
            .filter(file -> !file.equals(path))
            .map(file -> file.substring(folder))
            .toList();
  }

  /**
   * Where the model itself is written, for a stage of its own: the stage, or a file of its name in
   * it if other files lie beside it.
   */
  public String placeOn(String stage) {
    return sideFiles().isEmpty() ? stage : stage + "/" + location.name();
  }

  /** Packed bytes of all tensors. */
  public long tensorBytes() {
    return tensors.stream().mapToLong(TensorInfo::length).sum();
  }
}
