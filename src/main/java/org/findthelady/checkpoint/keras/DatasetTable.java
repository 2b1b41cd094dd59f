package org.findthelady.checkpoint.keras;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.OrderedDataType;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/** Collects the datasets of a file as tensors; every size is held against what is stored. */
final class DatasetTable {
  private final FileInfo location;
  private final HdfFile file;
  private final long start;
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, String> paths = new HashMap<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param start where {@code file} begins in what holds it
   */
  DatasetTable(FileInfo location, HdfFile file, long start) {
    this.location = location;
    this.file = file;
    this.start = start;
  }

  List<TensorInfo> tensors() {
    return tensors;
  }

  /** Those that are not packed. */
  DatasetDecoder.Paths paths() {
    return new DatasetDecoder.Paths(paths);
  }

  List<String> notes() {
    return notes;
  }

  void add(String name, Dataset dataset) {
    DType dtype = HdfTypes.of(dataset.getDataType()).orElse(null);
    if (dtype == null) {
      notes.add("not a tensor: " + name);
    } else {
      tensors.add(tensor(name, dtype, dataset));
    }
  }

  private TensorInfo tensor(String name, DType dtype, Dataset dataset) {
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
    paths.put(name, dataset.getPath());
    return new TensorInfo(name, dtype, shape, 0, dataset.getAddress(), length);
  }
}
