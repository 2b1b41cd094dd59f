package org.findthelady.checkpoint.keras;

import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.dataset.DatasetBase;
import io.jhdf.filter.PipelineFilterWithData;
import io.jhdf.object.datatype.OrderedDataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/** Unpacks datasets that do not lie in the file as packed little-endian bytes. */
final class StoredDataset {
  /** Tensors up to here are unpacked, in memory. */
  private static final long LARGEST_TENSOR_BYTES = 1L << 30;

  /** A chunk may be larger than a dataset that could still grow. */
  private static final long LARGEST_SPARE_CHUNK_BYTES = 16L << 20;

  private StoredDataset() {}

  /**
   * Whether the stored bytes can hold what is declared.
   *
   * @throws CheckpointException if they cannot, or a filter is not one of ours
   */
  static void check(String location, String name, long length, Dataset dataset) {
    long ratio = 1;
    for (PipelineFilterWithData filter : dataset.getFilters()) {
      if (!ChunkFilters.knows(filter.getId())) {
        throw new CheckpointException(
            Reason.UNSUPPORTED,
            "%s: tensor '%s' is stored with filter %d".formatted(location, name, filter.getId()));
      }
      ratio = filter.getId() == ChunkFilters.DEFLATE ? ChunkFilters.LARGEST_RATIO : ratio;
    }
    long stored = length == 0 ? 0 : storedBytes(dataset);
    if (length > LARGEST_TENSOR_BYTES || stored < 0 || length > Math.multiplyExact(stored, ratio)) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: tensor '%s' declares %d bytes, %d are stored"
              .formatted(location, name, length, stored));
    }
  }

  private static long storedBytes(Dataset dataset) {
    return dataset instanceof ChunkedDataset
        ? dataset.getStorageInBytes()
        : ((DatasetBase) dataset).getDataBuffer().remaining();
  }

  /** The tensor's packed bytes, little-endian. */
  static byte[] read(String location, TensorInfo tensor, Dataset dataset) {
    check(location, tensor.name(), tensor.length(), dataset);
    byte[] packed = new byte[(int) tensor.length()];
    if (packed.length == 0) {
      return packed;
    }
    if (dataset instanceof ChunkedDataset chunked) {
      readChunks(location, tensor, chunked, packed);
    } else {
      ByteBuffer stored = ((DatasetBase) dataset).getDataBuffer();
      stored.get(packed);
    }
    if (dataset.getDataType() instanceof OrderedDataType ordered
        && ordered.getByteOrder() == ByteOrder.BIG_ENDIAN) {
      reverse(packed, tensor.dtype().blockBytes());
    }
    return packed;
  }

  private static void readChunks(
      String location, TensorInfo tensor, ChunkedDataset dataset, byte[] packed) {
    int[] lengths = dataset.getDimensions();
    int[] chunk = dataset.getChunkDimensions();
    int unit = tensor.dtype().blockBytes();
    long chunkBytes = unit;
    for (int axis = 0; axis < chunk.length; axis++) {
      chunkBytes = Math.multiplyExact(chunkBytes, (long) chunk[axis]);
    }
    if (chunk.length != lengths.length
        || chunkBytes <= 0
        || chunkBytes > Math.max(packed.length, LARGEST_SPARE_CHUNK_BYTES)) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: tensor '%s' has chunks of %d bytes".formatted(location, tensor.name(), chunkBytes));
    }
    int[] start = new int[lengths.length];
    do {
      byte[] data =
          ChunkFilters.decode(
              dataset.getRawChunkBuffer(start.clone()), dataset.getFilters(), (int) chunkBytes);
      if (data.length != chunkBytes) {
        throw new CheckpointException(
            Reason.MALFORMED,
            "%s: tensor '%s': a chunk of %d bytes holds %d"
                .formatted(location, tensor.name(), chunkBytes, data.length));
      }
      new ChunkPlace(chunk, start, lengths, unit).copy(data, packed);
    } while (advance(start, chunk, lengths));
  }

  private static boolean advance(int[] start, int[] chunk, int[] lengths) {
    for (int axis = start.length - 1; axis >= 0; axis--) {
      start[axis] = Math.addExact(start[axis], chunk[axis]);
      if (start[axis] < lengths[axis]) {
        return true;
      }
      start[axis] = 0;
    }
    return false;
  }

  private static void reverse(byte[] bytes, int unit) {
    for (int at = 0; at < bytes.length; at += unit) {
      for (int i = 0; i < unit / 2; i++) {
        byte kept = bytes[at + i];
        bytes[at + i] = bytes[at + unit - 1 - i];
        bytes[at + unit - 1 - i] = kept;
      }
    }
  }
}
