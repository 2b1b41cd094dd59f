package org.findthelady.checkpoint.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * Writes a checkpoint of any format as one safetensors file. The header lists tensors in the
 * checkpoint's order and is padded with spaces to 8 bytes; bytes are laid out with the widest types
 * first, so that every tensor is aligned. The same checkpoint always gives the same bytes.
 */
public final class SafetensorsWriter {
  private SafetensorsWriter() {}

  /**
   * Writes all tensors of a checkpoint.
   *
   * @param bytes reads the checkpoint's tensors
   * @param moves by tensor name; a tensor that is not named is copied as it is
   * @param metadata becomes {@code __metadata__}, sorted by key; left out if empty
   * @param target a file that is not there yet
   * @throws CheckpointException with UNSUPPORTED if safetensors has no such element type
   */
  public static void write(
      Store store,
      Checkpoint checkpoint,
      TensorReader bytes,
      Map<String, Move> moves,
      Map<String, String> metadata,
      String target)
      throws IOException {
    List<TensorInfo> layout = layout(checkpoint);
    byte[] header = header(checkpoint, layout, metadata);
    moves.values().forEach(TensorMover::check);
    TensorMover mover = new TensorMover();
    try (OutputStream out = new BufferedOutputStream(store.create(target), 1 << 16)) {
      out.write(
          ByteBuffer.allocate(Header.LENGTH_BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(header.length)
              .array());
      out.write(header);
      for (TensorInfo tensor : layout) {
        mover.write(out, bytes, moves.getOrDefault(tensor.name(), Move.none(tensor)));
      }
    }
  }

  private static List<TensorInfo> layout(Checkpoint checkpoint) {
    List<TensorInfo> layout = new ArrayList<>(checkpoint.tensors());
    for (TensorInfo tensor : layout) {
      if (tensor.name().equals("__metadata__")) {
        throw new CheckpointException(
            Reason.UNSUPPORTED,
            "%s: a tensor named __metadata__ cannot be written as safetensors"
                .formatted(checkpoint.location().path()));
      }
      if (!SafetensorsDTypes.contains(tensor.dtype())) {
        throw new CheckpointException(
            Reason.UNSUPPORTED,
            "%s: tensor '%s' of type %s cannot be written as safetensors"
                .formatted(checkpoint.location().path(), tensor.name(), tensor.dtype()));
      }
    }
    layout.sort(Comparator.comparingInt((TensorInfo t) -> t.dtype().blockBytes()).reversed());
    return layout;
  }

  private static byte[] header(
      Checkpoint checkpoint, List<TensorInfo> layout, Map<String, String> metadata)
      throws IOException {
    Map<String, Long> begins = new HashMap<>();
    long at = 0;
    for (TensorInfo tensor : layout) {
      if (begins.put(tensor.name(), at) != null) {
        throw new IllegalArgumentException("tensor '" + tensor.name() + "' twice");
      }
      at = Math.addExact(at, tensor.length());
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart("__metadata__");
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      for (TensorInfo tensor : checkpoint.tensors()) {
        long begin = begins.get(tensor.name());
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", tensor.dtype().name());
        json.writeArrayFieldStart("shape");
        for (long length : tensor.shape().toArray()) {
          json.writeNumber(length);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("data_offsets");
        json.writeNumber(begin);
        json.writeNumber(begin + tensor.length());
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    while (text.size() % 8 != 0) {
      text.write(' ');
    }
    if (text.size() > Header.MOST_BYTES) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: a header of %d bytes, safetensors allows %d"
              .formatted(checkpoint.location().path(), text.size(), Header.MOST_BYTES));
    }
    return text.toByteArray();
  }
}
