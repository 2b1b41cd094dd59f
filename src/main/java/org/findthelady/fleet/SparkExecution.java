package org.findthelady.fleet;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.ProposedOrder;
import org.findthelady.match.compare.TensorComparison;
import org.findthelady.match.result.MatchResult;
import org.findthelady.match.task.MatchTask;
import org.findthelady.match.task.TaskRunner;
import org.findthelady.pair.Execution;
import org.findthelady.pair.Fingerprints;
import org.findthelady.pair.MatchSession;
import org.findthelady.pair.OpenedReference;
import org.findthelady.pair.PairContext;
import org.findthelady.pair.PairReaders;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.TensorLook;
import org.findthelady.spark.Cluster;
import org.findthelady.spark.Places;
import org.findthelady.spark.Shared;
import org.findthelady.spark.Task;
import org.findthelady.structure.GroupPermutations;

/** One large pair, its blocks and tensors spread over executors. */
public final class SparkExecution implements Execution {
  private final Cluster cluster;
  private final Places places;
  private final Fingerprints fingerprints;
  private PairRequest pair;
  private OpenedReference opened;
  private long bytesRead;

  /**
   * @param places where executors keep what they fetched
   * @param fingerprints of the references, as far as they are known
   */
  public SparkExecution(Cluster cluster, Places places, Fingerprints fingerprints) {
    this.cluster = cluster;
    this.places = places;
    this.fingerprints = fingerprints;
  }

  @Override
  public Store store(PairRequest judged, OpenedReference reference) {
    bytesRead = 0;
    pair = judged;
    opened = reference;
    return judged.store();
  }

  @Override
  public MatchSession match(PairContext context, MatchOptions options) {
    return new Session(context, options);
  }

  /** Matches from here; executors hold the pair's headers. */
  private final class Session implements MatchSession {
    private final PairContext context;
    private final MatchOptions options;
    private final PairReaders shapes;
    private final Shared<PairContext> shared;

    Session(PairContext context, MatchOptions options) {
      this.context = context;
      this.options = options;
      this.shapes = new PairReaders(context, options);
      this.shared = cluster.share(context);
    }

    @Override
    public ProposedOrder propose() throws IOException {
      return Matcher.propose(
          context.structure(),
          shapes.referenceWeights(0),
          shapes.suspectWeights(0),
          options,
          new Runner(shared, options, TensorPlaces.of(context)),
          fingerprints.of(pair, opened, context));
    }

    @Override
    public void close() throws IOException {
      try (shared) {
        shapes.close();
      }
    }
  }

  /** Sends the matcher's tasks to executors. */
  private final class Runner implements TaskRunner {
    private final Shared<PairContext> shared;
    private final MatchOptions options;
    private final TensorPlaces tensors;

    Runner(Shared<PairContext> shared, MatchOptions options, TensorPlaces tensors) {
      this.shared = shared;
      this.options = options;
      this.tensors = tensors;
    }

    @Override
    public <R extends Serializable> List<R> run(String stage, List<? extends MatchTask<R>> tasks) {
      List<MatchTask<R>> items = new ArrayList<>(tasks);
      List<Counted<R>> results =
          cluster.map(
              stage,
              items,
              places,
              task -> tensors.where(task.reads()),
              new RunMatchTask<>(shared, options));
      results.forEach(r -> bytesRead += r.bytesRead());
      return results.stream().map(Counted::result).toList();
    }
  }

  private record Counted<R extends Serializable>(R result, long bytesRead)
      implements Serializable {}

  private static final class RunMatchTask<R extends Serializable>
      implements Task<MatchTask<R>, Counted<R>> {
    private static final long serialVersionUID = 1;

    private final Shared<PairContext> shared;
    private final MatchOptions options;

    RunMatchTask(Shared<PairContext> shared, MatchOptions options) {
      this.shared = shared;
      this.options = options;
    }

    @Override
    public Counted<R> run(MatchTask<R> task) throws IOException {
      PairContext context = shared.value();
      try (PairReaders readers = new PairReaders(context, options)) {
        R result =
            task.run(context.structure(), readers.referenceWeights(0), readers.suspectWeights(0));
        return new Counted<>(result, readers.bytesRead());
      }
    }
  }

  @Override
  public List<TensorComparison> compare(
      PairContext context, MatchOptions options, List<TensorInfo> tensors, GroupPermutations resync)
      throws IOException {
    if (tensors.isEmpty()) {
      return List.of();
    }
    try (Shared<PairContext> shared = cluster.share(context);
        Shared<GroupPermutations> order = cluster.share(resync)) {
      TensorPlaces among = TensorPlaces.of(context);
      List<Counted<TensorComparison>> compared =
          cluster.map(
              "Comparing " + tensors.size() + " tensors of " + context.suspect().location().path(),
              tensors,
              places,
              tensor -> among.where(List.of(tensor.name())),
              new CompareTensor(shared, order, options));
      compared.forEach(c -> bytesRead += c.bytesRead());
      return compared.stream().map(Counted::result).toList();
    }
  }

  private static final class CompareTensor implements Task<TensorInfo, Counted<TensorComparison>> {
    private static final long serialVersionUID = 1;

    private final Shared<PairContext> shared;
    private final Shared<GroupPermutations> resync;
    private final MatchOptions options;

    CompareTensor(
        Shared<PairContext> shared, Shared<GroupPermutations> resync, MatchOptions options) {
      this.shared = shared;
      this.resync = resync;
      this.options = options;
    }

    @Override
    public Counted<TensorComparison> run(TensorInfo tensor) throws IOException {
      PairContext context = shared.value();
      try (PairReaders readers = new PairReaders(context, options)) {
        TensorComparison comparison =
            readers.compare(tensor, context.move(tensor.name(), resync.value()));
        return new Counted<>(comparison, readers.bytesRead());
      }
    }
  }

  @Override
  public List<TensorLook> look(
      PairContext context, MatchOptions options, MatchResult match, List<TensorLook.Asked> asked)
      throws IOException {
    if (asked.isEmpty()) {
      return List.of();
    }
    try (Shared<PairContext> shared = cluster.share(context);
        Shared<MatchResult> matched = cluster.share(match)) {
      TensorPlaces among = TensorPlaces.of(context);
      return cluster.map(
          "Looking again at " + asked.size() + " tensors of " + context.suspect().location().path(),
          asked,
          places,
          one -> among.where(List.of(one.tensor().name())),
          new LookAgain(shared, matched, options));
    }
  }

  private static final class LookAgain implements Task<TensorLook.Asked, TensorLook> {
    private static final long serialVersionUID = 1;

    private final Shared<PairContext> shared;
    private final Shared<MatchResult> match;
    private final MatchOptions options;

    LookAgain(Shared<PairContext> shared, Shared<MatchResult> match, MatchOptions options) {
      this.shared = shared;
      this.match = match;
      this.options = options;
    }

    @Override
    public TensorLook run(TensorLook.Asked asked) throws IOException {
      return TensorLook.at(shared.value(), options, match.value(), asked);
    }
  }

  @Override
  public long bytesRead(PairContext context, long beside) {
    return beside + bytesRead;
  }
}
