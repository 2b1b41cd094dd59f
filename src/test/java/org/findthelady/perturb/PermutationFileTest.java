package org.findthelady.perturb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.findthelady.core.Permutation;
import org.findthelady.core.UserException;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationFileTest {
  private static final Group HEADS = Group.root("heads", 9);
  private static final Group VALUES = Group.within(HEADS, "values", 11);
  private static final Structure STRUCTURE =
      new Structure(
          "attention",
          List.of(HEADS, VALUES),
          Map.of("o", List.of(Axis.of(Segment.of(AxisFactor.of(HEADS), AxisFactor.of(VALUES))))));

  private static PermutationFile read(String json) throws Exception {
    return PermutationFile.read(
        new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), STRUCTURE);
  }

  @Test
  void survivesWritingAndReading() throws Exception {
    PermutationFile truth =
        new PermutationFile(
            "attention", -5, List.of("noise 1.0, \"x\""), GroupPermutations.random(STRUCTURE, 4));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    truth.write(file);
    assertThat(read(file.toString(StandardCharsets.UTF_8))).isEqualTo(truth);
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    truth.write(again);
    assertThat(again.toByteArray()).isEqualTo(file.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[[0,1,2,3,4,5,6,7,7]]",
        "[[0,1,2,3,4,5,6,7,9]]",
        "[[0,1,2,3,4,5,6,7,-1]]",
        "[[0,1,2,3,4,5,6,7]]",
        "[[0,1,2,3,4,5,6,7,8.5]]",
        "[[0,1,2,3,4,5,6,7,8],[0,1,2,3,4,5,6,7,8]]",
        "[]",
        "7"
      })
  void rejectsWhatIsNoPermutationOfTheGroup(String instances) {
    assertThatThrownBy(
            () ->
                read(
                    """
                    {"format":"ftl-truth-1","structure":"attention","seed":1,"perturbations":[],
                     "groups":{"heads":%s}}\
                    """
                        .formatted(instances)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("heads");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"format\":\"ftl-truth-2\"}",
        "{\"format\":\"ftl-truth-1\"",
        """
        {"format":"ftl-truth-1","structure":"attention","seed":1,"perturbations":[],
         "groups":{"tails":[]}}\
        """,
        """
        {"format":"ftl-truth-1","structure":"attention","seed":1,"perturbations":[],
         "groups":{},"groups":{}}\
        """
      })
  void rejectsWhatIsNoTruthFile(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(UserException.class);
  }

  @Test
  void psiIsFullForTheInverseAndNotForTheTruthItself() {
    for (long seed = 0; seed < 20; seed++) {
      GroupPermutations truth = GroupPermutations.random(STRUCTURE, seed);
      assertThat(Psi.of(STRUCTURE, truth, truth.inverse(STRUCTURE)).percent()).isEqualTo(100);
      assertThat(Psi.of(STRUCTURE, truth, truth).percent()).isLessThan(60);
    }
  }

  @Test
  void aUnitInAWrongHeadIsWrong() {
    GroupPermutations truth = GroupPermutations.random(STRUCTURE, 3);
    GroupPermutations found = truth.inverse(STRUCTURE);
    Permutation right = found.of(HEADS).get(0);
    int[] swapped = right.toArray();
    int kept = swapped[2];
    swapped[2] = swapped[6];
    swapped[6] = kept;
    GroupPermutations wrong = found.with(HEADS, List.of(Permutation.ofSources(swapped)));
    Psi psi = Psi.of(STRUCTURE, truth, wrong);
    assertThat(psi.groups())
        .containsExactly(new Psi.GroupPsi("heads", 9, 7), new Psi.GroupPsi("values", 99, 77));
    assertThat(psi.percent()).isEqualTo(100.0 * 84 / 108);
  }

  @Test
  void psiOfAMatchThatIsNotOneToOne() {
    assertThat(Psi.percent(new int[] {2, 2, -1, 3}, new int[] {2, 0, 1, 3})).isEqualTo(50);
    assertThatThrownBy(() -> Psi.percent(new int[2], new int[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
