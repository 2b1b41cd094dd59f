package org.findthelady.checkpoint.packed;

import java.util.ArrayList;
import java.util.List;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * The experts of gpt-oss, each shown as matrices of its own: gate and up rows alternate in one
 * tensor of all experts, which tells them from others that also have a bias for each expert. Packed
 * ones have outputs first, plain ones inputs first.
 */
final class InterleavedExperts implements PackingScheme {
  private static final String BIAS = ".gate_up_proj_bias";

  @Override
  public void find(PackedSearch search) {
    for (TensorInfo bias : search.ending(BIAS)) {
      String experts = bias.name().substring(0, bias.name().length() - BIAS.length()) + ".";
      TensorInfo downBias = search.tensor(experts + "down_proj_bias").orElse(null);
      if (bias.shape().rank() == 2
          && downBias != null
          && downBias.shape().rank() == 2
          && downBias.shape().length(0) == bias.shape().length(0)
          && bias.shape().length(1) % 2 == 0
          && bias.shape().elements() > 0
          && downBias.shape().elements() > 0) {
        take(search, experts, bias, downBias);
      }
    }
  }

  private static void take(
      PackedSearch search, String experts, TensorInfo bias, TensorInfo downBias) {
    int count = bias.shape().intLength(0);
    int units = bias.shape().intLength(1) / 2;
    int hidden = downBias.shape().intLength(1);
    List<PackedWeight> both =
        matrices(search, experts, "gate_up_proj", new int[] {count, 2 * units, hidden}, 2);
    List<PackedWeight> down =
        matrices(search, experts, "down_proj", new int[] {count, hidden, units}, 1);
    if (both.isEmpty() || down.isEmpty()) {
      return;
    }
    search.takeApart(experts + "gate_up_proj", both);
    search.takeApart(experts + "down_proj", down);
    search.takeApart(bias.name(), biases(bias, experts, new String[] {"gate_proj", "up_proj"}));
    search.takeApart(downBias.name(), biases(downBias, experts, new String[] {"down_proj"}));
  }

  private static List<PackedWeight> biases(TensorInfo bias, String experts, String... names) {
    List<PackedWeight> cuts = new ArrayList<>();
    int length = bias.shape().intLength(1);
    for (int expert = 0; expert < bias.shape().intLength(0); expert++) {
      for (int part = 0; part < names.length; part++) {
        ExpertCut cut = new ExpertCut(expert, length, 1, part, names.length, false);
        String name = experts + expert + "." + names[part] + ".bias";
        cuts.add(new ExpertSlice(plain(name, bias, cut.rows()), bias, cut));
      }
    }
    return cuts;
  }

  private static TensorInfo plain(String name, TensorInfo stored, long... lengths) {
    Shape shape = Shape.of(lengths);
    return new TensorInfo(
        name, stored.dtype(), shape, stored.file(), stored.offset(), stored.dtype().bytes(shape));
  }

  /**
   * The matrices of all experts; empty if the tensor does not hold them.
   *
   * @param lengths experts, outputs, inputs
   * @param parts that alternate among outputs
   */
  private static List<PackedWeight> matrices(
      PackedSearch search, String experts, String name, int[] lengths, int parts) {
    PackedWeight packed = search.found(experts + name).orElse(null);
    TensorInfo stored = search.tensor(experts + name).orElse(null);
    Shape outputsFirst = Shape.of(lengths[0], lengths[1], lengths[2]);
    Shape inputsFirst = Shape.of(lengths[0], lengths[2], lengths[1]);
    boolean whole =
        packed instanceof ScaledWeight weight
            && weight.shown().shape().equals(outputsFirst)
            && weight.blocks().blocks()[1] == 1
            && weight.scales() instanceof StoredTerms
            && weight.zeros() == null
            && weight.shifts() == null;
    if (!whole && (stored == null || !stored.shape().equals(inputsFirst))) {
      return List.of();
    }
    List<PackedWeight> cuts = new ArrayList<>();
    for (int expert = 0; expert < lengths[0]; expert++) {
      for (int part = 0; part < parts; part++) {
        String own = parts == 1 ? name : part == 0 ? "gate_proj" : "up_proj";
        String shown = experts + expert + "." + own + ".weight";
        int rows = lengths[1] / parts;
        if (whole) {
          ScaledWeight all = (ScaledWeight) packed;
          cuts.add(
              new PackedExpert(
                  PackedSearch.shown(shown, all.shown(), rows, lengths[2]),
                  all,
                  new ExpertCut(expert, lengths[1], lengths[2], part, parts, false)));
        } else {
          cuts.add(
              new ExpertSlice(
                  plain(shown, stored, rows, lengths[2]),
                  stored,
                  new ExpertCut(expert, lengths[2], lengths[1], part, parts, true)));
        }
      }
    }
    return cuts;
  }
}
