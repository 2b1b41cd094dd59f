package org.findthelady.checkpoint.keras;

import io.jhdf.api.Dataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.PackedReader;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/** Reads packed tensors by range; unpacks others whole and keeps the last one. */
final class KerasReader implements TensorReader {
  private final Store store;
  private final Checkpoint checkpoint;
  private final PackedReader packed;
  private String unpackedName;
  private byte[] unpacked;

  KerasReader(Store store, Checkpoint checkpoint) {
    this.store = store;
    this.checkpoint = checkpoint;
    this.packed = new PackedReader(store, checkpoint);
  }

  @Override
  public void read(TensorInfo tensor, long firstByte, ByteBuffer target) throws IOException {
    String path = checkpoint.attributes().get(KerasFormat.STORED + tensor.name());
    if (path == null) {
      packed.read(tensor, firstByte, target);
      return;
    }
    if (!tensor.name().equals(unpackedName)) {
      FileInfo file = checkpoint.files().get(tensor.file());
      unpacked =
          HdfOpening.use(
              store,
              file,
              (hdf, start) -> {
                Dataset dataset = hdf.getDatasetByPath(path);
                return StoredDataset.read(file.path(), tensor, dataset);
              });
      unpackedName = tensor.name();
    }
    target.put(unpacked, Math.toIntExact(firstByte), target.remaining());
  }

  @Override
  public int gapBytes() {
    return packed.gapBytes();
  }

  @Override
  public void close() throws IOException {
    packed.close();
  }
}
