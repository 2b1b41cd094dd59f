package org.findthelady.fleet;

import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.spark.ResultStage;
import org.findthelady.storage.HadoopStore;

/**
 * Results as files of a folder. What a try left whose result was not asked for stays there.
 *
 * @param folder for nothing else
 */
public record StagedResults(HadoopStore store, String folder) implements ResultStage {
  @Override
  public String put(byte[] result) throws IOException {
    String path = folder + "/" + UUID.randomUUID();
    try (OutputStream out = store.create(path)) {
      out.write(result);
    }
    return path;
  }

  @Override
  public byte[] take(String address) throws IOException {
    FileInfo file =
        store.stat(address).orElseThrow(() -> new IOException(address + ": is not there"));
    byte[] result = new byte[Math.toIntExact(file.length())];
    try (SeekableInput input = store.open(file)) {
      input.readFully(0, result, 0, result.length);
    }
    store.delete(address);
    return result;
  }
}
