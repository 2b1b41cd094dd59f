package org.findthelady.run;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;

/** Holds the name of a written checkpoint to the format that is written. */
public final class OutputName {
  /** Endings that stand for a format; a file under another's ending would be refused or misread. */
  private static final Map<String, Set<String>> ENDINGS =
      Map.of(
          "safetensors", Set.of("safetensors"),
          "pytorch-zip", Set.of("pt", "pth", "th", "bin", "ckpt"),
          "llama2.c", Set.of("bin"),
          "onnx", Set.of("onnx"),
          "gguf", Set.of("gguf"),
          "tflite", Set.of("tflite"),
          "numpy", Set.of("npz", "npy"),
          "keras-hdf5", Set.of("h5", "hdf5", "keras"));

  private OutputName() {}

  /**
   * Compares the ending of a file to be written with its format.
   *
   * @param checkpoint that is written again; for a folder any name fits
   * @throws UserException if the ending is another format's
   */
  public static void requireFit(Checkpoint checkpoint, String out) {
    String written = Checkpoints.format(checkpoint.format()).writtenAs();
    if (checkpoint.location().folder() || !ENDINGS.containsKey(written)) {
      return;
    }
    String name = Location.of(out).name();
    int dot = name.lastIndexOf('.');
    String ending = name.substring(dot + 1).toLowerCase(Locale.ROOT);
    boolean others =
        dot >= 0
            && ENDINGS.values().stream().anyMatch(endings -> endings.contains(ending))
            && !ENDINGS.get(written).contains(ending);
    if (others) {
      throw new UserException(
          "%s: a checkpoint in format %s is written as %s; name it '%s.%s'"
              .formatted(
                  out,
                  checkpoint.format(),
                  written,
                  name.substring(0, dot),
                  ENDINGS.getOrDefault(written, Set.of("bin")).stream()
                      .sorted()
                      .findFirst()
                      .get()));
    }
  }
}
