package org.findthelady.match.task;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/** Runs tasks of one stage, in any order and place. */
public interface TaskRunner {
  /**
   * Runs all tasks and waits.
   *
   * @param stage in words, for progress displays
   * @return the results in the order of the tasks
   */
  <R extends Serializable> List<R> run(String stage, List<? extends MatchTask<R>> tasks)
      throws IOException;
}
