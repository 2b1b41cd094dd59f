package org.findthelady.checkpoint.keras;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.OrderedDataType;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.safetensors.SafetensorsWriter;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * Keras's HDF5 files, whole models or weights alone, and the {@code .keras} archives of Keras 3
 * with such a file in them: read, and written as safetensors under the same names ({@code
 * conv2d/conv2d/kernel:0}) with the configuration as metadata. The model's configuration is text to
 * us, never run. Links to other files, external storage and virtual datasets are refused.
 */
public final class KerasFormat implements CheckpointFormat {
  static final String NAME = "keras-hdf5";

  /** Marks a tensor that does not lie in the file as packed little-endian bytes. */
  static final String STORED = "hdf5.stored/";

  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final List<String> KEPT_TEXTS =
      List.of("backend", "keras_version", "model_config", "training_config");
  private static final long LARGEST_TEXT_BYTES = 1 << 20;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String writtenAs() {
    return "safetensors";
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) {
    return !location.folder()
        && ((head.length >= SIGNATURE.length
                && Arrays.equals(SIGNATURE, 0, SIGNATURE.length, head, 0, SIGNATURE.length))
            || KerasArchive.isNamedAsOne(location, head));
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    Map<String, String> attributes = new LinkedHashMap<>();
    try (SeekableInput input = store.open(location)) {
      KerasArchive.configuration(input).ifPresent(text -> attributes.put("model_config", text));
    }
    return HdfOpening.use(
        store, location, (file, start) -> read(location, file, start, attributes));
  }

  private static Checkpoint read(
      FileInfo location, HdfFile file, long start, Map<String, String> attributes) {
    for (String key : KEPT_TEXTS) {
      Attribute attribute = file.getAttributes().get(key);
      if (attribute != null
          && attribute.getSizeInBytes() <= LARGEST_TEXT_BYTES
          && attribute.getData() instanceof String text) {
        attributes.put(key, text);
      }
    }
    KerasWalk walk = KerasWalk.of(location.path(), file);
    List<String> notes = new ArrayList<>(walk.notes());
    List<TensorInfo> tensors = new ArrayList<>();
    walk.datasets()
        .forEach(
            (name, dataset) -> {
              DType dtype = HdfTypes.of(dataset.getDataType()).orElse(null);
              if (dtype == null) {
                notes.add("not a tensor: " + name);
              } else {
                tensors.add(tensor(location, file, start, name, dtype, dataset, attributes));
              }
            });
    return new Checkpoint(location, NAME, List.of(location), tensors, attributes, notes);
  }

  private static TensorInfo tensor(
      FileInfo location,
      HdfFile file,
      long start,
      String name,
      DType dtype,
      Dataset dataset,
      Map<String, String> attributes) {
    long[] lengths = new long[dataset.getDimensions().length];
    for (int axis = 0; axis < lengths.length; axis++) {
      lengths[axis] = dataset.getDimensions()[axis];
    }
    Shape shape = Shape.of(lengths);
    long length = dtype.bytes(shape);
    boolean littleEndian =
        dtype.blockBytes() == 1
            || ((OrderedDataType) dataset.getDataType()).getByteOrder() == ByteOrder.LITTLE_ENDIAN;
    if (dataset instanceof ContiguousDataset contiguous && littleEndian) {
      long offset = length == 0 ? 0 : start + file.getUserBlockSize() + contiguous.getDataAddress();
      if (length > 0 && (offset < 0 || offset - start > file.size() - length)) {
        throw new CheckpointException(
            Reason.TRUNCATED,
            "%s: tensor '%s' of %d bytes at %d, the file ends at %d"
                .formatted(location.path(), name, length, offset, start + file.size()));
      }
      return new TensorInfo(name, dtype, shape, 0, offset, length);
    }
    StoredDataset.check(location.path(), name, length, dataset);
    attributes.put(STORED + name, dataset.getPath());
    return new TensorInfo(name, dtype, shape, 0, dataset.getAddress(), length);
  }

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    return new KerasReader(store, checkpoint);
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    Map<String, String> kept = new LinkedHashMap<>(checkpoint.attributes());
    kept.keySet().retainAll(KEPT_TEXTS);
    SafetensorsWriter.write(store, checkpoint, bytes, moves, kept, target);
  }
}
