package org.findthelady.job;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;
import org.findthelady.job.file.ModelLines;
import org.findthelady.pair.StructureChoice;
import org.findthelady.pair.Structures;
import org.findthelady.perturb.PermutationFile;
import org.findthelady.storage.InputGuard;
import org.findthelady.storage.TextFile;

/**
 * Looks at the places that a user named before anything large is read or started, so that a
 * mistyped one is told at once, by its name. Null stands for a place that was not named.
 */
final class Preflight {
  private static final Set<String> NOT_SUPPORTED = Set.of("http", "https", "hf", "ftp");

  private final Store store;
  private final boolean localOnly;

  private Preflight(Store store, boolean localOnly) {
    this.store = store;
    this.localOnly = localOnly;
  }

  /** Looks at all places. */
  static Preflight of(Store store) {
    return new Preflight(store, false);
  }

  /** Looks at local places only: others may need settings that are known later. */
  static Preflight ofLocal(Store store) {
    return new Preflight(store, true);
  }

  /**
   * Something must be there.
   *
   * @throws UserException if nothing is, or if its scheme is not supported
   */
  Preflight there(String path) throws IOException {
    if (path != null) {
      requireScheme(path);
      if (isSeen(path) && store.stat(path).isEmpty()) {
        throw new UserException(path + ": no such file or folder");
      }
    }
    return this;
  }

  /**
   * Nothing may be there, and it must be possible to make it.
   *
   * @throws UserException if that is not so
   */
  Preflight output(String path) throws IOException {
    if (path != null) {
      requireScheme(path);
      if (isSeen(path) && store.stat(path).isPresent()) {
        throw new UserException(path + ": something is there already");
      }
      folder(path);
    }
    return this;
  }

  /**
   * It must be possible to make files below it.
   *
   * @throws UserException if that is not so; told for local folders
   */
  Preflight folder(String path) {
    Location location = Location.of(path);
    if (location.isLocal()) {
      Path above = Path.of(location.path());
      while (above.getParent() != null && !Files.exists(above)) {
        above = above.getParent();
      }
      if (!Files.isDirectory(above) || !Files.isWritable(above)) {
        String why = Files.isDirectory(above) ? " may not be written to" : " is no folder";
        throw new UserException(path + ": cannot be written: " + above + why);
      }
    }
    return this;
  }

  /**
   * Nothing of ours may come to lie among what is read.
   *
   * @throws UserException if {@code output} is one of the inputs or below one
   */
  Preflight outside(String output, String... inputs) {
    if (output != null) {
      InputGuard.requireOutside(output, List.of(inputs));
    }
    return this;
  }

  /**
   * An architecture must be known, or be a file of one; a graph must be there.
   *
   * @throws UserException if that is not so
   */
  Preflight structure(StructureChoice choice) throws IOException {
    there(choice.graph());
    if (choice.architecture() != null && isSeen(choice.architecture())) {
      Structures.requireArchitecture(store, choice.architecture());
    }
    return this;
  }

  /**
   * A manifest must be one.
   *
   * @param references ids that its lines may name; null if they are not known yet
   * @throws UserException with all that is wrong in it, if something is
   */
  Preflight manifest(String path, Set<String> references) throws IOException {
    there(path);
    if (path != null && isSeen(path)) {
      ModelLines.checkManifest(store, path, references);
    }
    return this;
  }

  /**
   * A truth file must be one.
   *
   * @throws UserException if it is not
   */
  Preflight truth(String path) throws IOException {
    there(path);
    if (path != null && isSeen(path)) {
      byte[] json = TextFile.read(store, path).getBytes(StandardCharsets.UTF_8);
      try {
        PermutationFile.requireFormat(new ByteArrayInputStream(json));
      } catch (UserException e) {
        throw new UserException(path + ": " + e.getMessage(), e);
      }
    }
    return this;
  }

  private boolean isSeen(String path) {
    return !localOnly || Location.isLocal(path);
  }

  private static void requireScheme(String path) {
    String scheme = Location.of(path).scheme();
    if (NOT_SUPPORTED.contains(scheme)) {
      throw new UserException(
          "%s: %s:// is not supported; download it first and name the local file"
              .formatted(path, scheme));
    }
  }
}
