package org.findthelady.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.ConfigClaims;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.onnx.OnnxFormat;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.UserException;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.FoundStructure;
import org.findthelady.pair.StructureChoice;
import org.findthelady.pair.Structures;
import org.findthelady.report.StructureReport;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;
import org.findthelady.structure.graph.GraphWeights;
import org.findthelady.structure.keras.KerasGraph;
import org.findthelady.structure.prove.Proof;
import org.findthelady.structure.prove.RunProof;

/** Shows a checkpoint and its permutation groups; starts no Spark. */
public final class Inspect {
  private Inspect() {}

  /**
   * @param suspect a second checkpoint, with which the groups of the first are to be found; null to
   *     read them off the first alone
   * @param prove whether to run the network with its groups moved; ONNX and Keras only
   * @param inputShapes lengths for graph inputs with symbolic axes, for {@code prove}
   */
  public record Request(
      String path,
      String suspect,
      StructureChoice structure,
      boolean prove,
      Map<String, long[]> inputShapes,
      Map<String, String> storage) {}

  /**
   * What was found, in two forms.
   *
   * @param proven false if a group changed the function, and was frozen
   */
  public record Result(String text, String json, boolean proven) {}

  /** Reads headers; tensor bytes only to prove. */
  public static Result run(Request request) {
    HadoopStore store = new HadoopStore(request.storage());
    try {
      Preflight.of(store).there(request.path()).structure(request.structure());
      Checkpoint checkpoint = Checkpoints.open(store, request.path());
      requireWhole(checkpoint, store, request.path());
      Structures found =
          request.suspect() == null
              ? find(store, checkpoint, request.structure())
              : ofPair(store, request);
      List<String> notes = new ArrayList<>(found.notes());
      notes.addAll(ConfigClaims.of(store, checkpoint).contradicted());
      Structure structure = found.structure();
      boolean proven = true;
      if (request.prove()) {
        Proof proof = prove(store, checkpoint, structure, request.inputShapes());
        notes.add("proof " + proof);
        proven = proof.holds();
        structure = structure.without(proof.changing(), "moving its group changed the outputs");
      }
      StructureReport report = new StructureReport(checkpoint, structure, notes);
      return new Result(report.text(), report.json(), proven);
    } catch (IOException e) {
      throw Failure.of(request.path(), e);
    }
  }

  private static Structures ofPair(HadoopStore store, Request request) throws IOException {
    FoundStructure found =
        FoundStructure.of(store, request.path(), request.suspect(), MatchOptions.defaults().seed());
    return new Structures(found.structure(), found.notes());
  }

  /**
   * A part of a split file is not shown as if it were all.
   *
   * @throws CheckpointException with UNSUPPORTED, naming the folder
   */
  private static void requireWhole(Checkpoint checkpoint, HadoopStore store, String path)
      throws IOException {
    boolean part = store.stat(path).filter(file -> !file.folder()).isPresent();
    if (part && checkpoint.location().folder()) {
      throw new CheckpointException(
          CheckpointException.Reason.UNSUPPORTED,
          "%s: one of %d parts of a model; inspect %s, where they are"
              .formatted(path, checkpoint.files().size(), checkpoint.location().path()));
    }
  }

  /** A checkpoint is shown even if no structure fits, unless the caller named one. */
  private static Structures find(HadoopStore store, Checkpoint checkpoint, StructureChoice choice)
      throws IOException {
    try {
      return Structures.of(store, checkpoint, choice);
    } catch (UserException e) {
      if (!choice.equals(StructureChoice.AUTOMATIC)) {
        throw e;
      }
      return new Structures(
          new Structure("none", List.of(), Map.of()), e.getMessage().lines().toList());
    }
  }

  private static Proof prove(
      HadoopStore store,
      Checkpoint checkpoint,
      Structure structure,
      Map<String, long[]> inputShapes)
      throws IOException {
    OnnxModel model = model(store, checkpoint);
    String path = checkpoint.location().path();
    try (TensorReader reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      GraphWeights weights = GraphWeights.of(checkpoint, reader);
      return RunProof.of(model, checkpoint.byName(), weights, inputShapes, structure);
    } catch (NoClassDefFoundError e) {
      throw new UserException(
          path + ": running a network needs onnxruntime-VERSION.jar on the class path (--jars)", e);
    } catch (UserException e) {
      throw new UserException(path + ": " + e.getMessage(), e);
    }
  }

  private static OnnxModel model(HadoopStore store, Checkpoint checkpoint) throws IOException {
    if (checkpoint.format().equals(OnnxFormat.NAME)) {
      return OnnxModel.read(store, Structures.file(store, checkpoint.location().path()));
    }
    return Structures.keras(checkpoint)
        .map(KerasGraph::model)
        .orElseThrow(
            () ->
                new UserException(
                    "--prove runs the network, which only ONNX and Keras files hold; this is "
                        + checkpoint.format()));
  }
}
