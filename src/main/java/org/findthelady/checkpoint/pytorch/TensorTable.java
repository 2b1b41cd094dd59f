package org.findthelady.checkpoint.pytorch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.core.TensorInfo;

/**
 * The tensors of one PyTorch file in the order in which they are listed.
 *
 * @param notes what a reader should know
 */
record TensorTable(List<PlacedTensor> tensors, List<String> notes) {
  /** Attribute that says whether every tensor lies in the file as packed little-endian bytes. */
  static final String LAYOUT = "pytorch.layout";

  static final String PACKED = "packed";

  TensorTable {
    tensors = List.copyOf(tensors);
    notes = List.copyOf(notes);
  }

  Map<String, PlacedTensor> byName() {
    Map<String, PlacedTensor> byName = new LinkedHashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    return byName;
  }

  Checkpoint checkpoint(FileInfo file, String format) {
    List<TensorInfo> infos = new ArrayList<>();
    tensors.forEach(tensor -> infos.add(tensor.info()));
    boolean packed = tensors.stream().allMatch(PlacedTensor::direct);
    return new Checkpoint(
        file, format, List.of(file), infos, Map.of(LAYOUT, packed ? PACKED : "strided"), notes);
  }
}
