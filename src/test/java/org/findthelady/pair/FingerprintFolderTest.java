package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.findthelady.TestModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.TensorInfo;
import org.findthelady.job.Permute;
import org.findthelady.match.Fingerprint;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.perturb.LayerSelection;
import org.findthelady.perturb.UniformQuantisation;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintFolderTest {
  @TempDir private Path folder;
  private final HadoopStore store = new HadoopStore();
  private PairRequest pair;

  @BeforeEach
  void shuffleAndDisturb() {
    String reference = TestModels.resnet20(folder).toString();
    String suspect = folder.resolve("suspect.safetensors").toString();
    Permute.run(
        new Permute.Request(reference, suspect, 5, null, StructureChoice.AUTOMATIC, Map.of()),
        true,
        structure -> List.of(new UniformQuantisation(4, LayerSelection.all())));
    pair =
        new PairRequest(
            "suspect",
            reference,
            suspect,
            StructureChoice.AUTOMATIC,
            MatchOptions.defaults(),
            store,
            null,
            null);
  }

  @Test
  void certifiesWhatComparingWithEveryNeuronShows() throws IOException {
    Fingerprints fingerprints = fingerprints();
    PairOutcome outcome =
        new PairAudit()
            .audit(pair, new LocalExecution(References.DEFAULT_BYTES, fingerprints, List.of()));
    OpenedReference reference =
        OpenedReference.open(store, pair.reference(), StructureChoice.AUTOMATIC);
    Structure structure = reference.structures().structure();
    int certified = 0;
    int not = 0;
    for (GroupMatch match : outcome.match().groups()) {
      Fingerprint.Coherence coherence = fingerprints.of(pair).groups().get(match.group());
      float[][] here =
          rows(store, reference.checkpoint(), coherence.tensor(), coherence.axis(), structure);
      int member = -1;
      for (int m = 0; m < match.members().size(); m++) {
        if (match.members().get(m).tensor().equals(coherence.tensor())
            && match.members().get(m).axis() == coherence.axis()) {
          member = m;
        }
      }
      for (int leaf = 0; leaf < match.units(); leaf++) {
        double most = -1;
        for (int other = 0; other < match.units(); other++) {
          most = other == leaf ? most : Math.max(most, cosine(here[leaf], here[other]));
        }
        double own = match.memberCosines()[member][leaf];
        double edge = own <= 0 ? -2 : 2 * own * own - 1 - most;
        if (Math.abs(edge) > 1e-4 && coherence.bounds()[leaf] < 1) {
          assertThat(match.certified()[leaf]).as(match.group() + " " + leaf).isEqualTo(edge > 0);
          certified += edge > 0 ? 1 : 0;
          not += edge > 0 ? 0 : 1;
        }
      }
    }
    assertThat(certified).isGreaterThan(300);
    assertThat(not).isPositive();
  }

  @Test
  void measuresOnceAndNeverBelievesAFileThatWasChanged() throws IOException {
    Fingerprint measured = fingerprints().of(pair);
    Path file = file();
    byte[] whole = Files.readAllBytes(file);
    assertSame(fingerprints().of(pair), measured);
    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 40; round++) {
      byte[] changed =
          round % 2 == 0 ? whole.clone() : Arrays.copyOf(whole, random.nextInt(whole.length));
      if (round % 2 == 0) {
        changed[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(7));
      }
      Files.write(file, changed);
      assertSame(fingerprints().of(pair), measured);
      assertThat(Files.readAllBytes(file)).as("round %d", round).isEqualTo(whole);
    }
    Files.write(file, new byte[1 << 20]);
    assertSame(fingerprints().of(pair), measured);
  }

  @Test
  void believesABoundThatTheFileHolds() throws IOException {
    Fingerprint measured = fingerprints().of(pair);
    OpenedReference reference =
        OpenedReference.open(store, pair.reference(), StructureChoice.AUTOMATIC);
    Structure structure = reference.structures().structure();
    String digest = file().getFileName().toString().substring(0, 64);
    String name = measured.groups().keySet().iterator().next();
    float[] bounds = measured.groups().get(name).bounds().clone();
    bounds[3] = 0.25f;
    Fingerprint.Coherence old = measured.groups().get(name);
    Fingerprint other =
        new Fingerprint(Map.of(name, new Fingerprint.Coherence(old.tensor(), old.axis(), bounds)));
    FingerprintFile.write(store, file().toString(), other, digest, structure);
    assertThat(fingerprints().of(pair).groups().get(name).bounds()).isEqualTo(bounds);
  }

  private Fingerprints fingerprints() throws IOException {
    return new FingerprintFolder(folder.resolve("prints").toString(), 1 << 26).of(List.of(pair));
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("prints"))) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }

  private static void assertSame(Fingerprint one, Fingerprint other) {
    assertThat(one.groups().keySet()).isEqualTo(other.groups().keySet());
    one.groups()
        .forEach(
            (group, coherence) -> {
              assertThat(coherence.tensor()).isEqualTo(other.groups().get(group).tensor());
              assertThat(coherence.axis()).isEqualTo(other.groups().get(group).axis());
              assertThat(coherence.bounds()).isEqualTo(other.groups().get(group).bounds());
            });
  }

  /** One row a unit of the group that alone lies on the axis. */
  private static float[][] rows(
      Store store, Checkpoint checkpoint, String tensor, int axis, Structure structure)
      throws IOException {
    TensorInfo info = checkpoint.tensor(tensor).orElseThrow();
    float[] all = new float[(int) info.shape().elements()];
    try (var reader = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      new CheckpointWeights(checkpoint.byName(), reader, 0, 0).read(tensor, 0, all, 0, all.length);
    }
    int units = structure.axes(tensor).get(axis).length();
    int inner = (int) info.shape().elements(axis + 1, info.shape().rank());
    int outer = all.length / units / inner;
    float[][] rows = new float[units][outer * inner];
    for (int o = 0; o < outer; o++) {
      for (int u = 0; u < units; u++) {
        System.arraycopy(all, (o * units + u) * inner, rows[u], o * inner, inner);
      }
    }
    return rows;
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double here = 0;
    double there = 0;
    for (int x = 0; x < a.length; x++) {
      dot += (double) a[x] * b[x];
      here += (double) a[x] * a[x];
      there += (double) b[x] * b[x];
    }
    return here * there == 0 ? 0 : dot / Math.sqrt(here) / Math.sqrt(there);
  }

  @Test
  void aReferenceThatCannotBeOpenedHasNone() throws IOException {
    Path nameless = Files.writeString(folder.resolve("nameless.bin"), "no checkpoint");
    PairRequest broken =
        new PairRequest(
            "x",
            nameless.toString(),
            pair.suspect(),
            StructureChoice.AUTOMATIC,
            MatchOptions.defaults(),
            store,
            null,
            null);
    FingerprintFolder none = new FingerprintFolder(folder.resolve("none").toString(), 1L << 30);
    assertThat(none.of(List.of(broken)).known()).isEmpty();
    assertThat(none.of(List.of(pair)).known()).hasSize(1);
  }
}
