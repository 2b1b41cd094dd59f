package org.findthelady.checkpoint.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/** Collects the tensors of a model; every size is held against what is stored. */
final class InitialiserTable {
  private final Store store;
  private final FileInfo location;
  private final List<FileInfo> files = new ArrayList<>();
  private final Map<String, Integer> indexOf = new HashMap<>();
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, Long> typed = new HashMap<>();
  private final List<String> notes = new ArrayList<>();

  InitialiserTable(Store store, FileInfo location) {
    this.store = store;
    this.location = location;
    files.add(location);
  }

  /** The model's file, then those with external data. */
  List<FileInfo> files() {
    return files;
  }

  List<TensorInfo> tensors() {
    return tensors;
  }

  /** Those whose elements are numbers in typed fields. */
  TypedTensors typed() {
    return new TypedTensors(typed);
  }

  /** Tensors that are left out. */
  List<String> notes() {
    return notes;
  }

  void add(String name, StoredTensor stored) throws IOException {
    Optional<DType> dtype = OnnxTypes.dtype(stored.type());
    if (dtype.isEmpty()) {
      notes.add("tensor '" + name + "' of ONNX type " + stored.type() + " is left where it is");
      return;
    }
    String where = "Tensor '" + name + "' in " + location.path();
    Shape shape = Shape.of(stored.dims());
    long needed = bytes(dtype.get(), shape, where);
    int file = 0;
    long offset = stored.offset();
    switch (stored.encoding()) {
      case PLAIN -> check(where, shape, needed, stored.length());
      case TYPED -> typed.put(name, stored.length());
      case EXTERNAL -> {
        StoredTensor.External external = stored.external();
        file = file(external.location(), where);
        offset = external.offset();
        check(where, shape, needed, external.length() < 0 ? needed : external.length());
        checkWithin(files.get(file), where, offset, needed);
      }
    }
    tensors.add(new TensorInfo(name, dtype.get(), shape, file, offset, needed));
  }

  /** Index of a file with external data. */
  private int file(String external, String where) throws IOException {
    Integer index = indexOf.get(external);
    if (index == null) {
      files.add(ExternalData.file(store, location, external, where));
      index = files.size() - 1;
      indexOf.put(external, index);
    }
    return index;
  }

  private static void checkWithin(FileInfo file, String where, long offset, long needed) {
    if (offset > file.length() - needed) {
      throw new CheckpointException(
          Reason.TRUNCATED,
          "%s needs %d bytes at %d of %s, which has %d"
              .formatted(where, needed, offset, file.path(), file.length()));
    }
  }

  private static long bytes(DType dtype, Shape shape, String where) {
    try {
      return dtype.bytes(shape);
    } catch (ArithmeticException e) {
      throw new CheckpointException(Reason.MALFORMED, where + ": shape " + shape + " overflows", e);
    }
  }

  private static void check(String where, Shape shape, long needed, long given) {
    if (needed != given) {
      throw new CheckpointException(
          given < needed ? Reason.TRUNCATED : Reason.MALFORMED,
          "%s: shape %s needs %d bytes, %d are given".formatted(where, shape, needed, given));
    }
  }
}
