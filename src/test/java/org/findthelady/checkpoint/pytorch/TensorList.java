package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/** Lists the tensors of PyTorch files as {@code src/test/python/read_torch.py} does. */
final class TensorList {
  private TensorList() {}

  public static void main(String[] files) throws IOException, NoSuchAlgorithmException {
    for (String file : files) {
      System.out.println("# " + file);
      MemoryStore store = new MemoryStore();
      CheckpointFormat format =
          Files.readAllBytes(Path.of(file))[0] == (byte) 0x50
              ? new ArchiveFormat()
              : new LegacyFormat();
      Checkpoint checkpoint =
          format.read(store, store.put(file, Files.readAllBytes(Path.of(file))));
      try (TensorReader reader = format.reader(store, checkpoint)) {
        for (TensorInfo tensor : checkpoint.tensors()) {
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(reader.readAll(tensor));
          System.out.printf(
              "%s\t%s\t%s\t%s%n",
              tensor.name(), tensor.dtype(), tensor.shape(), HexFormat.of().formatHex(digest));
        }
      }
    }
  }
}
