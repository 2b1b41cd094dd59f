package org.findthelady.checkpoint.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.findthelady.SharedModels;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.checkpoint.zip.RawZip;
import org.findthelady.checkpoint.zip.SparseFile;
import org.findthelady.checkpoint.zip.ZipDirectory;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Permutation;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ArchiveFormatTest {
  private final ArchiveFormat format = new ArchiveFormat();
  private final MemoryStore store = new MemoryStore();

  @ParameterizedTest
  @CsvSource({
    "blazeface/blazefaceback.pth, 138, backbone.0.weight, '[24, 3, 5, 5]'",
    "face-rfb/RFB-320-masked_face-v2.pth, 244, base_net.0.0.weight, '[16, 3, 3, 3]'",
    "fastestdet/shufflenetv2.pth, 330, first_conv.0.weight, '[24, 3, 3, 3]'",
    "fastestdet/coco_ap05_0.250_280epoch.pth, 420, backbone.first_conv.0.weight, '[24, 3, 3, 3]'",
  })
  void permutesRealCheckpointsThereAndBack(String file, int tensors, String name, String shape)
      throws IOException {
    FileInfo original =
        store.put("/a.pth", Files.readAllBytes(SharedModels.path("models/" + file)));
    Checkpoint checkpoint = read(original);
    assertThat(checkpoint.tensors()).hasSize(tensors);
    assertThat(checkpoint.byName().get(name).shape()).hasToString(shape);
    Map<String, Move> there = TensorShuffle.moves(checkpoint, new SplittableRandom(11));
    Checkpoint moved = write(checkpoint, there, "/moved.pth");
    assertThat(store.bytes("/moved.pth")).isNotEqualTo(store.bytes(original.path()));
    assertEntriesAreSound(store.bytes("/moved.pth"));
    write(moved, inverse(there, moved), "/back.pth");
    assertThat(store.bytes("/back.pth")).isEqualTo(store.bytes(original.path()));
  }

  @Test
  void copiesVerbatimWhatDoesNotMove() throws IOException {
    for (byte[] bytes : List.of(everyLayout().archive().bytes(), plainEntries().bytes())) {
      FileInfo file = store.put("/a.pt", bytes);
      write(read(file), Map.of(), "/out.pt");
      assertThat(store.bytes("/out.pt")).isEqualTo(bytes);
      store.delete("/out.pt");
    }
  }

  @Test
  void scattersThroughStridesAndKeepsSharedStorages() throws IOException {
    Checkpoint checkpoint = read(store.put("/a.pt", everyLayout().archive().bytes()));
    Map<String, Move> moves = TensorShuffle.moves(checkpoint, new SplittableRandom(3));
    Checkpoint moved = write(checkpoint, moves, "/out.pt");
    for (TensorInfo tensor : checkpoint.tensors()) {
      assertThat(packed(moved, tensor.name()))
          .as(tensor.name())
          .isEqualTo(gathered(packed(checkpoint, tensor.name()), moves.get(tensor.name())));
    }
    assertEntriesAreSound(store.bytes("/out.pt"));
    write(moved, inverse(moves, moved), "/back.pt");
    assertThat(store.bytes("/back.pt")).isEqualTo(store.bytes("/a.pt"));
  }

  @Test
  void putsNewChecksumsWhereverTheyStand() throws IOException {
    Checkpoint checkpoint = read(store.put("/a.pt", plainEntries().bytes()));
    write(checkpoint, TensorShuffle.moves(checkpoint, new SplittableRandom(3)), "/out.pt");
    assertThat(store.bytes("/out.pt")).isNotEqualTo(store.bytes("/a.pt"));
    assertEntriesAreSound(store.bytes("/out.pt"));
  }

  @Test
  void refusesMovesThatDisagreeAboutOneStorage() throws IOException {
    TorchFixture fixture = new TorchFixture().storage("0", DType.F32, random(4 * 12));
    fixture.dict().key("whole").tensor("0", 0, new long[] {4, 3}, 3, 1);
    fixture.key("tied").tensor("0", 0, new long[] {4, 3}, 3, 1);
    fixture.key("turned").tensor("0", 0, new long[] {3, 4}, 1, 3).end();
    Checkpoint checkpoint = read(store.put("/a.pt", fixture.archive().bytes()));
    int[] cycle = {1, 2, 3, 0};
    Move rows = new Move(checkpoint.tensor("whole").orElseThrow(), new int[][] {cycle, null});
    Move tied = new Move(checkpoint.tensor("tied").orElseThrow(), new int[][] {cycle, null});
    Move columns = new Move(checkpoint.tensor("turned").orElseThrow(), new int[][] {null, cycle});
    CheckpointException alone = refusal(checkpoint, Map.of("whole", rows));
    assertThat(alone).hasMessageContainingAll("'whole'", "'tied'", "storage '0'");
    assertThat(refusal(checkpoint, Map.of("whole", rows, "tied", tied)))
        .hasMessageContainingAll("'whole'", "'turned'", "storage '0'");
    Map<String, Move> all = Map.of("whole", rows, "tied", tied, "turned", columns);
    Checkpoint moved = write(checkpoint, all, "/out.pt");
    assertThat(packed(moved, "tied")).isEqualTo(packed(moved, "whole"));
    assertThat(packed(moved, "turned")).isEqualTo(gathered(packed(checkpoint, "turned"), columns));
  }

  @Test
  void refusesToGiveADamagedStorageAValidChecksum() throws IOException {
    byte[] bytes = everyLayout().archive().bytes();
    Checkpoint sound = read(store.put("/a.pt", bytes));
    bytes[(int) sound.tensor("plain").orElseThrow().offset()]++;
    Checkpoint damaged = read(store.put("/a.pt", bytes));
    CheckpointException refusal = refusal(damaged, Map.of());
    assertThat(refusal).hasMessageContaining("archive/data/0").hasMessageContaining("CRC");
    assertThat(refusal.reason()).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void readsAndWritesBigEndianArchives() throws IOException {
    TorchFixture fixture =
        new TorchFixture()
            .storage("i", DType.I32, new byte[] {0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 1, 0})
            .storage("c", DType.C64, new byte[] {1, 2, 3, 4, 5, 6, 7, 8})
            .storage("b", DType.U8, new byte[] {7, 8});
    fixture.dict().key("i").tensor("i", 0, new long[] {3}, 1);
    fixture.key("c").tensor("c", 0, new long[] {1}, 1).key("b").tensor("b", 0, new long[] {2}, 1);
    RawZip zip = fixture.end().archive();
    zip.add("archive/byteorder", "big".getBytes(StandardCharsets.UTF_8));
    Checkpoint checkpoint = read(store.put("/a.pt", zip.bytes()));
    assertThat(packed(checkpoint, "i")).containsExactly(1, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0);
    assertThat(packed(checkpoint, "c")).containsExactly(4, 3, 2, 1, 8, 7, 6, 5);
    assertThat(packed(checkpoint, "b")).containsExactly(7, 8);
    Move move = new Move(checkpoint.tensor("i").orElseThrow(), new int[][] {{2, 0, 1}});
    Checkpoint moved = write(checkpoint, Map.of("i", move), "/out.pt");
    int at = (int) moved.tensor("i").orElseThrow().offset();
    assertThat(Arrays.copyOfRange(store.bytes("/out.pt"), at, at + 12))
        .containsExactly(0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 2);
  }

  @Test
  void opensTenGigabytesWithAFewRequests() throws IOException {
    TorchFixture fixture = new TorchFixture();
    int count = 300;
    long elements = 9_000_000;
    fixture.dict();
    for (int i = 0; i < count; i++) {
      fixture.key("layer." + i).object().global("torch._utils", "_rebuild_tensor_v2").op('(');
      fixture.object().op('(').text("storage").global("torch", "FloatStorage").text("" + i);
      fixture.object().text("cpu").integer(elements).op('t').op('Q').integer(0);
      fixture.object().integers(elements / 3000, 3000).integers(3000, 1).op('t').op('R');
    }
    RawZip zip = new RawZip();
    zip.add("archive/data.pkl", fixture.end().object().stop());
    for (int i = 0; i < count; i++) {
      zip.addZeros("archive/data/" + i, 4 * elements);
    }
    zip.add("archive/version", new byte[] {'3', '\n'});
    SparseFile file = zip.sparse();
    assertThat(file.length()).isGreaterThan(10_000_000_000L);
    TensorTable table = TorchArchive.open(file).tensors();
    assertThat(table.tensors()).hasSize(count);
    assertThat(file.requests()).isLessThanOrEqualTo(5);
    assertThat(file.bytesRead()).isLessThan(3 << 20);
    PlacedTensor last = table.byName().get("layer.299");
    table.check().before(last);
    assertThat(last.position() % 64).isZero();
  }

  @Test
  void comparesLocalHeadersOfLargeArchivesBeforeTheirBytesAreUsed() throws IOException {
    TorchFixture fixture = new TorchFixture();
    fixture.dict();
    for (int i = 0; i < 20; i++) {
      fixture.storage("" + i, DType.U8, random(512 << 10));
      fixture.key("t" + i).tensor("" + i, 0, new long[] {512 << 10}, 1);
    }
    byte[] bytes = fixture.end().archive().bytes();
    String local = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[local.indexOf("archive/data/17") + 14] = '8';
    Checkpoint checkpoint = read(store.put("/a.pt", bytes));
    assertThat(packed(checkpoint, "t16")).hasSize(512 << 10);
    CheckpointException refusal =
        catchThrowableOfType(CheckpointException.class, () -> packed(checkpoint, "t17"));
    assertThat(refusal).hasMessageContainingAll("archive/data/17", "archive/data/18");
    assertThat(refusal.reason()).isEqualTo(Reason.UNSAFE);
    assertThat(refusal(checkpoint, Map.of()).reason()).isEqualTo(Reason.UNSAFE);
  }

  static Stream<Arguments> bad() {
    List<Arguments> cases = new ArrayList<>();
    add(cases, "deflated", Reason.UNSUPPORTED, z -> z.add("archive/x", new byte[3]).method = 8);
    add(cases, "second pickle", Reason.UNSAFE, z -> z.add("archive/a/data.pkl", new byte[3]));
    add(cases, "pickle in other case", Reason.UNSAFE, z -> z.add("archive/DATA.pkl", new byte[3]));
    add(cases, "duplicate storage", Reason.UNSAFE, z -> z.add("archive/data/0", new byte[3]));
    add(cases, "second folder", Reason.UNSAFE, z -> z.add("other/data/0", new byte[3]));
    add(cases, "constants", Reason.UNSUPPORTED, z -> z.add("archive/constants.pkl", new byte[3]));
    add(cases, "code", Reason.UNSUPPORTED, z -> z.add("archive/code/a.py", new byte[3]));
    add(cases, "byteorder", Reason.MALFORMED, z -> z.add("archive/byteorder", new byte[3]));
    add(cases, "local name", Reason.UNSAFE, z -> z.add("archive/x", new byte[3]).localName = "y");
    add(cases, "overlap", Reason.UNSAFE, z -> z.add("archive/x", new byte[3]).position = 0);
    return cases.stream();
  }

  private static void add(
      List<Arguments> cases, String name, Reason reason, Consumer<RawZip> change) {
    cases.add(Arguments.of(name, reason, change));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void rejects(String name, Reason reason, Consumer<RawZip> change) {
    RawZip zip = everyLayout().archive();
    change.accept(zip);
    CheckpointException refusal = refusal(store.put("/bad.pt", zip.bytes()));
    assertThat(refusal).as(name).isNotNull().hasMessageContaining("/bad.pt");
    assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
  }

  @Test
  void rejectsMissingAndMissizedStorages() {
    TorchFixture fixture = new TorchFixture().storage("0", DType.F32, random(40));
    fixture.dict().key("a").tensor("0", 0, new long[] {10}, 1).end();
    byte[] pickle = fixture.object().stop();
    RawZip missing = new RawZip();
    missing.add("archive/data.pkl", pickle);
    assertThat(refusal(store.put("/a.pt", missing.bytes()))).hasMessageContaining("'0'");
    RawZip shorter = new RawZip();
    shorter.add("archive/data.pkl", pickle);
    shorter.add("archive/data/0", new byte[36]);
    assertThat(refusal(store.put("/a.pt", shorter.bytes()))).hasMessageContainingAll("36", "40");
  }

  @Test
  void rejectsADamagedPickle() throws IOException {
    byte[] bytes = everyLayout().archive().bytes();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[text.indexOf("plain")] = 'q';
    assertThat(refusal(store.put("/a.pt", bytes))).hasMessageContainingAll("data.pkl", "CRC");
  }

  @Test
  void rejectsEveryPrefix() {
    byte[] whole = everyLayout().archive().bytes();
    for (int cut = 0; cut < whole.length; cut++) {
      CheckpointException refusal = refusal(store.put("/cut.pt", Arrays.copyOf(whole, cut)));
      assertThat(refusal).as("cut at %d", cut).isNotNull();
      assertThat(refusal.reason()).as("cut at %d", cut).isEqualTo(Reason.TRUNCATED);
    }
  }

  private static TorchFixture everyLayout() {
    TorchFixture fixture = new TorchFixture();
    fixture.storage("0", DType.F32, random(4 * 60)).storage("1", DType.BF16, random(2 * 60));
    fixture.storage("2", DType.I8, random(50)).storage("3", DType.F16, random(2 * 24));
    fixture.storage("4", DType.BOOL, new byte[] {1, 0, 1}).storage("5", DType.F64, random(8));
    fixture.dict();
    fixture.key("plain").tensor("0", 0, new long[] {12, 5}, 5, 1);
    fixture.key("tied").tensor("0", 0, new long[] {12, 5}, 5, 1);
    fixture.key("channels.last").tensor("1", 0, new long[] {3, 5, 2, 2}, 20, 1, 10, 5);
    fixture.key("first").tensor("2", 4, new long[] {3, 7}, 7, 1);
    fixture.key("second").tensor("2", 30, new long[] {13}, 1);
    fixture.key("sparse").tensor("3", 1, new long[] {3, 4}, 8, 2);
    fixture.key("flags").tensor("4", 0, new long[] {3}, 1);
    fixture.key("scalar").tensor("5", 0, new long[] {});
    fixture.key("empty").tensor("5", 1, new long[] {0}, 1).end();
    return fixture;
  }

  /** Entries without descriptors, which keep their CRC in the local header. */
  private static RawZip plainEntries() {
    TorchFixture fixture = everyLayout();
    RawZip zip = new RawZip();
    zip.add("archive/data.pkl", fixture.object().stop()).plain();
    fixture.storages().forEach(s -> zip.add("archive/data/" + s.key(), s.bytes()).plain());
    return zip;
  }

  /** What an independent zip reader says: it checks every CRC against data and local header. */
  private static void assertEntriesAreSound(byte[] archive) throws IOException {
    Map<String, Long> crcs = new HashMap<>();
    Path file = Files.createTempFile("archive", ".zip");
    Files.write(file, archive);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (var entry : Collections.list(zip.entries())) {
        CRC32 crc = new CRC32();
        crc.update(zip.getInputStream(entry).readAllBytes());
        assertThat(crc.getValue()).as(entry.getName()).isEqualTo(entry.getCrc());
        crcs.put(entry.getName(), entry.getCrc());
      }
    } finally {
      Files.delete(file);
    }
    SparseFile sparse = new SparseFile(archive);
    var directory = ZipDirectory.read(sparse);
    assertThat(directory.entries()).hasSize(crcs.size());
    for (var entry : directory.entries()) {
      var local = directory.local(entry, 0);
      if (!local.crcInHeader()) {
        continue;
      }
      int at = (int) entry.position();
      try (var stream =
          new ZipInputStream(new ByteArrayInputStream(archive, at, (int) (entry.end() - at)))) {
        assertThat(stream.getNextEntry().getName()).isEqualTo(entry.name());
        assertThat(stream.readAllBytes()).hasSize((int) entry.size());
      }
    }
  }

  private static Map<String, Move> inverse(Map<String, Move> moves, Checkpoint moved) {
    Map<String, Move> inverse = new HashMap<>();
    moves.forEach(
        (name, move) ->
            inverse.put(
                name,
                new Move(
                    moved.tensor(name).orElseThrow(),
                    Arrays.stream(move.gathers())
                        .map(gather -> Permutation.ofSources(gather).inverse().toArray())
                        .toArray(int[][]::new))));
    return inverse;
  }

  /** The slow oracle: element by element. */
  private static byte[] gathered(byte[] packed, Move move) {
    TensorInfo tensor = move.source();
    int width = tensor.dtype().blockBytes();
    byte[] moved = new byte[packed.length];
    for (int element = 0; element < packed.length / width; element++) {
      int rest = element;
      int source = 0;
      int stride = 1;
      for (int axis = tensor.shape().rank() - 1; axis >= 0; axis--) {
        int length = tensor.shape().intLength(axis);
        int index = rest % length;
        source += stride * (move.gathers()[axis] == null ? index : move.gathers()[axis][index]);
        stride *= length;
        rest /= length;
      }
      System.arraycopy(packed, source * width, moved, element * width, width);
    }
    return moved;
  }

  private CheckpointException refusal(FileInfo file) {
    return catchThrowableOfType(CheckpointException.class, () -> read(file));
  }

  private CheckpointException refusal(Checkpoint checkpoint, Map<String, Move> moves) {
    store.delete("/refused.pt");
    return catchThrowableOfType(
        CheckpointException.class, () -> write(checkpoint, moves, "/refused.pt"));
  }

  private Checkpoint read(FileInfo file) throws IOException {
    return format.read(store, file);
  }

  private Checkpoint write(Checkpoint checkpoint, Map<String, Move> moves, String target)
      throws IOException {
    try (TensorReader reader = format.reader(store, checkpoint)) {
      format.write(store, checkpoint, reader, moves, target);
    }
    return read(store.stat(target).orElseThrow());
  }

  private byte[] packed(Checkpoint checkpoint, String name) throws IOException {
    try (TensorReader reader = format.reader(store, checkpoint)) {
      return reader.readAll(checkpoint.tensor(name).orElseThrow());
    }
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }
}
