package org.findthelady.run;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.perturb.Perturbation;
import org.findthelady.perturb.PerturbedReader;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.HadoopStore;

/** A changed copy of a checkpoint in its own format, visible only complete and read back. */
public final class Rewrite {
  private Rewrite() {}

  /**
   * Writes the copy.
   *
   * @param out file or folder to make; nothing may be there
   * @param moves how every tensor is gathered, by name; after the perturbations
   * @param perturbations in the order to be applied
   * @param others further paths that must not be touched
   */
  public static void run(
      HadoopStore store,
      Checkpoint checkpoint,
      String out,
      Map<String, Move> moves,
      List<Perturbation> perturbations,
      String... others)
      throws IOException {
    OutputName.requireFit(checkpoint, out);
    if (!perturbations.isEmpty()) {
      requireNumbers(checkpoint, perturbations);
    }
    String[] inputs = Arrays.copyOf(others, others.length + 1);
    inputs[others.length] = checkpoint.location().path();
    Publication publication = Publication.to(store, out, inputs).of(checkpoint);
    CheckpointFormat format = Checkpoints.format(checkpoint.format());
    DigestingStore digesting = new DigestingStore(store);
    try (TensorReader source = format.reader(store, checkpoint)) {
      TensorReader perturbed = PerturbedReader.of(checkpoint, source, perturbations);
      format.write(
          digesting, checkpoint, perturbed, moves, checkpoint.placeOn(publication.stage()));
      publication.publish(digesting.digests());
    } catch (IOException | RuntimeException e) {
      publication.abandon();
      throw e;
    }
  }

  /** Codes stand for numbers beside their scales: one that is changed may have no code. */
  private static void requireNumbers(Checkpoint checkpoint, List<Perturbation> perturbations) {
    if (!checkpoint.packing().isNone()) {
      throw new UserException(
          "%s: packed weights cannot be changed, only moved: %s"
              .formatted(checkpoint.location().path(), checkpoint.packing().schemes().keySet()));
    }
    for (TensorInfo tensor : checkpoint.tensors()) {
      boolean codes =
          tensor.dtype().blockElements() > 1
              || checkpoint.encoding().quantisations().containsKey(tensor.name());
      if (codes && perturbations.stream().anyMatch(p -> p.selects(tensor.name(), tensor.shape()))) {
        throw new UserException(
            "%s: tensor '%s' is quantised (%s): it cannot be changed, only moved; leave it out with --layers"
                .formatted(checkpoint.location().path(), tensor.name(), tensor.dtype()));
      }
    }
  }
}
