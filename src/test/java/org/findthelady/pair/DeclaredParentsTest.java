package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.verdict.FindingKind;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;

class DeclaredParentsTest {
  private static Comparison pair(String id, Verdict verdict, Double share) {
    return new Comparison(id, "/own/" + id + ".safetensors", verdict, "", null, null, share);
  }

  private static PairOutcome told(Verdict verdict, List<Comparison> pairs, String... declared) {
    PairRequest request =
        new PairRequest(
            "m",
            "/own/a.safetensors",
            "/in/m",
            StructureChoice.AUTOMATIC,
            MatchOptions.defaults(),
            new HadoopStore(),
            null,
            null);
    Map<String, Double> shares = new TreeMap<>();
    pairs.stream()
        .filter(pair -> pair.share() != null)
        .forEach(pair -> shares.put(pair.referenceId(), pair.share()));
    Parents.Merge merge = new Parents.Merge(shares, "");
    PairOutcome outcome =
        PairOutcome.ended(request, verdict, "why", "", 0).compared(pairs, Optional.of(merge));
    return DeclaredParents.told(outcome, List.of(declared));
  }

  private static List<String> found(Verdict verdict, List<Comparison> pairs, String... declared) {
    return told(verdict, pairs, declared).findings().stream()
        .map(finding -> finding.kind() + " " + finding.tensor())
        .toList();
  }

  private static final List<Comparison> OF_A =
      List.of(pair("a", Verdict.DERIVED, null), pair("b", Verdict.UNRELATED, null));

  @Test
  void whatIsDeclaredAndFoundIsNoFinding() {
    assertThat(found(Verdict.DERIVED, OF_A, "org/A")).isEmpty();
    assertThat(found(Verdict.DERIVED, OF_A, "models/a@main", "org/unknown")).isEmpty();
    assertThat(found(Verdict.DERIVED, OF_A)).isEmpty();
    List<Comparison> registered = List.of(pair("net/3", Verdict.DERIVED, null));
    assertThat(found(Verdict.DERIVED, registered, "models:/net/3")).isEmpty();
    assertThat(found(Verdict.DERIVED, registered, "net")).isEmpty();
    assertThat(found(Verdict.DERIVED, registered, "net@champion")).isEmpty();
    assertThat(found(Verdict.DERIVED, registered, "other/3"))
        .containsExactly("OTHER_PARENT_DECLARED other/3");
    assertThat(found(Verdict.DERIVED, registered, "net/2"))
        .containsExactly("OTHER_PARENT_DECLARED net/2");
    List<Comparison> merged =
        List.of(pair("a", Verdict.DERIVED, 0.9), pair("b", Verdict.UNRELATED, 0.1));
    assertThat(found(Verdict.DERIVED, merged, "a", "b")).isEmpty();
  }

  @Test
  void anotherParentThanTheOneThatWasFoundIsOne() {
    assertThat(found(Verdict.DERIVED, OF_A, "org/unknown"))
        .containsExactly(FindingKind.OTHER_PARENT_DECLARED + " org/unknown");
    assertThat(told(Verdict.DERIVED, OF_A, "org/unknown").judgement().reason())
        .endsWith("; declares another parent, 'org/unknown'");
  }

  @Test
  void aReferenceThatIsDeclaredAndUnrelatedIsOne() {
    assertThat(found(Verdict.DERIVED, OF_A, "org/b"))
        .containsExactly(FindingKind.DECLARED_PARENT_REFUTED + " org/b");
    List<Comparison> none =
        List.of(pair("a", Verdict.UNRELATED, null), pair("b", Verdict.UNDECIDED, null));
    assertThat(found(Verdict.UNRELATED, none, "a", "b", "c"))
        .containsExactly(FindingKind.DECLARED_PARENT_REFUTED + " a");
  }
}
