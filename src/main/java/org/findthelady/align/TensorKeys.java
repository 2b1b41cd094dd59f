package org.findthelady.align;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Digests;
import org.findthelady.core.TensorInfo;

/** Digests of what tensors of one side hold, each taken once, when it is first asked for. */
final class TensorKeys {
  private static final int PIECE_BYTES = 1 << 20;

  private final TensorReader reader;
  private final Map<TensorInfo, String> keys = new HashMap<>();
  private byte[] piece = new byte[0];

  /**
   * @param stored whose tensors are read
   * @param reader beneath; the caller's
   */
  TensorKeys(Stored stored, TensorReader reader) {
    this.reader =
        new ViewReader(
            reader,
            stored.tensors().stream()
                .map(stored::view)
                .filter(view -> view.excerpt() != null)
                .toList());
  }

  /** Equal for tensors of equal type, shape and bytes, whatever their names. */
  String of(TensorInfo tensor) throws IOException {
    String key = keys.get(tensor);
    if (key == null) {
      key = tensor.dtype() + " " + tensor.shape() + " " + digest(tensor);
      keys.put(tensor, key);
    }
    return key;
  }

  private String digest(TensorInfo tensor) throws IOException {
    MessageDigest digest = Digests.sha256();
    int size = (int) Math.min(PIECE_BYTES, tensor.length());
    if (piece.length < size) {
      piece = new byte[size];
    }
    for (long at = 0; at < tensor.length(); at += size) {
      int count = (int) Math.min(size, tensor.length() - at);
      reader.read(tensor, at, ByteBuffer.wrap(piece, 0, count).order(ByteOrder.LITTLE_ENDIAN));
      digest.update(piece, 0, count);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Whether all elements are the same, as far as its first mebibyte shows. */
  boolean isConstant(TensorInfo tensor) throws IOException {
    int count = (int) Math.min(PIECE_BYTES, tensor.length());
    byte[] bytes = new byte[count];
    reader.read(tensor, 0, ByteBuffer.wrap(bytes));
    int size = tensor.dtype().blockBytes();
    for (int i = size; i < count; i++) {
      if (bytes[i] != bytes[i - size]) {
        return false;
      }
    }
    return true;
  }
}
