package org.findthelady.pair;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
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
import org.findthelady.core.Location;
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
  private DigestingStore written;
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
   * up to a difference is removed. An object store shows what is written in part, and a model of
   * that name may be another process's, so there it is written under a name of its own first.
   *
   * @return whether the suspect in that order is the reference, byte for byte; false too if no
   *     model is wanted or the formats do not allow to tell it from the written bytes
   */
  boolean writesTheReference(GroupPermutations resync) throws IOException {
    String trial = trial();
    Map<String, List<SameBytes.Place>> places = trial == null ? Map.of() : places(trial);
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
      write(store, theirs, resync, trial);
      same = watchers.stream().allMatch(SameBytes::isComplete);
      if (!trial.equals(stage)) {
        store.rename(trial, stage);
      }
      bytesCompared += ours.bytes() + theirs.bytes();
    } catch (IOException e) {
      Optional<String> differing =
          watchers.stream().flatMap(watcher -> watcher.differing().stream()).findFirst();
      if (differing.isEmpty()) {
        throw e;
      }
      LOG.info("{}: '{}' differs from the reference", stage, differing.get());
      context.store().delete(trial);
      forget();
    }
    return isSame(resync);
  }

  /**
   * Where the model is written on trial: on its stage, or beside it in an object store; null if it
   * is not. A small model of an object store is held in memory, so a trial would save nothing.
   */
  private String trial() throws IOException {
    if (stage == null || !context.store().keepsObjects(stage)) {
      return stage;
    }
    boolean worth =
        context.suspect().tensorBytes() > LocalExecution.LARGE_BYTES
            && context.store().stat(stage).isEmpty();
    Location place = Location.of(stage);
    return worth
        ? "%s/%s/%s".formatted(place.parent().path(), UUID.randomUUID(), place.name())
        : null;
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
  private Map<String, List<SameBytes.Place>> places(String trial) {
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
      places.put(suspect.location().folder() ? trial + "/" + info.name() : trial, here);
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
   * Writes the suspect in that order, unless that is done, and verifies it.
   *
   * @return SHA-256 of each file
   */
  Map<String, String> write(GroupPermutations resync) throws IOException {
    if (!resync.equals(order)) {
      discard();
      try (TensorReader reader = reader(context.suspect())) {
        write(store(), reader, resync, stage);
      }
    }
    written.verify();
    return written.digests();
  }

  private DigestingStore store() {
    Store store = context.store();
    return new DigestingStore(store.keepsObjects(stage) ? new PuttingStore(store) : store);
  }

  /**
   * Writes the suspect with what is certain undone, and verifies it.
   *
   * @return SHA-256 of each file
   */
  Map<String, String> write(Correction correction) throws IOException {
    discard();
    try (TensorReader reader = reader(context.suspect());
        TensorReader corrected = new PerturbedReader(reader, List.of(correction))) {
      write(store(), corrected, correction.order(), stage);
    }
    written.verify();
    return written.digests();
  }

  private void write(
      DigestingStore store, TensorReader bytes, GroupPermutations resync, String place)
      throws IOException {
    Map<String, Move> moves = context.storedMoves(resync);
    order = resync;
    Checkpoint suspect = context.suspect();
    format(suspect).write(store, suspect, bytes, moves, suspect.placeOn(place));
    written = store;
  }

  /** Removes what was written. */
  void discard() throws IOException {
    if (order != null) {
      context.store().delete(stage);
    }
    forget();
  }

  private void forget() {
    order = null;
    same = false;
    written = null;
  }

  private CountingReader reader(Checkpoint checkpoint) {
    return new CountingReader(format(checkpoint).reader(context.store(), checkpoint));
  }

  private static CheckpointFormat format(Checkpoint checkpoint) {
    return Checkpoints.format(checkpoint.format());
  }
}
