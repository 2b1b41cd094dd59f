package org.findthelady.spark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction2;

/**
 * A place for each executor, so that tasks that read the same go to the same one, which has fetched
 * it already. A place is a number that Spark keeps on an executor, and Spark runs what is zipped
 * with it there, unless that executor has been busy for a while.
 */
public final class Places implements AutoCloseable {
  private final JavaSparkContext context;
  private JavaRDD<Integer> places;
  private int count;

  Places(JavaSparkContext context) {
    this.context = context;
  }

  /** How many there are; made anew where executors came or went. */
  int count() {
    // The driver is told among them.
    int executors = Math.max(1, context.sc().statusTracker().getExecutorInfos().length - 1);
    if (executors != count) {
      close();
      count = executors;
      places = context.parallelize(IntStream.range(0, count).boxed().toList(), count).cache();
      places.count();
    }
    return count;
  }

  /**
   * The items that go to each executor: those of its part, up to twice its share; what is more goes
   * to those that have least, so that the blocks of one tensor keep all of them busy.
   *
   * @param where of each item among all that is read, from 0 to below 1
   */
  static List<List<Integer>> queues(double[] where, int executors) {
    List<List<Integer>> queues = new ArrayList<>();
    IntStream.range(0, executors).forEach(i -> queues.add(new ArrayList<>()));
    int most = 2 * ((where.length + executors - 1) / executors);
    for (int i = 0; i < where.length; i++) {
      List<Integer> own =
          queues.get(Math.min(executors - 1, Math.max(0, (int) (where[i] * executors))));
      (own.size() < most ? own : Collections.min(queues, Comparator.comparingInt(List::size)))
          .add(i);
    }
    return queues;
  }

  /** Items, one a partition, each at its place. */
  JavaRDD<byte[]> put(List<byte[]> items) {
    return context.parallelize(items, count).zipPartitions(places, new First());
  }

  /** Lets Spark give executors back. */
  @Override
  public void close() {
    if (places != null) {
      places.unpersist();
      places = null;
      count = 0;
    }
  }

  private static final class First
      implements FlatMapFunction2<Iterator<byte[]>, Iterator<Integer>, byte[]> {
    private static final long serialVersionUID = 1;

    @Override
    public Iterator<byte[]> call(Iterator<byte[]> items, Iterator<Integer> place) {
      place.forEachRemaining(number -> {}); // reading it is what keeps it there
      return items;
    }
  }
}
