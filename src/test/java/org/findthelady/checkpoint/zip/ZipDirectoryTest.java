package org.findthelady.checkpoint.zip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipOutputStream;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ZipDirectoryTest {
  @Test
  void readsStoredAndDeflatedEntriesOfJava() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] text = "a".repeat(1000).getBytes(StandardCharsets.UTF_8);
    CRC32 crc = new CRC32();
    crc.update(text);
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new java.util.zip.ZipEntry("deflated/é"));
      zip.write(text);
      java.util.zip.ZipEntry stored = new java.util.zip.ZipEntry("stored");
      stored.setMethod(java.util.zip.ZipEntry.STORED);
      stored.setSize(text.length);
      stored.setCrc(crc.getValue());
      zip.putNextEntry(stored);
      zip.write(text);
      zip.setComment("with a comment");
    }
    List<ZipLocal> locals = locals(file(bytes.toByteArray()));
    assertThat(locals).extracting(l -> l.entry().name()).containsExactly("deflated/é", "stored");
    assertThat(locals).extracting(l -> l.entry().method()).containsExactly(8, 0);
    assertThat(locals).extracting(l -> l.entry().size()).containsOnly(1000L);
    assertThat(locals).extracting(l -> l.entry().crc()).containsOnly(crc.getValue());
    int data = (int) locals.get(1).data();
    assertThat(Arrays.copyOfRange(bytes.toByteArray(), data, data + 1000)).isEqualTo(text);
  }

  @Test
  void readsSizesAndPositionsBeyondFourGigabytes() throws IOException {
    RawZip zip = new RawZip();
    zip.addZeros("a/big", 5L << 30);
    zip.addZeros("a/plain", 4294967295L).plain();
    zip.add("a/behind", new byte[] {1, 2, 3});
    SparseFile file = zip.sparse();
    List<ZipLocal> locals = locals(file);
    assertThat(locals).extracting(l -> l.entry().size()).containsExactly(5L << 30, 4294967295L, 3L);
    byte[] data = new byte[3];
    file.readFully(locals.get(2).data(), data, 0, 3);
    assertThat(data).containsExactly(1, 2, 3);
    assertThat(locals.get(2).data() % 64).isZero();
  }

  @Test
  void readsManyEntriesInTwoRequests() throws IOException {
    RawZip zip = new RawZip();
    for (int i = 0; i < 3_000; i++) {
      zip.add("top/data/" + i, new byte[] {(byte) i});
    }
    SparseFile file = zip.sparse();
    assertThat(ZipDirectory.read(file).entries()).hasSize(3_000);
    assertThat(file.requests()).isEqualTo(2);
  }

  static Stream<Arguments> bad() {
    List<Arguments> cases = new ArrayList<>();
    add(cases, "duplicate name", Reason.UNSAFE, z -> z.add("top/a", new byte[4]));
    add(cases, "name in other case", Reason.UNSAFE, z -> z.add("TOP/A", new byte[4]));
    add(cases, "parent folder", Reason.UNSAFE, z -> z.add("top/../b", new byte[4]));
    add(cases, "absolute name", Reason.UNSAFE, z -> z.add("/b", new byte[4]));
    add(cases, "backslash", Reason.UNSAFE, z -> z.add("top\\b", new byte[4]));
    add(cases, "NUL", Reason.UNSAFE, z -> z.add("top/b\0.txt", new byte[4]));
    add(cases, "empty name", Reason.UNSAFE, z -> z.add("", new byte[4]));
    add(cases, "other local name", Reason.UNSAFE, z -> z.add("b", new byte[4]).localName = "c");
    add(cases, "longer local name", Reason.UNSAFE, z -> z.add("b", new byte[4]).localName = "bb");
    add(cases, "other flags", Reason.UNSAFE, z -> z.add("b", new byte[4]).localFlags = 0);
    add(cases, "encrypted", Reason.UNSUPPORTED, z -> z.add("b", new byte[4]).flags |= 1);
    add(cases, "overlap", Reason.UNSAFE, z -> z.add("b", new byte[4]).position = 0);
    add(cases, "overlap by one", Reason.UNSAFE, z -> z.add("b", new byte[4]).position = 127);
    add(cases, "bytes behind", Reason.UNSAFE, z -> z.add("b", new byte[4]).behind = new byte[1]);
    add(cases, "gap", Reason.UNSAFE, z -> z.add("b", new byte[4]).plain().behind = new byte[30]);
    add(cases, "bytes before", Reason.UNSAFE, z -> z.prefix = new byte[7]);
    add(cases, "descriptor CRC", Reason.UNSAFE, z -> z.add("b", new byte[4]).descriptorCrc = 5);
    add(cases, "beyond the file", Reason.UNSAFE, z -> z.add("b", new byte[4]).size = 1000);
    add(cases, "too few entries", Reason.MALFORMED, z -> z.declaredEntries = 0);
    add(cases, "too many entries", Reason.MALFORMED, z -> z.declaredEntries = 2);
    add(cases, "directory elsewhere", Reason.MALFORMED, z -> z.directoryShift = 1);
    add(cases, "two end records", Reason.UNSAFE, z -> z.comment = emptyArchive());
    return cases.stream();
  }

  private static void add(
      List<Arguments> cases, String name, Reason reason, Consumer<RawZip> change) {
    cases.add(Arguments.of(name, reason, change));
  }

  private static String emptyArchive() {
    byte[] end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN).putInt(0x06054b50).array();
    return new String(end, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void rejects(String name, Reason reason, Consumer<RawZip> change) {
    for (boolean zip64End : new boolean[] {true, false}) {
      RawZip zip = new RawZip();
      zip.zip64End = zip64End;
      zip.add("top/a", new byte[] {1, 2, 3, 4, 5});
      change.accept(zip);
      CheckpointException refusal =
          catchThrowableOfType(CheckpointException.class, () -> locals(zip.sparse()));
      assertThat(refusal).as(name).isNotNull().hasMessageContaining("/sparse.pt");
      assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
    }
  }

  @Test
  void rejectsEndRecordsThatDisagree() {
    RawZip zip = new RawZip();
    zip.add("top/a", new byte[5]);
    byte[] bytes = zip.bytes();
    bytes[bytes.length - 10]++; // directory size of the plain end record
    CheckpointException refusal =
        catchThrowableOfType(CheckpointException.class, () -> locals(file(bytes)));
    assertThat(refusal.reason()).isEqualTo(Reason.UNSAFE);
  }

  @Test
  void rejectsEveryPrefix() {
    RawZip zip = new RawZip();
    zip.add("top/a", new byte[50]);
    zip.add("top/b", new byte[5]).plain();
    byte[] whole = zip.bytes();
    for (int cut = 0; cut < whole.length; cut++) {
      byte[] part = Arrays.copyOf(whole, cut);
      CheckpointException refusal =
          catchThrowableOfType(CheckpointException.class, () -> locals(file(part)));
      assertThat(refusal).as("cut at %d", cut).isNotNull();
      assertThat(refusal.reason()).as("cut at %d", cut).isEqualTo(Reason.TRUNCATED);
    }
  }

  private static SparseFile file(byte[] bytes) {
    return new SparseFile(bytes);
  }

  private static List<ZipLocal> locals(SparseFile file) throws IOException {
    ZipDirectory directory = ZipDirectory.read(file);
    List<ZipLocal> locals = new ArrayList<>();
    for (ZipEntry entry : directory.entries()) {
      locals.add(directory.local(entry, 0));
    }
    return locals;
  }
}
