package org.findthelady.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerSpeculativeTaskSubmitted;

/** Notes in the file {@code ftl.test.executors} that executors came and went, a line each. */
public final class ExecutorNotes extends SparkListener {
  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded added) {
    note("added");
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    note("removed");
  }

  @Override
  public void onSpeculativeTaskSubmitted(SparkListenerSpeculativeTaskSubmitted submitted) {
    note("task started twice");
  }

  private static void note(String line) {
    try {
      Files.writeString(
          Path.of(System.getProperty("ftl.test.executors")),
          line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
