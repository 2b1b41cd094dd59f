package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.findthelady.align.Counterpart;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.TensorInfo;
import org.findthelady.perturb.PerturbedReader;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.PuttingStore;
import org.findthelady.structure.GroupPermutations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The re-synchronised suspect of a pair, on its stage. It can be compared with the reference while
 * it is written: if all is the same, nothing has to be read again.
 */
final class StagedModel {
  private static final Logger LOG = LoggerFactory.getLogger(StagedModel.class);

  private final String stage;
  private final PairContext context;
  private Map<String, String> digests = Map.of();
  private GroupPermutations order;
  private boolean same;
  private long bytesCompared;

  /**
   * @param stage file or folder to write; null if no model is wanted
   */
  StagedModel(String stage, PairContext context) {
    this.stage = stage;
    this.context = context;
  }

  /** This model if it is on that stage, else the same suspect for that one, not yet written. */
  StagedModel at(String other) {
    return Objects.equals(stage, other) ? this : new StagedModel(other, context);
  }

  /**
   * Writes the suspect in that order until something differs from the reference. What was written
   * up to a difference is removed.
   *
   * @return whether the suspect in that order is the reference, byte for byte; false too if no
   *     model is wanted or the formats do not allow to tell it from the written bytes
   */
  boolean writesTheReference(GroupPermutations resync) throws IOException {
    // In an object store what is written in part is seen, so nothing is written on trial.
    boolean trial = stage != null && !context.store().keepsObjects(stage);
    Map<String, List<SameBytes.Place>> places = trial ? places() : Map.of();
    if (places.isEmpty()) {
      return false;
    }
    LOG.info(
        "{}: writing {} MB, compared with the reference on their way",
        stage,
        context.suspect().tensorBytes() / 1_000_000);
    discard();
    List<SameBytes> watchers = new ArrayList<>();
    try (CountingReader ours = reader(context.reference());
        CountingReader theirs = reader(context.suspect())) {
      DigestingStore store =
          new DigestingStore(
              context.store(),
              path -> {
                SameBytes watcher = new SameBytes(places.getOrDefault(path, List.of()), ours);
                watchers.add(watcher);
                return watcher;
              });
      write(store, theirs, resync);
      same = watchers.stream().allMatch(SameBytes::isComplete);
      bytesCompared += ours.bytes() + theirs.bytes();
    } catch (IOException e) {
      Optional<String> differing =
          watchers.stream().flatMap(watcher -> watcher.differing().stream()).findFirst();
      if (differing.isEmpty()) {
        throw e;
      }
      LOG.info("{}: '{}' differs from the reference", stage, differing.get());
      discard();
    }
    return isSame(resync);
  }

  /** Whether the suspect in that order is known to be the reference, byte for byte. */
  boolean isSame(GroupPermutations resync) {
    return same && resync.equals(order);
  }

  /** Tensor bytes of both that were read to compare them. */
  long bytesCompared() {
    return bytesCompared;
  }

  /** Where the files that are written hold the reference's tensors; empty if they do not. */
  private Map<String, List<SameBytes.Place>> places() {
    Map<TensorInfo, TensorInfo> answers = new HashMap<>();
    boolean plain =
        format(context.suspect()).keepsOffsets()
            && context.suspect().packing().isNone()
            && context.reference().packing().isNone();
    for (Counterpart both : context.alignment().counterparts()) {
      plain &= both.reference().isStored() && both.suspect().isStored() && both.storedAlike();
      answers.put(both.suspect().source(), both.reference().source());
    }
    Checkpoint suspect = context.suspect();
    Map<String, List<SameBytes.Place>> places = new HashMap<>();
    int found = 0;
    for (int file = 0; plain && file < suspect.files().size(); file++) {
      List<SameBytes.Place> here =
          suspect.tensorsOf(file).stream()
              .filter(answers::containsKey)
              .map(tensor -> new SameBytes.Place(tensor.offset(), answers.get(tensor)))
              .sorted(Comparator.comparingLong(SameBytes.Place::offset))
              .toList();
      found += here.size();
      plain =
          IntStream.range(1, here.size())
              .allMatch(i -> here.get(i - 1).end() <= here.get(i).offset());
      FileInfo info = suspect.files().get(file);
      places.put(suspect.location().folder() ? stage + "/" + info.name() : stage, here);
    }
    return plain && found == context.alignment().counterparts().size() ? places : Map.of();
  }

  /**
   * Why the suspect's types do not allow that order without computing anew; empty if they do, or if
   * it is not written for another reason.
   */
  String unwritable(GroupPermutations resync) {
    if (context.alignment().whyNotWritten().isPresent()) {
      return "";
    }
    try {
      context.suspect().packing().check(context.storedMoves(resync));
      return "";
    } catch (CheckpointException e) {
      if (e.reason() != CheckpointException.Reason.UNSUPPORTED) {
        throw e;
      }
      return "; it cannot be written in reference order in the type that it has: " + e.getMessage();
    }
  }

  /**
   * Writes the suspect in that order, unless that is done, and reads it back.
   *
   * @return SHA-256 of each file
   */
  Map<String, String> write(GroupPermutations resync) throws IOException {
    if (!resync.equals(order)) {
      discard();
      try (TensorReader reader = reader(context.suspect())) {
        write(store(), reader, resync);
      }
    }
    DigestingStore.verify(context.store(), digests);
    return digests;
  }

  private DigestingStore store() {
    Store store = context.store();
    return new DigestingStore(store.keepsObjects(stage) ? new PuttingStore(store) : store);
  }

  /**
   * Writes the suspect with what is certain undone, and reads it back.
   *
   * @return SHA-256 of each file
   */
  Map<String, String> write(Correction correction) throws IOException {
    discard();
    try (TensorReader reader = reader(context.suspect());
        TensorReader corrected = new PerturbedReader(reader, List.of(correction))) {
      write(store(), corrected, correction.order());
    }
    DigestingStore.verify(context.store(), digests);
    return digests;
  }

  private void write(DigestingStore store, TensorReader bytes, GroupPermutations resync)
      throws IOException {
    Map<String, Move> moves = context.storedMoves(resync);
    order = resync;
    Checkpoint suspect = context.suspect();
    format(suspect).write(store, suspect, bytes, moves, suspect.placeOn(stage));
    digests = store.digests();
  }

  /** Removes what was written. */
  void discard() throws IOException {
    if (order != null) {
      context.store().delete(stage);
    }
    order = null;
    same = false;
    digests = Map.of();
  }

  private CountingReader reader(Checkpoint checkpoint) {
    return new CountingReader(format(checkpoint).reader(context.store(), checkpoint));
  }

  private static CheckpointFormat format(Checkpoint checkpoint) {
    return Checkpoints.format(checkpoint.format());
  }
}
