package org.findthelady.checkpoint;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.findthelady.core.TensorInfo;
import org.findthelady.storage.HadoopStore;

/** Lists the tensors of checkpoints for {@code src/test/python/check_readers.py}. */
final class TensorList {
  private TensorList() {}

  public static void main(String[] checkpoints) throws IOException, NoSuchAlgorithmException {
    HadoopStore store = new HadoopStore();
    for (String path : checkpoints) {
      Checkpoint checkpoint = Checkpoints.open(store, path);
      System.out.println("# " + path);
      try (TensorReader reader =
          Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
        for (TensorInfo tensor : checkpoint.tensors()) {
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(reader.readAll(tensor));
          System.out.printf(
              "%s\t%s\t%s\t%s%n",
              HexFormat.of().formatHex(digest), tensor.dtype(), tensor.shape(), tensor.name());
        }
      }
    }
  }
}
