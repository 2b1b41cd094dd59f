package org.findthelady.structure.prove;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.findthelady.core.UserException;

/** ONNX Runtime's environment, opened once. */
public final class OnnxRuntime {
  /** Measured with 1.29.0 on Linux: 3,990 bytes are fine, 4,040 end the process with SIGSEGV. */
  private static final int MOST_COMMAND_BYTES = 3_950;

  private OnnxRuntime() {}

  /**
   * The environment.
   *
   * @throws UserException if the process's command line is so long that ONNX Runtime would crash
   */
  public static OrtEnvironment environment() {
    int length = commandBytes();
    if (length > MOST_COMMAND_BYTES) {
      throw new UserException(
          "ONNX Runtime crashes in a process whose command line is longer than "
              + "%d bytes, and this one has %d: give the class path by CLASSPATH or @file"
                  .formatted(MOST_COMMAND_BYTES, length));
    }
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
  }

  private static int commandBytes() {
    try {
      return Files.readAllBytes(Path.of("/proc/self/cmdline")).length;
    } catch (IOException notLinux) {
      return 0;
    }
  }
}
