package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.UserException;
import org.findthelady.job.Permute;
import org.findthelady.job.Perturb;
import org.findthelady.match.AssignMode;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.rows.EvidenceMode;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatchSettingsTest {
  private static final Path REFERENCE = Path.of("jobs/models/abcrown/mnist_6_100_nat.pth");

  @TempDir private Path folder;

  @Test
  void readsWhatIsWrittenAndRefusesTheRest() {
    assertThat(MatchSettings.options("incoming", "argmax", 5))
        .isEqualTo(MatchOptions.paper().withSeed(5));
    MatchOptions usual = MatchSettings.options("all", "one-to-one", 1);
    assertThat(usual).isEqualTo(MatchOptions.defaults().withSeed(1));
    MatchOptions mixed = MatchSettings.options("all", "argmax", 1);
    assertThat(mixed.evidence()).isEqualTo(EvidenceMode.ALL);
    assertThat(mixed.assign()).isEqualTo(AssignMode.ARGMAX);
    assertThat(mixed.refine() || mixed.sketch()).isFalse();
    assertThatThrownBy(() -> MatchSettings.options("all", "greedy", 1))
        .isInstanceOf(UserException.class)
        .hasMessage("assign: 'greedy' is not one of argmax, one-to-one");
  }

  @Test
  void nobodyCanForeseeTheSignsOfAPairAndARerunDrawsThemAgain() throws Exception {
    Path suspect = Files.copy(REFERENCE, folder.resolve("suspect.pth"));
    long seed = seed(1, suspect);
    assertThat(seed(1, suspect)).isEqualTo(seed).isNotEqualTo(1);
    assertThat(seed(2, suspect)).isNotEqualTo(seed);
    Path other = folder.resolve("other.pth");
    Files.copy(suspect, other, StandardCopyOption.COPY_ATTRIBUTES);
    assertThat(seed(1, other)).isNotEqualTo(seed);
    Files.setLastModifiedTime(suspect, FileTime.fromMillis(1_700_000_000_123L));
    assertThat(seed(1, suspect)).isNotEqualTo(seed);
  }

  private static long seed(long given, Path suspect) throws IOException {
    HadoopStore store = new HadoopStore();
    return MatchSettings.seed(
        given,
        Checkpoints.open(store, REFERENCE.toAbsolutePath().toString()),
        Checkpoints.open(store, suspect.toString()));
  }

  /**
   * What a pair of resync or of an audit is matched by: the paper's method loses what ours finds.
   */
  @Test
  void theFlagsDecideHowAPairIsMatched() throws Exception {
    Path suspect = folder.resolve("suspect.pth");
    Path truth = folder.resolve("truth.json");
    Perturb.run(
        new Permute.Request(
            REFERENCE.toString(),
            suspect.toString(),
            3,
            truth.toString(),
            StructureChoice.AUTOMATIC,
            Map.of()),
        Perturb.Settings.noise(3.0, true));

    double ours = psi(suspect, truth, "all", "one-to-one");
    double incoming = psi(suspect, truth, "incoming", "one-to-one");
    double papers = psi(suspect, truth, "incoming", "argmax");

    assertThat(ours).isEqualTo(100);
    assertThat(incoming).isBetween(papers + 1, 99.5);
    assertThat(papers).isBetween(20.0, 99.0);
  }

  private static double psi(Path suspect, Path truth, String evidence, String assign)
      throws Exception {
    return new PairAudit()
        .run(
            new PairRequest(
                "pair",
                REFERENCE.toString(),
                suspect.toString(),
                StructureChoice.AUTOMATIC,
                MatchSettings.options(evidence, assign, 1),
                new HadoopStore(),
                truth.toString(),
                null))
        .psi()
        .percent();
  }

  /** A new matching option must be named here, and in the settings unless it changes no result. */
  @Test
  void everyOptionThatChangesResultsIsInTheRunsSettings() throws Exception {
    Map<String, Object> others =
        Map.of(
            "evidence",
            EvidenceMode.INCOMING,
            "assign",
            AssignMode.ARGMAX,
            "refine",
            false,
            "sketch",
            false,
            "seed",
            7L,
            "blockBytes",
            1L << 21);
    Set<String> withoutInfluence = Set.of("sketch");
    RecordComponent[] components = MatchOptions.class.getRecordComponents();
    Constructor<MatchOptions> constructor =
        MatchOptions.class.getDeclaredConstructor(
            Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    SortedMap<String, String> usual = MatchSettings.described(MatchOptions.defaults());
    for (int changed = 0; changed < components.length; changed++) {
      Object[] values = new Object[components.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = components[i].getAccessor().invoke(MatchOptions.defaults());
      }
      String name = components[changed].getName();
      assertThat(others).as("another value of " + name).containsKey(name);
      values[changed] = others.get(name);
      SortedMap<String, String> settings = MatchSettings.described(constructor.newInstance(values));
      assertThat(settings.equals(usual)).as(name).isEqualTo(withoutInfluence.contains(name));
    }
  }
}
