package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Encoding;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Layout;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;

/**
 * The tensors of one PyTorch file in the order in which they are listed.
 *
 * @param notes what a reader should know
 * @param check what is left to be checked before a tensor's bytes are used
 */
record TensorTable(List<PlacedTensor> tensors, List<String> notes, Check check) {
  /** Some tensors are strided, big-endian or still to be checked: the headers are read again. */
  record ByHeaders() implements Layout {}

  /** A check that needs the file and is put off until the tensor is read. */
  interface Check {
    Check NONE = tensor -> {};

    /**
     * Checks what lies around the tensor's storage; the file is still open.
     *
     * @throws org.findthelady.core.CheckpointException if it is not what the headers said
     */
    void before(PlacedTensor tensor) throws IOException;
  }

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
    if (tensors.isEmpty() && !notes.isEmpty()) {
      throw new CheckpointException(
          CheckpointException.Reason.UNSUPPORTED,
          file.path() + ": no tensor of PyTorch in it; " + notes.get(0));
    }
    List<TensorInfo> infos = new ArrayList<>();
    tensors.forEach(tensor -> infos.add(tensor.info()));
    boolean packed = check == Check.NONE && tensors.stream().allMatch(PlacedTensor::direct);
    Encoding encoding = packed ? Encoding.PLAIN : Encoding.of(new ByHeaders());
    return new Checkpoint(file, format, List.of(file), infos, Map.of(), notes, encoding);
  }
}
