package org.findthelady.pair;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.bench.Mnist;
import org.findthelady.core.Shape;
import org.findthelady.core.Verdict;
import org.findthelady.experiment.LabModel;
import org.findthelady.experiment.SmallNetwork;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.basis.MemoryWeights;
import org.findthelady.match.verdict.Judgement;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Widened;

/**
 * Measures which cosine unrelated networks of other widths reach after the best match. Run as
 * {@code WidthCalibration FOLDER NETWORKS}, FOLDER holding the MNIST test set: prints a line for
 * each pair of widths.
 */
public final class WidthCalibration {
  private static final int[][] WIDTHS = {{64, 48}, {80, 48}, {96, 72}};
  private static final int[] SIDES = {7, 14};

  private WidthCalibration() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    int count = Integer.parseInt(args[1]);
    for (int side : SIDES) {
      Mnist mnist = Mnist.read(folder, side);
      List<List<LabModel>> families = new ArrayList<>();
      for (int[] widths : WIDTHS) {
        List<LabModel> family = new ArrayList<>();
        for (int seed = 0; seed < count; seed++) {
          family.add(
              SmallNetwork.fresh(side * side, widths[0], widths[1], 100 * widths[0] + seed)
                  .train(mnist.images(), mnist.labels(), 4, 0.02f, 7000 + seed)
                  .model());
        }
        families.add(family);
      }
      for (int a = 0; a < WIDTHS.length; a++) {
        for (int b = 0; b < WIDTHS.length; b++) {
          if (a != b) {
            measure(side, WIDTHS[a], WIDTHS[b], families.get(a), families.get(b));
          }
        }
      }
    }
  }

  private static void measure(
      int side, int[] ours, int[] theirs, List<LabModel> family, List<LabModel> other)
      throws IOException {
    List<Double> cosines = new ArrayList<>();
    int common = 0;
    int accused = 0;
    for (LabModel one : family) {
      for (LabModel two : other) {
        OtherWidths widths = widths(one, two);
        Judgement judgement = widths.judge(MatchOptions.defaults());
        cosines.add(widths.cosine());
        common += judgement.verdict() == Verdict.UNRELATED ? 0 : 1;
        accused += judgement.verdict().isCopy() ? 1 : 0;
      }
    }
    cosines.sort(null);
    System.out.printf(
        Locale.ROOT,
        "%d x %d pixels, %s and %s units: %d pairs, cosine median %.3f, most %.3f; %d not"
            + " UNRELATED, %d called copies%n",
        side,
        side,
        Arrays.toString(ours),
        Arrays.toString(theirs),
        cosines.size(),
        cosines.get(cosines.size() / 2),
        cosines.get(cosines.size() - 1),
        common,
        accused);
  }

  private static OtherWidths widths(LabModel ours, LabModel theirs) {
    Map<String, Shape> shapes = new HashMap<>();
    theirs.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    Widened widened = Widened.of(ours.structure(), shapes).orElseThrow();
    MemoryWeights left = new MemoryWeights();
    MemoryWeights right = new MemoryWeights();
    for (String name : ours.tensors().keySet()) {
      Shape shape =
          Shape.of(widened.structure().axes(name).stream().mapToLong(Axis::length).toArray());
      left.put(name, shape, widened.padded(name, ours.tensor(name).values()));
      right.put(name, shape, widened.paddedSuspect(name, theirs.tensor(name).values()));
    }
    return new OtherWidths(widened, left, right, 0);
  }
}
