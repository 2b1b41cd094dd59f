package org.findthelady.checkpoint.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * ONNX models as checkpoints: initialisers of the main graph and of nested ones, Constant nodes,
 * functions; data in the file or outside it. Written with every byte but the moved elements as it
 * was. {@link org.findthelady.checkpoint.Quantisation} says what quantised integers stand for.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/docs/ExternalData.md">External data</a>
 */
public final class OnnxFormat implements CheckpointFormat {
  /** As reports write it. */
  public static final String NAME = "onnx";

  /** Attribute that says where the message of a tensor without a plain range of bytes lies. */
  static final String TYPED = "onnx.typed.";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String writtenAs() {
    return NAME;
  }

  @Override
  public boolean recognises(Store store, FileInfo location, byte[] head) {
    return !location.folder() && location.name().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  @Override
  public Checkpoint read(Store store, FileInfo location) throws IOException {
    OnnxModel model = OnnxModel.read(store, location);
    List<FileInfo> files = new ArrayList<>(List.of(location));
    Map<String, Integer> indexOf = new LinkedHashMap<>();
    List<TensorInfo> tensors = new ArrayList<>();
    List<String> notes = new ArrayList<>(model.notes());
    Map<String, String> attributes = new LinkedHashMap<>();
    for (StringStringEntryProto entry : model.proto().getMetadataPropsList()) {
      attributes.put(entry.getKey(), entry.getValue());
    }
    for (Map.Entry<String, StoredTensor> entry : model.stored().entrySet()) {
      String name = entry.getKey();
      StoredTensor stored = entry.getValue();
      Optional<DType> dtype = OnnxTypes.dtype(stored.type());
      if (dtype.isEmpty()) {
        notes.add("tensor '" + name + "' of ONNX type " + stored.type() + " is left where it is");
        continue;
      }
      String where = "Tensor '" + name + "' in " + location.path();
      Shape shape = Shape.of(stored.dims());
      long needed = bytes(dtype.get(), shape, where);
      switch (stored.encoding()) {
        case PLAIN -> {
          check(where, shape, needed, stored.length());
          tensors.add(new TensorInfo(name, dtype.get(), shape, 0, stored.offset(), needed));
        }
        case TYPED -> {
          attributes.put(TYPED + name, Long.toString(stored.length()));
          tensors.add(new TensorInfo(name, dtype.get(), shape, 0, stored.offset(), needed));
        }
        case EXTERNAL -> {
          StoredTensor.External external = stored.external();
          Integer index = indexOf.get(external.location());
          if (index == null) {
            files.add(ExternalData.file(store, location, external.location(), where));
            index = files.size() - 1;
            indexOf.put(external.location(), index);
          }
          check(where, shape, needed, external.length() < 0 ? needed : external.length());
          long length = files.get(index).length();
          if (external.offset() > length - needed) {
            throw new CheckpointException(
                Reason.TRUNCATED,
                "%s needs %d bytes at %d of %s, which has %d"
                    .formatted(where, needed, external.offset(), files.get(index).path(), length));
          }
          tensors.add(new TensorInfo(name, dtype.get(), shape, index, external.offset(), needed));
        }
      }
    }
    Checkpoint stored = new Checkpoint(location, NAME, files, tensors, attributes, notes);
    try (TensorReader reader = new OnnxReader(store, stored)) {
      QuantisedTensors quantised =
          new QuantisedTensors(stored.byName(), reader).scan(model.proto().getGraph());
      quantised.found().forEach((name, how) -> how.putInto(attributes, name));
      quantised.terms().forEach((name, terms) -> Quantisation.putTerms(attributes, name, terms));
      notes.addAll(quantised.notes());
    }
    return new Checkpoint(location, NAME, files, tensors, attributes, notes);
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

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    return new OnnxReader(store, checkpoint);
  }

  @Override
  public void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      String target)
      throws IOException {
    String folder = ExternalData.folder(checkpoint.location().path());
    String targetFolder = ExternalData.folder(target);
    for (int i = 0; i < checkpoint.files().size(); i++) {
      FileInfo file = checkpoint.files().get(i);
      String path = i == 0 ? target : targetFolder + file.path().substring(folder.length());
      new PatchedCopy(store, checkpoint, bytes, moves, i).writeTo(path);
    }
  }
}
