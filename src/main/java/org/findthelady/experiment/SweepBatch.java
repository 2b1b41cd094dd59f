package org.findthelady.experiment;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Cells of a sweep with one model, protocol and seed: they run one after the other and share what
 * they load.
 */
public record SweepBatch(List<SweepCell> cells) implements Serializable {
  public SweepBatch {
    cells = List.copyOf(cells);
  }

  /** Runs all cells, in the calling thread. */
  public List<CellResult> run(ModelLoader loader) throws IOException {
    List<CellResult> rows = new ArrayList<>();
    for (SweepCell cell : cells) {
      rows.addAll(cell.run(loader));
    }
    return rows;
  }
}
