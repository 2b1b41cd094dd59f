package org.findthelady.match.rows;

import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;
import org.findthelady.core.Shape;
import org.findthelady.match.kernel.Sketch;
import org.findthelady.match.kernel.Thresholds;
import org.findthelady.structure.Axis;
import org.findthelady.structure.RotaryDigit;
import org.findthelady.structure.RotaryLayout;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/**
 * Tells whether a suspect keeps its rotary rows in another layout than the reference. The mean norm
 * of the rows of one dimension over all heads depends neither on the order of the heads nor on that
 * of the columns, so it can be compared before anything is matched.
 */
public final class RotaryRecognition {
  private static final int TENSORS = 8;

  /**
   * A conversion that brings the suspect to the reference's layout.
   *
   * @param from the suspect's layout
   * @param to the reference's layout
   */
  public record Conversion(RotaryLayout from, RotaryLayout to) implements Serializable {}

  private RotaryRecognition() {}

  /**
   * The conversion that the suspect needs, or empty if it needs none or none clearly helps.
   *
   * @param structure of the reference
   */
  public static Optional<Conversion> recognise(
      Structure structure, Weights reference, Weights suspect) throws IOException {
    double asItIs = 0;
    double fromMeta = 0;
    double toMeta = 0;
    int read = 0;
    for (RotaryDigit digit : structure.rotary()) {
      boolean known = reference.has(digit.tensor()) && suspect.has(digit.tensor());
      if (digit.axis() != 0 || !known || reference.shape(digit.tensor()).rank() != 2) {
        continue;
      }
      if (read++ == TENSORS) {
        break;
      }
      double[] ours = profile(structure, digit, reference);
      double[] theirs = profile(structure, digit, suspect);
      asItIs += distance(ours, theirs, RotaryLayout.META, RotaryLayout.META);
      fromMeta += distance(ours, theirs, RotaryLayout.META, RotaryLayout.HUGGING_FACE);
      toMeta += distance(ours, theirs, RotaryLayout.HUGGING_FACE, RotaryLayout.META);
    }
    if (read == 0
        || Math.min(fromMeta, toMeta) > Thresholds.ROTARY_LAYOUT * asItIs
        || asItIs == 0) {
      return Optional.empty();
    }
    return Optional.of(
        fromMeta < toMeta
            ? new Conversion(RotaryLayout.META, RotaryLayout.HUGGING_FACE)
            : new Conversion(RotaryLayout.HUGGING_FACE, RotaryLayout.META));
  }

  private static double distance(
      double[] reference, double[] suspect, RotaryLayout from, RotaryLayout to) {
    var conversion = from.to(to, reference.length);
    double sum = 0;
    for (int d = 0; d < reference.length; d++) {
      double difference = reference[d] - suspect[conversion.source(d)];
      sum += difference * difference;
    }
    return sum;
  }

  /** For every dimension of a head its share of the rows' norms, of numbers that are finite. */
  private static double[] profile(Structure structure, RotaryDigit digit, Weights weights)
      throws IOException {
    Axis axis = structure.axes(digit.tensor()).get(0);
    Segment segment = axis.segments().get(digit.segment());
    int base = 0;
    for (int s = 0; s < digit.segment(); s++) {
      base += axis.segments().get(s).length();
    }
    int stride = 1;
    for (int f = digit.factor() + 1; f < segment.factors().size(); f++) {
      stride *= segment.factors().get(f).size();
    }
    int size = segment.factors().get(digit.factor()).size();
    Shape shape = weights.shape(digit.tensor());
    int width = Math.toIntExact(shape.length(1));
    float[] row = new float[width];
    double[] profile = new double[size];
    double total = 0;
    weights.expect(digit.tensor());
    for (int i = 0; i < segment.length(); i++) {
      weights.read(digit.tensor(), (long) (base + i) * width, row, 0, width);
      double norm = Math.sqrt(finiteSquare(row));
      profile[i / stride % size] += norm;
      total += norm;
    }
    for (int d = 0; d < size && total > 0; d++) {
      profile[d] /= total;
    }
    return profile;
  }

  private static double finiteSquare(float[] row) {
    double square = Sketch.square(row, 0, row.length);
    if (Double.isFinite(square)) {
      return square;
    }
    double finite = 0;
    for (float value : row) {
      finite += Float.isFinite(value) ? (double) value * value : 0;
    }
    return finite;
  }
}
