package org.findthelady.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.findthelady.core.Pace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Spark application that this process drives. One item is one task; results come back to the
 * driver as each task ends, so no stage holds a fleet in memory.
 */
public final class Cluster implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

  /** Tasks for each slot that are handed to Spark ahead, so that no slot waits for the driver. */
  private static final int SLOTS_FILLED = 4;

  /** Tasks that are handed to Spark ahead however few slots there are. */
  private static final int LEAST_OPEN = 64;

  /** A job costs the driver about 3 ms, each further task of it 1 ms. */
  private static final int MOST_TASKS_OF_A_JOB = 8;

  /**
   * What Spark keeps out of its pages and event logs: its own default, and two keys of storages.
   */
  private static final String SECRET_KEYS =
      "(?i)secret|password|token|access[.]?key|account[.]?key|encryption[.]key";

  /**
   * How long a task waits for the executor that holds what it reads: fetching a gigabyte once more
   * takes about as long. Tasks without such a place do not wait.
   */
  private static final String LOCALITY_WAIT = "10s";

  /** Share of what the driver may receive for a job that one result may be. */
  private static final int RESULTS_OF_A_JOB = 2 * MOST_TASKS_OF_A_JOB;

  private final JavaSparkContext context;
  private ResultStage stage;
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
    conf.setIfMissing("spark.redaction.regex", SECRET_KEYS);
    conf.setIfMissing("spark.locality.wait", LOCALITY_WAIT);
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

  /**
   * Results that may be too many for {@code spark.driver.maxResultSize} are left there by executors
   * from now on; without a stage, the tasks that have them fail.
   *
   * @param results null for none
   */
  public void stage(ResultStage results) {
    stage = results;
  }

  /** Bytes of a result that are sent to the driver; 0 is Spark's word for no limit. */
  private long mostResultBytes() {
    long most = bytes("spark.driver.maxResultSize", 1L << 30);
    return most == 0 ? Long.MAX_VALUE : most / RESULTS_OF_A_JOB;
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
   * @throws LostTaskException if a task fails for good
   */
  public <T extends Serializable, R extends Serializable> List<R> map(
      String description, List<T> items, Task<T, R> task) {
    Gathered<R> results = new Gathered<>(description, items.size());
    int rounds = Math.max(1, items.size() / (SLOTS_FILLED * slots()));
    submitAll(
        item -> description,
        items,
        Math.min(rounds, MOST_TASKS_OF_A_JOB),
        null,
        task,
        results::add,
        Cluster::fail);
    return results.all;
  }

  /** Places for tasks that read the same; to be closed when no more of them come. */
  public Places places() {
    return new Places(context);
  }

  /**
   * The same; items that read what lies side by side go to the same executor, as long as that one
   * does not get far more than its share.
   *
   * @param where of an item among all that is read, from 0 to below 1
   */
  public <T extends Serializable, R extends Serializable> List<R> map(
      String description,
      List<T> items,
      Places places,
      ToDoubleFunction<T> where,
      Task<T, R> task) {
    int executors = items.isEmpty() ? 1 : places.count();
    if (executors == 1) {
      return map(description, items, task);
    }
    double[] wheres = items.stream().mapToDouble(where).toArray();
    List<List<Integer>> queues = Places.queues(wheres, executors);
    int longest = queues.stream().mapToInt(List::size).max().orElse(0);
    int[] indices = new int[longest * executors];
    List<T> placed = new ArrayList<>();
    for (int i = 0; i < indices.length; i++) {
      List<Integer> queue = queues.get(i % executors);
      indices[i] = i / executors < queue.size() ? queue.get(i / executors) : -1;
      placed.add(indices[i] < 0 ? null : items.get(indices[i]));
    }
    Gathered<R> results = new Gathered<>(description, items.size());
    submitAll(
        item -> description,
        placed,
        executors,
        places,
        task,
        (R result, int i) -> results.add(result, indices[i]),
        Cluster::fail);
    return results.all;
  }

  /** Results in the order of their items; says now and then how far it is. */
  private static final class Gathered<R> {
    private final String description;
    private final List<R> all;
    private final Pace pace;
    private int done;

    Gathered(String description, int items) {
      this.description = description;
      this.all = new ArrayList<>(Collections.nCopies(items, null));
      this.pace = new Pace(items);
    }

    void add(R result, int index) {
      all.set(index, result);
      pace.tell(++done).ifPresent(text -> LOG.info("{}: {}", description, text));
    }
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
    submitAll(item -> description, items, 1, null, task, done, Cluster::fail);
  }

  /**
   * Runs {@code task} on every item. One that fails for good takes no other with it.
   *
   * @param description of an item, in words, for Spark's UI
   * @param done receives a result and the index of its item, one at a time
   * @return the indices of the items whose task failed for good, in order
   */
  public <T extends Serializable, R extends Serializable> List<Integer> runApart(
      Function<T, String> description, List<T> items, Task<T, R> task, ObjIntConsumer<R> done) {
    List<Integer> lost = new ArrayList<>();
    submitAll(
        description,
        items,
        1,
        null,
        task,
        done,
        job -> {
          LOG.warn("a task was lost: {}", job.failure().toString());
          lost.add(job.first());
        });
    return lost.stream().sorted().toList();
  }

  @SuppressWarnings("unchecked") // RunItem made each of an R
  private <R> void handOver(OpenJobs.Ended job, ObjIntConsumer<R> done) {
    for (int i = 0; i < job.items(); i++) {
      byte[] wired = job.results().get(i);
      if (wired.length == 0) {
        continue; // there was no item
      }
      Object result = Wire.value(wired);
      if (result instanceof RunItem.Staged staged) {
        try {
          result = Wire.value(stage.take(staged.address()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      done.accept((R) result, job.first() + i);
    }
  }

  private static void fail(OpenJobs.Ended job) {
    Throwable cause = job.failure().getCause();
    throw new LostTaskException(cause == null ? job.failure() : cause);
  }

  /**
   * Runs the items as jobs of {@code tasks} tasks each, which run at the same time. So what Spark
   * counts against {@code spark.driver.maxResultSize} are the results of one job, not of all.
   *
   * @param places of a job's tasks; null if they run anywhere
   * @param lost receives each job of which a task failed for good
   */
  private <T extends Serializable, R extends Serializable> void submitAll(
      Function<T, String> description,
      List<T> items,
      int tasks,
      Places places,
      Task<T, R> task,
      ObjIntConsumer<R> done,
      Consumer<OpenJobs.Ended> lost) {
    OpenJobs open = new OpenJobs();
    int next = 0;
    try {
      while (next < items.size() || !open.isEmpty()) {
        while (next < items.size() && open.items() < mostOpen()) {
          List<T> some = items.subList(next, Math.min(items.size(), next + tasks));
          open.add(next, some.size(), submit(description.apply(some.get(0)), some, places, task));
          next += some.size();
        }
        for (OpenJobs.Ended job : open.take()) {
          if (job.failure() != null) {
            lost.accept(job);
            continue;
          }
          handOver(job, done);
        }
      }
    } finally {
      open.cancel();
    }
  }

  /** Tasks that may wait or run at the same time; with dynamic allocation, slots grow with them. */
  private int mostOpen() {
    return Math.max(LEAST_OPEN, SLOTS_FILLED * slots());
  }

  private <T extends Serializable, R extends Serializable> JavaFutureAction<List<byte[]>> submit(
      String description, List<T> items, Places places, Task<T, R> task) {
    List<byte[]> wired =
        items.stream().map(item -> item == null ? new byte[0] : Wire.bytes(item)).toList();
    tasksStarted += items.stream().filter(Objects::nonNull).count();
    context.setJobDescription(description);
    RunItem<T, R> run = new RunItem<>(task, stage, mostResultBytes());
    try {
      return (places == null ? context.parallelize(wired, wired.size()) : places.put(wired))
          .map(run)
          .collectAsync();
    } finally {
      context.setJobDescription(null);
    }
  }

  /** Sends a value once to every executor that asks for it. */
  public <T extends Serializable> Shared<T> share(T value) {
    return new Shared<>(context.broadcast(Wire.bytes(value)));
  }

  /**
   * A table of this application's catalogs.
   *
   * @param name as SQL has it, e.g. {@code lake.audits.models}
   * @param columns types of their values by name
   * @throws org.findthelady.core.UserException if it cannot take rows of these columns
   */
  public CatalogTable table(String name, Map<String, Class<?>> columns) {
    return new CatalogTable(name, columns);
  }

  @Override
  public void close() {
    context.close();
  }
}
