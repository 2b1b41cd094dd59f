package org.findthelady.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.findthelady.core.Pace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.runtime.BoxedUnit;

/**
 * The Spark application that this process drives. One item is one task; results come back to the
 * driver as each task ends, so no stage holds a fleet in memory.
 */
public final class Cluster implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

  private final JavaSparkContext context;
  private long tasksStarted;

  private Cluster(JavaSparkContext context) {
    this.context = context;
  }

  /**
   * Joins the application that spark-submit prepared, or starts local Spark on all cores where
   * there is none. Items and results are Java-serialised whatever serializer the user sets: Kryo
   * cannot serialise records.
   *
   * @param name shown in Spark's UI
   */
  public static Cluster open(String name) {
    SparkConf conf = new SparkConf().setAppName(name);
    if (!conf.contains("spark.master")) {
      conf.setMaster("local[*]");
    }
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    }
    conf.setIfMissing("spark.executorEnv.OPENBLAS_NUM_THREADS", "1");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    return new Cluster(new JavaSparkContext(SparkContext.getOrCreate(conf)));
  }

  /** Tasks that can run at the same time. */
  public int slots() {
    return Math.max(1, context.defaultParallelism());
  }

  /** Tasks that were started so far, not counting those that were tried again. */
  public long tasksStarted() {
    return tasksStarted;
  }

  /**
   * A size among Spark's settings, such as {@code 128m}.
   *
   * @param otherwise if it is not set
   */
  public long bytes(String key, long otherwise) {
    return context.getConf().getSizeAsBytes(key, otherwise);
  }

  /** Hadoop properties that the user gave with {@code spark.hadoop.}, without that prefix. */
  public Map<String, String> storageProperties() {
    Map<String, String> properties = new TreeMap<>();
    for (scala.Tuple2<String, String> entry : context.getConf().getAllWithPrefix("spark.hadoop.")) {
      properties.put(entry._1(), entry._2());
    }
    return properties;
  }

  /**
   * Runs {@code task} on every item and returns the results in the items' order; says now and then
   * how far it is if that takes long.
   *
   * @param description in words, for Spark's UI
   */
  public <T extends Serializable, R extends Serializable> List<R> map(
      String description, List<T> items, Task<T, R> task) {
    List<R> results = new ArrayList<>(java.util.Collections.nCopies(items.size(), null));
    Pace pace = new Pace(items.size());
    int[] done = new int[1];
    run(
        description,
        items,
        task,
        (result, index) -> {
          results.set(index, result);
          pace.tell(++done[0]).ifPresent(text -> LOG.info("{}: {}", description, text));
        });
    return results;
  }

  /**
   * Runs {@code task} on every item and hands each result to the calling thread when its task ends,
   * in no particular order.
   *
   * @param description in words, for Spark's UI
   * @param done receives a result and the index of its item, one at a time
   * @throws LostTaskException if a task fails for good; results that came before were handed over
   */
  public <T extends Serializable, R extends Serializable> void run(
      String description, List<T> items, Task<T, R> task, ObjIntConsumer<R> done) {
    if (items.isEmpty()) {
      return;
    }
    Arrivals<R> arrivals = new Arrivals<>();
    SimpleFutureAction<BoxedUnit> job =
        submit(description, items, task, new Deliver<>(arrivals, 0));
    try {
      for (int left = items.size(); left > 0; ) {
        boolean ended = job.isCompleted();
        Arrivals.Arrival<R> arrival = arrivals.next();
        if (arrival != null) {
          done.accept(arrival.result().value(), arrival.index());
          left--;
        } else if (ended) {
          break;
        }
      }
      job.get();
    } catch (SparkException e) {
      throw new LostTaskException(e.getCause() == null ? e : e.getCause());
    } finally {
      arrivals.close();
      job.cancel();
    }
  }

  /**
   * Runs {@code task} on every item, each a job of its own, so that one that fails for good takes
   * no other with it.
   *
   * @param description of an item, in words, for Spark's UI
   * @param done receives a result and the index of its item, one at a time
   * @return the indices of the items whose task failed for good, in order
   */
  public <T extends Serializable, R extends Serializable> List<Integer> runApart(
      Function<T, String> description, List<T> items, Task<T, R> task, ObjIntConsumer<R> done) {
    Arrivals<R> arrivals = new Arrivals<>();
    Map<Integer, SimpleFutureAction<BoxedUnit>> open = new TreeMap<>();
    List<Integer> lost = new ArrayList<>();
    try {
      for (int i = 0; i < items.size(); i++) {
        T item = items.get(i);
        Deliver<R> deliver = new Deliver<>(arrivals, i);
        open.put(i, submit(description.apply(item), List.of(item), task, deliver));
      }
      while (!open.isEmpty()) {
        List<Integer> ended =
            open.keySet().stream().filter(i -> open.get(i).isCompleted()).toList();
        Arrivals.Arrival<R> arrival = arrivals.next();
        if (arrival != null) {
          done.accept(arrival.result().value(), arrival.index());
          open.remove(arrival.index());
        } else {
          lost.addAll(ended);
          open.keySet().removeAll(ended);
        }
      }
    } finally {
      arrivals.close();
      open.values().forEach(SimpleFutureAction::cancel);
    }
    return lost.stream().sorted().toList();
  }

  private <T extends Serializable, R extends Serializable> SimpleFutureAction<BoxedUnit> submit(
      String description, List<T> items, Task<T, R> task, Deliver<R> deliver) {
    List<Wire<T>> wired = items.stream().map(Wire::of).toList();
    JavaRDD<Wire<T>> distributed = context.parallelize(wired, wired.size());
    List<Object> partitions = new ArrayList<>();
    for (int i = 0; i < wired.size(); i++) {
      partitions.add(i);
    }
    tasksStarted += wired.size();
    context.setJobDescription(description);
    try {
      return context
          .sc()
          .submitJob(
              distributed.rdd(),
              new RunItem<>(task),
              scala.jdk.javaapi.CollectionConverters.<Object>asScala(partitions).toSeq(),
              deliver,
              new Nothing());
    } finally {
      context.setJobDescription(null);
    }
  }

  /** Sends a value once to every executor that asks for it. */
  public <T extends Serializable> Shared<T> share(T value) {
    return new Shared<>(context.broadcast(Wire.of(value)));
  }

  @Override
  public void close() {
    context.close();
  }
}
