package org.findthelady.checkpoint.keras;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Encoding;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.safetensors.SafetensorsWriter;

/**
 * Keras's HDF5 files, whole models or weights alone, and the {@code .keras} archives of Keras 3
 * with such a file in them: read, and written as safetensors under the same names ({@code
 * conv2d/conv2d/kernel:0}) with the configuration as metadata. The model's configuration is text to
 * us, never run. Links to other files, external storage and virtual datasets are refused.
 */
public final class KerasFormat implements CheckpointFormat {
  static final String NAME = "keras-hdf5";

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
    Map<String, String> metadata = new LinkedHashMap<>();
    try (SeekableInput input = store.open(location)) {
      KerasArchive.configuration(input).ifPresent(text -> metadata.put("model_config", text));
    }
    return HdfOpening.use(store, location, (file, start) -> read(location, file, start, metadata));
  }

  private static Checkpoint read(
      FileInfo location, HdfFile file, long start, Map<String, String> metadata) {
    for (String key : KEPT_TEXTS) {
      Attribute attribute = file.getAttributes().get(key);
      if (attribute != null
          && attribute.getSizeInBytes() <= LARGEST_TEXT_BYTES
          && attribute.getData() instanceof String text) {
        metadata.put(key, text);
      }
    }
    KerasWalk walk = KerasWalk.of(location.path(), file);
    DatasetTable table = new DatasetTable(location, file, start);
    walk.datasets().forEach(table::add);
    List<String> notes = new ArrayList<>(walk.notes());
    notes.addAll(table.notes());
    return new Checkpoint(
        location,
        NAME,
        List.of(location),
        table.tensors(),
        metadata,
        notes,
        Encoding.of(table.paths()));
  }

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    return DatasetDecoder.reader(store, checkpoint);
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    Map<String, String> kept = new LinkedHashMap<>(checkpoint.metadata());
    kept.keySet().retainAll(KEPT_TEXTS);
    SafetensorsWriter.write(store, checkpoint, bytes, moves, kept, target);
  }
}
