package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Packing;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/** Finds the packed weights of a checkpoint. */
final class Unpacking {
  private static final int LARGEST_CONFIG_BYTES = 1 << 20;
  private static final String CONFIG = "config.json";

  /** Formats that say in their own way what integers stand for, or have blocks as types. */
  private static final Set<String> OWN_WAYS = Set.of("onnx", "tflite", "gguf", "keras-hdf5");

  /** In the order in which they are asked; what one takes the next does not see. */
  private static final List<PackingScheme> SCHEMES =
      List.of(
          new BitsAndBytes(),
          new GroupedIntegers(),
          new FourBitFloats(),
          new PackedIntegers(),
          new ScaledElements(),
          new InterleavedExperts(),
          new WeightNorm(),
          new NamedSchemes());

  /** Endings of the tensors that say that others are packed. */
  private static final List<String> SIGNS =
      List.of(
          "scale",
          "scales",
          "scale_inv",
          "scale_weight",
          "_scale_2",
          ".SCB",
          ".absmax",
          "qweight",
          "_packed",
          "gate_up_proj_bias",
          ".W_q",
          ".codes",
          ".q_weight",
          ".trellis",
          ".Qidxs",
          ".indices",
          ".bitmask",
          "weight_g",
          "weight.original0",
          ".g");

  /** Endings of scales of inputs, outputs and caches: single numbers. */
  private static final List<String> OF_ACTIVATIONS =
      List.of(
          ".input_scale",
          ".scale_input",
          ".input_global_scale",
          ".output_scale",
          ".k_scale",
          ".v_scale",
          ".q_scale",
          ".prob_output_scale",
          ".input_zero_point",
          "scaled_fp8",
          ".activation_scale");

  private Unpacking() {}

  /**
   * The checkpoint as what its packed weights stand for; the same if none is packed.
   *
   * @param stored all tensors as they lie in the files
   */
  static Checkpoint of(Store store, CheckpointFormat format, Checkpoint stored) throws IOException {
    if (OWN_WAYS.contains(stored.format())
        || stored.tensors().stream().noneMatch(Unpacking::isSign)) {
      return stored;
    }
    try (TensorReader reader = format.reader(store, stored)) {
      PackedSearch search =
          new PackedSearch(stored, QuantisationConfig.of(config(store, stored)), reader);
      for (PackingScheme scheme : SCHEMES) {
        scheme.find(search);
      }
      return found(stored, search);
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          Reason.UNSUPPORTED,
          stored.location().path() + ": a packed weight has more rows or columns than 2^31",
          e);
    }
  }

  private static Checkpoint found(Checkpoint stored, PackedSearch search) {
    if (search.weights().isEmpty() && search.undecoded().isEmpty()) {
      return stored;
    }
    Packing packing = new Packing(stored.tensors(), search.weights(), search.undecoded());
    List<String> notes = new ArrayList<>(stored.notes());
    int leftOut = packing.isNone() ? 0 : search.leaveOut(OF_ACTIVATIONS);
    if (leftOut > 0) {
      notes.add(leftOut + " scales of activations are not compared");
    }
    packing
        .schemes()
        .forEach((scheme, count) -> notes.add("%d weights are %s".formatted(count, scheme)));
    if (!packing.undecoded().isEmpty()) {
      notes.add(packing.undecodedWords());
    }
    return new Checkpoint(
        stored.location(),
        stored.format(),
        stored.files(),
        search.shown(),
        stored.metadata(),
        notes,
        stored.encoding(),
        packing);
  }

  private static boolean isSign(TensorInfo tensor) {
    return tensor.dtype() != DType.BOOL && SIGNS.stream().anyMatch(tensor.name()::endsWith);
  }

  /** The configuration in the checkpoint's folder or beside its file; null if there is none. */
  private static String config(Store store, Checkpoint stored) throws IOException {
    String kept = stored.metadata().get(CONFIG);
    if (kept != null) {
      return kept;
    }
    String path = stored.location().path();
    String folder =
        stored.location().folder() ? path : path.substring(0, Math.max(0, path.lastIndexOf('/')));
    FileInfo file = store.stat(folder + "/" + CONFIG).filter(f -> !f.folder()).orElse(null);
    if (file == null || file.length() > LARGEST_CONFIG_BYTES) {
      return null;
    }
    byte[] bytes = new byte[(int) file.length()];
    try (SeekableInput input = store.open(file)) {
      input.readFully(0, bytes, 0, bytes.length);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
