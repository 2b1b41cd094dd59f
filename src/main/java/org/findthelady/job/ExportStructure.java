package org.findthelady.job;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.FoundStructure;
import org.findthelady.pair.StructureChoice;
import org.findthelady.pair.Structures;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;
import org.findthelady.structure.declared.ArchitectureWriter;

/** Writes the structure of a checkpoint as an architecture file. */
public final class ExportStructure {
  private ExportStructure() {}

  /**
   * Writes {@code out}, where nothing may be, and returns the number of groups.
   *
   * @param suspect a second checkpoint, with which the groups of the first are to be found; null to
   *     read them off the first alone
   */
  public static int run(
      String path,
      String suspect,
      String out,
      String name,
      StructureChoice choice,
      Map<String, String> storage) {
    HadoopStore store = new HadoopStore(storage);
    try {
      if (store.stat(out).isPresent()) {
        throw new UserException(out + ": something is there already");
      }
      Structure structure =
          suspect == null
              ? Structures.of(store, Checkpoints.open(store, path), choice).structure()
              : FoundStructure.of(store, path, suspect, MatchOptions.defaults().seed()).structure();
      try (OutputStream stream = store.create(out)) {
        ArchitectureWriter.write(name, structure, stream);
      }
      return structure.groups().size();
    } catch (IOException e) {
      throw new CheckpointException(CheckpointException.Reason.IO, out + ": " + e.getMessage(), e);
    }
  }
}
