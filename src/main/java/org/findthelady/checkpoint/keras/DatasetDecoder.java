package org.findthelady.checkpoint.keras;

import java.io.IOException;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.DecodingReader;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Layout;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/** Unpacks datasets that do not lie in the file as packed little-endian bytes. */
final class DatasetDecoder implements DecodingReader.Decoder {
  /**
   * The datasets of a file that are not packed.
   *
   * @param byTensor path in the file, by tensor
   */
  record Paths(Map<String, String> byTensor) implements Layout {
    Paths {
      byTensor = Map.copyOf(byTensor);
    }
  }

  private final Store store;
  private final Checkpoint checkpoint;
  private final Map<String, String> paths;

  private DatasetDecoder(Store store, Checkpoint checkpoint, Map<String, String> paths) {
    this.store = store;
    this.checkpoint = checkpoint;
    this.paths = paths;
  }

  /** Reads all tensors of a checkpoint. */
  static TensorReader reader(Store store, Checkpoint checkpoint) {
    Map<String, String> paths =
        checkpoint.encoding().layout(Paths.class).map(Paths::byTensor).orElse(Map.of());
    return new DecodingReader(
        store, checkpoint, paths.keySet(), new DatasetDecoder(store, checkpoint, paths));
  }

  @Override
  public byte[] decode(TensorInfo tensor) throws IOException {
    FileInfo file = checkpoint.files().get(tensor.file());
    return HdfOpening.use(
        store,
        file,
        (hdf, start) ->
            StoredDataset.read(
                file.path(), tensor, hdf.getDatasetByPath(paths.get(tensor.name()))));
  }
}
