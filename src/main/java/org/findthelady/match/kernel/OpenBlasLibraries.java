package org.findthelady.match.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * OpenBLAS as the jar holds it, unpacked where the system lets it be loaded. The files are needed
 * until they are loaded only: closing deletes them, so that a process that is killed later leaves
 * nothing behind.
 */
final class OpenBlasLibraries implements AutoCloseable {
  private static final String OPENBLAS = "libopenblas.so.0";

  /** Each is needed by those after it. */
  private static final List<String> NAMES =
      List.of("libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5", OPENBLAS);

  private final Path folder;

  private OpenBlasLibraries(Path folder) {
    this.folder = folder;
  }

  /**
   * Unpacks the libraries of this processor into a fresh folder that only this user may enter: in
   * the temporary folder or, where nothing can be run from there ({@code noexec}), in the working
   * or the home folder.
   *
   * @return empty if the jar has none for this system
   * @throws IOException if none of the folders can hold them
   */
  static Optional<OpenBlasLibraries> unpack() throws IOException {
    Optional<String> resources = resources();
    if (resources.isEmpty()) {
      return Optional.empty();
    }
    List<String> reasons = new ArrayList<>();
    for (String property : List.of("java.io.tmpdir", "user.dir", "user.home")) {
      Path parent = Path.of(System.getProperty(property));
      try {
        return Optional.of(unpack(resources.get(), parent));
      } catch (IOException | UnsatisfiedLinkError failure) {
        reasons.add(parent + ": " + failure.getMessage());
      }
    }
    throw new IOException("OpenBLAS cannot be unpacked: " + String.join("; ", reasons));
  }

  private static OpenBlasLibraries unpack(String resources, Path parent) throws IOException {
    Path folder =
        Files.createTempDirectory(
            parent,
            "ftl-blas",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    OpenBlasLibraries libraries = new OpenBlasLibraries(folder);
    try {
      for (String name : NAMES) {
        libraries.copy(resources, name);
      }
      // Fails where nothing may be run from this folder.
      System.load(folder.resolve(NAMES.get(0)).toString());
      return libraries;
    } catch (IOException | UnsatisfiedLinkError failure) {
      libraries.close();
      throw failure;
    }
  }

  /** Some systems need fewer libraries than others; OpenBLAS itself must be there. */
  private void copy(String resources, String name) throws IOException {
    try (InputStream source = OpenBlasLibraries.class.getResourceAsStream(resources + name)) {
      if (source != null) {
        Files.copy(source, folder.resolve(name));
      } else if (name.equals(OPENBLAS)) {
        throw new IOException("no resource " + resources + name);
      }
    }
  }

  private static Optional<String> resources() {
    boolean linux = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    String processor =
        switch (System.getProperty("os.arch", "")) {
          case "amd64" -> "x86_64";
          case "aarch64" -> "arm64";
          default -> null;
        };
    return linux && processor != null
        ? Optional.of("/org/bytedeco/openblas/linux-" + processor + "/")
        : Optional.empty();
  }

  /** The library to load; those that it needs lie beside it. */
  Path openBlas() {
    return folder.resolve(OPENBLAS);
  }

  @Override
  public void close() throws IOException {
    for (String name : NAMES) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }
}
