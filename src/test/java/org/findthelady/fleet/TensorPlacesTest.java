package org.findthelady.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.findthelady.TestModels;
import org.findthelady.align.Alignment;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.core.TensorInfo;
import org.findthelady.pair.PairContext;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Axis;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorPlacesTest {
  @TempDir private Path folder;

  @Test
  void areKnownFromHeadersAlone() throws IOException {
    HadoopStore store = new HadoopStore();
    Path model = TestModels.resnet20(folder);
    Checkpoint checkpoint = Checkpoints.open(store, model.toString());
    Files.delete(model);
    List<String> names =
        checkpoint.tensors().stream()
            .sorted(Comparator.comparingInt(TensorInfo::file).thenComparingLong(TensorInfo::offset))
            .map(TensorInfo::name)
            .toList();
    String first = names.get(0);
    String last = names.get(names.size() - 1);
    Structure structure =
        new Structure(
            "stacked",
            List.of(),
            Map.of("both", List.of(Axis.frozen(2, "a stack of two"))),
            List.of(new StackedTensor("both", 0, List.of(first, last))),
            List.of());
    TensorPlaces places =
        TensorPlaces.of(
            new PairContext(
                store,
                structure,
                checkpoint,
                checkpoint,
                Alignment.byName(checkpoint, checkpoint),
                Map.of()));
    double[] where = names.stream().mapToDouble(name -> places.where(List.of(name))).toArray();
    assertThat(where).isSorted().doesNotHaveDuplicates();
    assertThat(where[0]).isPositive();
    assertThat(where[where.length - 1]).isLessThan(1);
    assertThat(places.where(List.of("both")))
        .isCloseTo(places.where(List.of(first, last)), within(1e-12));
    assertThat(places.where(List.of("no such tensor"))).isZero();
  }
}
