package org.findthelady.experiment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.rows.Weights;
import org.findthelady.perturb.Perturbation;
import org.findthelady.perturb.PerturbedReader;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.findthelady.structure.TensorMove;

/**
 * A whole model in memory, as floats, with its structure: what an experiment perturbs, permutes and
 * matches. Immutable; models share the tensors that they have in common.
 */
public final class LabModel implements Weights {
  private final Structure structure;
  private final Map<String, FloatTensor> tensors;

  public LabModel(Structure structure, Map<String, FloatTensor> tensors) {
    this.structure = Objects.requireNonNull(structure);
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** Every tensor of a checkpoint whose values can be read as floats. */
  public static LabModel read(Checkpoint checkpoint, TensorReader bytes, Structure structure)
      throws IOException {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    for (TensorInfo info : checkpoint.tensors()) {
      if (info.dtype().decodable() && info.dtype().blockElements() == 1) {
        tensors.put(info.name(), new FloatTensor(info.shape(), bytes.readFloats(info)));
      }
    }
    return new LabModel(structure, tensors);
  }

  public Structure structure() {
    return structure;
  }

  /** By name, in the order of the checkpoint. */
  public Map<String, FloatTensor> tensors() {
    return tensors;
  }

  /** The tensor of that name. */
  public FloatTensor tensor(String name) {
    FloatTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor '" + name + "' in " + structure.name());
    }
    return tensor;
  }

  /** The model that perturbations leave, each fitted to what those before it left. */
  public LabModel perturbed(List<Perturbation> perturbations) throws IOException {
    MemoryTensors memory = new MemoryTensors(tensors);
    Checkpoint checkpoint = memory.checkpoint();
    List<Perturbation> fitted = PerturbedReader.fit(checkpoint, memory, perturbations);
    Map<String, FloatTensor> changed = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          float[] values = null;
          for (Perturbation perturbation : fitted) {
            if (perturbation.selects(name, tensor.shape())) {
              values = values == null ? tensor.values().clone() : values;
              perturbation.applyInPlace(name, tensor.shape(), values);
            }
          }
          changed.put(name, values == null ? tensor : new FloatTensor(tensor.shape(), values));
        });
    return new LabModel(structure, changed);
  }

  /** The model gathered by an assignment of its structure. */
  public LabModel permuted(GroupPermutations assignment) {
    Map<String, FloatTensor> moved = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          TensorMove move = structure.move(name, assignment);
          moved.put(name, tensor(move.source()).gathered(move.gathers()));
        });
    return new LabModel(structure, moved);
  }

  /** The same tensors under a structure that is a part of this one; those outside it are gone. */
  public LabModel within(Structure part) {
    Map<String, FloatTensor> kept = new LinkedHashMap<>(tensors);
    kept.keySet().retainAll(part.axes().keySet());
    return new LabModel(part, kept);
  }

  @Override
  public boolean has(String tensor) {
    return tensors.containsKey(tensor);
  }

  @Override
  public Shape shape(String tensor) {
    return tensor(tensor).shape();
  }

  @Override
  public void read(String tensor, long firstElement, float[] target, int offset, int count) {
    System.arraycopy(tensor(tensor).values(), Math.toIntExact(firstElement), target, offset, count);
  }

  /** The tensors as a checkpoint of float32, for perturbations that must see the whole model. */
  private record MemoryTensors(Map<String, FloatTensor> tensors) implements TensorReader {
    Checkpoint checkpoint() {
      FileInfo nowhere = new FileInfo("memory", 0, 0, false);
      List<TensorInfo> infos = new ArrayList<>();
      tensors.forEach(
          (name, tensor) ->
              infos.add(
                  new TensorInfo(
                      name, DType.F32, tensor.shape(), 0, 0, DType.F32.bytes(tensor.shape()))));
      return new Checkpoint(nowhere, "memory", List.of(nowhere), infos, Map.of(), List.of());
    }

    @Override
    public void read(TensorInfo tensor, long firstByte, ByteBuffer target) {
      float[] values = tensors.get(tensor.name()).values();
      int first = Math.toIntExact(firstByte / Float.BYTES);
      if (firstByte % Float.BYTES != 0 || target.remaining() % Float.BYTES != 0) {
        throw new IllegalArgumentException("range " + firstByte + " splits a float");
      }
      Floats.encode(DType.F32, values, first, target.remaining() / Float.BYTES, target);
    }

    @Override
    public void close() {}
  }
}
