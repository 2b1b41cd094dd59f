package org.findthelady.checkpoint.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.findthelady.checkpoint.numpy.NpyBytes.archive;
import static org.findthelady.checkpoint.numpy.NpyBytes.file;
import static org.findthelady.checkpoint.numpy.NpyBytes.header;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files beside this test were made with NumPy; see README.md there. */
class NumpyFormatTest {
  private final MemoryStore store = new MemoryStore();

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = NumpyFormatTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private Checkpoint open(byte... bytes) {
    store.put("/model", bytes);
    return Checkpoints.open(store, "/model");
  }

  private float[] values(Checkpoint checkpoint, String name) throws IOException {
    TensorInfo tensor = checkpoint.tensor(name).orElseThrow();
    CheckpointFormat format = Checkpoints.format(checkpoint.format());
    try (TensorReader reader = format.reader(store, checkpoint)) {
      float[] floats = new float[(int) tensor.shape().elements()];
      Floats.decode(
          tensor.dtype(), ByteBuffer.wrap(reader.readAll(tensor)), floats, 0, floats.length);
      return floats;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void readsEveryWayOfStoringTheSameNumbers(String file) throws IOException {
    Checkpoint checkpoint = open(resource(file));
    assertThat(checkpoint.format()).isEqualTo("numpy");
    float[] expected = new float[24];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = i;
    }
    for (String name : new String[] {"c", "fortran", "big", "big_fortran", "half", "byte"}) {
      assertThat(checkpoint.tensor(name).orElseThrow().shape()).isEqualTo(Shape.of(2, 3, 4));
      assertThat(values(checkpoint, name)).as(name).isEqualTo(expected);
    }
    assertThat(checkpoint.tensor("big").orElseThrow().dtype()).isEqualTo(DType.F64);
    assertThat(checkpoint.tensor("truth").orElseThrow().dtype()).isEqualTo(DType.BOOL);
    assertThat(values(checkpoint, "scalar")).containsExactly(3);
    assertThat(values(checkpoint, "empty")).isEmpty();
    assertThat(checkpoint.notes()).containsExactly("not a tensor: text");
    TensorInfo complex = checkpoint.tensor("complex").orElseThrow();
    try (TensorReader reader = new NumpyFormat().reader(store, checkpoint)) {
      float[] parts = new float[48];
      Floats.decode(DType.F32, ByteBuffer.wrap(reader.readAll(complex)), parts, 0, 48);
      for (int i = 0; i < 24; i++) {
        assertThat(parts[2 * i]).isEqualTo(i);
        assertThat(parts[2 * i + 1]).isEqualTo(i);
      }
    }
  }

  @Test
  void namesTheOnlyArrayAsNumpyDoes() throws IOException {
    Checkpoint checkpoint = open(resource("plain.npy"));
    assertThat(checkpoint.tensors()).extracting(TensorInfo::name).containsExactly("arr_0");
    assertThat(values(checkpoint, "arr_0")).hasSize(24).startsWith(0, 1, 2).endsWith(23);
  }

  @Test
  void readsPartsInAnyOrder() throws IOException {
    for (String file : new String[] {"stored.npz", "deflated.npz"}) {
      Checkpoint checkpoint = open(resource(file));
      try (TensorReader reader = new NumpyFormat().reader(store, checkpoint)) {
        for (int first : new int[] {80, 16, 40, 0}) {
          for (String name : new String[] {"c", "fortran"}) {
            ByteBuffer part = ByteBuffer.allocate(8);
            reader.read(checkpoint.tensor(name).orElseThrow(), first, part);
            float[] floats = new float[2];
            Floats.decode(DType.F32, part.flip(), floats, 0, 2);
            assertThat(floats).containsExactly(first / 4f, first / 4f + 1);
          }
        }
      }
    }
  }

  @Test
  void writesSafetensorsUnderTheSameNames() throws IOException {
    Checkpoint checkpoint = open(resource("deflated.npz"));
    TensorInfo fortran = checkpoint.tensor("fortran").orElseThrow();
    CheckpointFormat format = Checkpoints.format("numpy");
    try (TensorReader reader = format.reader(store, checkpoint)) {
      format.write(
          store,
          checkpoint,
          reader,
          Map.of("fortran", new Move(fortran, new int[][] {null, {2, 0, 1}, null})),
          "/out.safetensors");
    }
    Checkpoint written = Checkpoints.open(store, "/out.safetensors");
    assertThat(written.tensors()).hasSameSizeAs(checkpoint.tensors());
    assertThat(values(written, "fortran")).startsWith(8, 9, 10, 11, 0, 1, 2, 3, 4);
    assertThat(values(written, "big")).isEqualTo(values(checkpoint, "big"));
  }

  static Stream<Arguments> refused() {
    byte[] one = new byte[4];
    return Stream.of(
        Arguments.of("object dtype", Reason.UNSAFE, file(header("|O", "False", "(1,)"), one), "|O"),
        Arguments.of(
            "objects in a structure",
            Reason.UNSAFE,
            file("{'descr': [('x', '|O')], 'fortran_order': False, 'shape': (1,), }", one),
            "objects"),
        Arguments.of(
            "structures",
            Reason.UNSUPPORTED,
            file("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }", one),
            "structures"),
        Arguments.of(
            "texts", Reason.UNSUPPORTED, file(header("<U1", "False", "(1,)"), one), "no numbers"),
        Arguments.of(
            "an expression as dtype",
            Reason.MALFORMED,
            file("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }", one),
            "quoted text"),
        Arguments.of(
            "an expression as shape",
            Reason.MALFORMED,
            file(header("<f4", "False", "(1*1,)"), one),
            "')' was expected"),
        Arguments.of(
            "an escape in a key",
            Reason.MALFORMED,
            file("{'desc\\x72': '<f4', 'fortran_order': False, 'shape': (1,), }", one),
            "quoted text"),
        Arguments.of(
            "key twice",
            Reason.MALFORMED,
            file("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", one),
            "twice"),
        Arguments.of(
            "unknown key",
            Reason.MALFORMED,
            file("{'descr': '<f4', 'x': '<f8', 'fortran_order': False, 'shape': (1,)}", one),
            "unknown key"),
        Arguments.of(
            "key missing",
            Reason.MALFORMED,
            file("{'descr': '<f4', 'shape': (1,)}", one),
            "not exactly"),
        Arguments.of(
            "text behind the dictionary",
            Reason.MALFORMED,
            file(header("<f4", "False", "(1,)") + "x", one),
            "not exactly"),
        Arguments.of(
            "number as truth", Reason.MALFORMED, file(header("<f4", "0", "(1,)"), one), "True"),
        Arguments.of(
            "number as shape", Reason.MALFORMED, file(header("<f4", "False", "1"), one), "'('"),
        Arguments.of(
            "number in brackets",
            Reason.MALFORMED,
            file(header("<f4", "False", "(1)"), one),
            "not a tuple"),
        Arguments.of(
            "negative length",
            Reason.MALFORMED,
            file(header("<f4", "False", "(-1,)"), one),
            "no number"),
        Arguments.of(
            "length out of range",
            Reason.MALFORMED,
            file(header("<f4", "False", "(9999999999999999999,)"), one),
            "out of range"),
        Arguments.of(
            "shape that overflows",
            Reason.MALFORMED,
            file(header("<f4", "False", "(4294967296, 4294967296)"), one),
            "overflow"),
        Arguments.of(
            "no elements in a shape that overflows",
            Reason.MALFORMED,
            file(header("<f4", "False", "(0, 4294967296, 4294967296)"), new byte[0]),
            "overflow"),
        Arguments.of(
            "no elements beside a length that nothing bounds",
            Reason.MALFORMED,
            file(header("<f4", "False", "(0, 2147483647)"), new byte[0]),
            "overflows"),
        Arguments.of(
            "too few bytes",
            Reason.TRUNCATED,
            file(header("<f4", "False", "(2,)"), one),
            "needs 8 bytes, 4 are there"),
        Arguments.of(
            "too many bytes",
            Reason.MALFORMED,
            file(header("<f2", "False", "(1,)"), one),
            "needs 2 bytes, 4 are there"),
        Arguments.of(
            "native byte order",
            Reason.MALFORMED,
            file(header("=f4", "False", "(1,)"), one),
            "'=f4'"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refused(String what, Reason reason, byte[] bytes, String says) throws IOException {
    assertRefused(bytes, reason, says);
    if (!what.equals("texts")) {
      assertRefused(archive("a.npy", bytes), reason, says);
    }
  }

  private void assertRefused(byte[] bytes, Reason reason, String says) {
    assertThatThrownBy(() -> open(bytes))
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
        .hasMessageContaining("/model")
        .hasMessageContaining(says);
  }

  @Test
  void acceptsWhatOtherVersionsWrite() throws IOException {
    byte[] one = {0, 0, (byte) 0x80, 0x3f};
    for (String header :
        new String[] {
          "{'descr': '<f4', 'fortran_order': False, 'shape': (1L,), }",
          "{\"shape\":(1,),\"fortran_order\":True,\"descr\":\"<f4\"}\n",
          "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1)}"
        }) {
      assertThat(values(open(file(header, one)), "arr_0")).containsExactly(1);
    }
    byte[] third = file("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", one);
    third[6] = 4;
    assertRefused(third, Reason.UNSUPPORTED, "version 4.0");
  }

  @Test
  void tellsNamesApartThatDifferInCase() throws IOException {
    byte[] one = file(header("|i1", "False", "(1,)"), (byte) 1);
    byte[] two = file(header("|i1", "False", "(1,)"), (byte) 2);
    Checkpoint checkpoint = open(archive(Map.of("W.npy", one, "w.npy", two)));
    assertThat(values(checkpoint, "W")).containsExactly(1);
    assertThat(values(checkpoint, "w")).containsExactly(2);
  }

  @Test
  void refusesObjectsInArchives() throws IOException {
    assertRefused(resource("objects.npz"), Reason.UNSAFE, "'o.npy'");
  }

  @Test
  void refusesEntriesThatLieAboutTheirSize() throws IOException {
    byte[] bomb = resource("bomb.npz");
    Checkpoint checkpoint = open(bomb);
    assertThat(values(checkpoint, "a")).hasSize(6_000_000);
    byte[] empty = archive("a.npy", new byte[0]);
    assertRefused(empty, Reason.TRUNCATED, "0 bytes");
  }

  @Test
  void refusesEveryPrefix() throws IOException {
    for (String file : new String[] {"plain.npy", "deflated.npz"}) {
      byte[] whole = resource(file);
      for (int length = 4; length < whole.length; length += file.endsWith("y") ? 1 : 37) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> open(cut))
            .as("%s cut at %d", file, length)
            .isInstanceOf(CheckpointException.class);
      }
    }
  }
}
