package org.findthelady.align;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.core.TensorInfo;

/** The tensors of one checkpoint of a pair, with what their integers stand for. */
final class Stored {
  private final Checkpoint checkpoint;
  private final Map<String, TensorInfo> inOrder = new LinkedHashMap<>();

  Stored(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    checkpoint.tensors().forEach(t -> inOrder.put(t.name(), t));
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  /** In the format's order. */
  List<TensorInfo> tensors() {
    return checkpoint.tensors();
  }

  /** By name, in order of names. */
  Map<String, TensorInfo> sorted() {
    return new TreeMap<>(inOrder);
  }

  TensorInfo tensor(String name) {
    return inOrder.get(name);
  }

  /** What the integers of a tensor stand for; null if they are numbers. */
  Quantisation quantisation(TensorInfo tensor) {
    return tensor.dtype().floating()
        ? null
        : Quantisation.of(checkpoint, tensor.name()).orElse(null);
  }

  /** Whether a tensor stands for real numbers, however they are stored. */
  boolean isReal(TensorInfo tensor) {
    return tensor.dtype().floating() || isQuantised(tensor);
  }

  /** Whether a tensor holds real numbers as integers or in blocks. */
  boolean isQuantised(TensorInfo tensor) {
    return (tensor.dtype().decodable() && tensor.dtype().blockElements() > 1)
        || quantisation(tensor) != null;
  }

  /** Counters, masks and other integers that no neuron owns. */
  boolean isBuffer(TensorInfo tensor) {
    return !isReal(tensor) || tensor.shape().rank() == 0;
  }

  /** The tensor as the other checkpoint sees it, under its own name. */
  View view(TensorInfo tensor) {
    return isQuantised(tensor) ? view(tensor, tensor.name(), null, null) : View.stored(tensor);
  }

  View view(TensorInfo tensor, String name, NormFold fold, int[] order) {
    return View.values(name, tensor, quantisation(tensor), fold, order);
  }

  /** The tensor as the other checkpoint sees it; its bytes if nothing has to be made of them. */
  View seen(TensorInfo tensor, String name, NormFold fold, int[] order) {
    return fold == null && View.isStraight(order) && !isQuantised(tensor)
        ? View.stored(tensor)
        : view(tensor, name, fold, order);
  }
}
