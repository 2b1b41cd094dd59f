package org.findthelady.checkpoint.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Encoding;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;

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
    InitialiserTable table = new InitialiserTable(store, location);
    for (Map.Entry<String, StoredTensor> entry : model.stored().entrySet()) {
      table.add(entry.getKey(), entry.getValue());
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    for (StringStringEntryProto entry : model.proto().getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    List<String> notes = new ArrayList<>(model.notes());
    notes.addAll(table.notes());
    Encoding encoding = Encoding.of(table.typed());
    Checkpoint stored =
        new Checkpoint(location, NAME, table.files(), table.tensors(), metadata, notes, encoding);
    try (TensorReader reader = reader(store, stored)) {
      QuantisedTensors quantised =
          new QuantisedTensors(stored.byName(), reader).scan(model.proto().getGraph());
      encoding = encoding.with(quantised.found(), quantised.terms());
      notes.addAll(quantised.notes());
    }
    return new Checkpoint(
        location, NAME, table.files(), table.tensors(), metadata, notes, encoding);
  }

  @Override
  public TensorReader reader(Store store, Checkpoint checkpoint) {
    return TypedTensors.reader(store, checkpoint);
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
