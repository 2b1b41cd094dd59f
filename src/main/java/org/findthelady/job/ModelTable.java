package org.findthelady.job;

import java.io.IOException;
import org.findthelady.checkpoint.Store;
import org.findthelady.report.CatalogRows;
import org.findthelady.run.RunFolder;
import org.findthelady.spark.CatalogTable;
import org.findthelady.spark.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of a catalog to which audits add the rows of their models. */
final class ModelTable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelTable.class);

  private final String name;
  private final CatalogTable table;

  /**
   * Looks at the table before anything is audited.
   *
   * @param name null if none is wanted
   * @throws org.findthelady.core.UserException if it cannot be used
   */
  ModelTable(Cluster cluster, String name) {
    this.name = name;
    this.table = name == null ? null : cluster.table(name, CatalogRows.columns());
  }

  /** Adds the rows of a whole run, once. */
  void append(Store store, Audit.Result result) throws IOException {
    if (table == null) {
      return;
    }
    if (!result.notAudited().isEmpty()) {
      LOG.warn("nothing was added to table {}: the run is not whole", name);
      return;
    }
    String startedAt = RunFolder.startedAt(store, result.run());
    boolean added =
        table.append(CatalogRows.RUN, result.runId(), CatalogRows.of(result.models(), startedAt));
    LOG.info(
        added
            ? "{} rows were added to table {}"
            : "the {} rows of this run are in table {} already",
        result.models().size(),
        name);
  }
}
