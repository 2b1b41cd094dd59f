package org.findthelady.candidate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;

class KinPairsTest {
  private static final int NUMBERS = 4000;

  private static float[] drawn(long seed, double size) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      values[i] = (float) (size * random.nextGaussian());
    }
    return values;
  }

  private static float[] sum(float[] one, float[] other) {
    float[] sum = one.clone();
    for (int i = 0; i < NUMBERS; i++) {
      sum[i] += other[i];
    }
    return sum;
  }

  private static LinearSketch sketch(float[] values) {
    LinearSketch.Builder builder = new LinearSketch.Builder();
    builder.add(new TensorInfo("w", DType.F32, Shape.of(40, 100), 0, 0, 4L * NUMBERS), values);
    return builder.build();
  }

  private static KinPairs.Member member(float[] values, String base, double difference) {
    ValueSample sample = new ValueSample();
    sample.add(values, values.length);
    ModelSketch model = new ModelSketch(sample.closed(), List.of(), sketch(values));
    return new KinPairs.Member(Kin.of(model, model.numbers(), base), difference, false);
  }

  @Test
  void sketchesOfDifferencesAddUpAndTellAPart() {
    float[] one = drawn(1, 1);
    float[] other = drawn(2, 1);
    LinearSketch both = sketch(sum(one, other));
    assertThat(both.minus(sketch(one)).cosine(sketch(other))).isGreaterThan(0.9999);
    assertThat(both.certainty(sketch(one), sketch(other))).isGreaterThan(100);
    assertThat(Math.abs(sketch(sum(one, drawn(4, 0.3))).certainty(sketch(one), sketch(other))))
        .isLessThan(5);
  }

  @Test
  void whatWasMadeFromASiblingIsAskedForAndOtherSiblingsAreNot() {
    float[] change = drawn(10, 1);
    List<KinPairs.Member> members =
        List.of(
            member(sum(change, drawn(11, 0.5)), "r", 0.2),
            member(drawn(12, 1), "r", 0.18),
            member(change, "r", 0.18));
    assertThat(KinPairs.of(members)).containsExactly(new KinPairs.Pair(2, 0));
  }

  @Test
  void strangersThatShareNumbersAreAskedForTheOneWithMoreOfThemFirst() {
    float[] stranger = drawn(20, 1);
    float[] pruned = new float[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      float value = stranger[NUMBERS - 1 - i];
      pruned[i] = Math.abs(value) < 0.7 ? 0 : value;
    }
    assertThat(
            KinPairs.of(
                List.of(
                    member(pruned, "", 0), member(drawn(21, 1), "", 0), member(stranger, "", 0))))
        .containsExactly(new KinPairs.Pair(2, 0));
  }

  @Test
  void pairsGrowWithTheModelsAndNotWithTheirSquare() {
    List<KinPairs.Member> members = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      float[] change = drawn(i / 3, 1);
      members.add(member(i % 3 == 0 ? change : sum(change, drawn(5000 + i, 0.3)), "r", 0.2));
    }
    List<KinPairs.Pair> pairs = KinPairs.of(members);
    assertThat(pairs).hasSizeLessThanOrEqualTo(2 * members.size());
    assertThat(pairs).allMatch(pair -> pair.first() / 3 == pair.second() / 3);
    // Each of the 200 families of three is connected but for a few.
    assertThat(pairs.stream().map(pair -> pair.first() / 3).distinct().count()).isGreaterThan(195);
  }
}
