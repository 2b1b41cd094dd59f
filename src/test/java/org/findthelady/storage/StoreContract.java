package org.findthelady.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.junit.jupiter.api.Test;

/** What every store must do, whatever lies below. */
abstract class StoreContract {
  /** A store and, in {@link #root}, an empty folder in it. */
  abstract Store store();

  abstract String root();

  private String at(String name) {
    return root() + "/" + name;
  }

  private void write(String name, String text) throws IOException {
    try (OutputStream out = store().create(at(name))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private String read(FileInfo file, long position, int count) throws IOException {
    byte[] bytes = new byte[count + 2];
    try (SeekableInput input = store().open(file)) {
      assertThat(input.length()).isEqualTo(file.length());
      assertThat(input.location()).isEqualTo(file.path());
      input.readFully(position, bytes, 1, count);
    }
    return new String(bytes, 1, count, StandardCharsets.UTF_8);
  }

  private FileInfo info(String name) throws IOException {
    return store().stat(at(name)).orElseThrow();
  }

  @Test
  void readsRangesOfWhatItWrote() throws IOException {
    write("deep/er/file", "0123456789");
    FileInfo file = info("deep/er/file");
    assertThat(file.length()).isEqualTo(10);
    assertThat(file.folder()).isFalse();
    assertThat(read(file, 3, 4)).isEqualTo("3456");
    assertThat(read(file, 0, 10)).isEqualTo("0123456789");
    assertThat(info("deep/er").folder()).isTrue();
    assertThat(info("deep/er").length()).isZero();
    assertThat(store().stat(at("none"))).isEmpty();
    assertThat(store().stat(at("deep/er/file/below"))).isEmpty();
  }

  @Test
  void readingBeyondTheEndFails() throws IOException {
    write("file", "0123456789");
    assertThatThrownBy(() -> read(info("file"), 8, 3)).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> read(info("file"), 1L << 40, 1)).isInstanceOf(EOFException.class);
  }

  @Test
  void createRefusesWhatIsThere() throws IOException {
    write("file", "old");
    assertThatThrownBy(() -> write("file", "new"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("file");
    assertThat(read(info("file"), 0, 3)).isEqualTo("old");
  }

  @Test
  void openNoticesThatTheFileChanged() throws IOException {
    write("file", "planned");
    FileInfo planned = info("file");
    store().delete(at("file"));
    write("file", "something longer");
    assertThatThrownBy(() -> store().open(planned))
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.CHANGED_DURING_RUN))
        .hasMessageContaining("7 bytes")
        .hasMessageContaining("16 bytes");
    FileInfo now = info("file");
    FileInfo otherTime = new FileInfo(now.path(), now.length(), now.modifiedMillis() - 1, false);
    assertThatThrownBy(() -> store().open(otherTime)).isInstanceOf(CheckpointException.class);
    store().delete(at("file"));
    assertThatThrownBy(() -> store().open(now)).isInstanceOf(java.io.FileNotFoundException.class);
  }

  @Test
  void listsChildrenSortedByPath() throws IOException {
    write("b", "1");
    write("a/inner", "22");
    write("c", "333");
    List<FileInfo> children = store().list(root());
    assertThat(children).extracting(FileInfo::name).containsExactly("a", "b", "c");
    assertThat(children).extracting(FileInfo::folder).containsExactly(true, false, false);
    assertThat(children).extracting(FileInfo::length).containsExactly(0L, 1L, 3L);
    assertThatThrownBy(() -> store().list(at("none")))
        .isInstanceOf(java.io.FileNotFoundException.class);
  }

  @Test
  void namesMayHoldAnything() throws IOException {
    List<String> names =
        List.of("white space", "100%25 ünïcode 模型", "[brackets]", "st*r?", "{a,b}", "a#b&c=d+e");
    for (String name : names) {
      write("odd/" + name, name);
    }
    assertThat(store().list(at("odd")))
        .extracting(FileInfo::name)
        .containsExactlyInAnyOrderElementsOf(names);
    for (FileInfo file : store().list(at("odd"))) {
      assertThat(read(file, 0, (int) file.length())).isEqualTo(file.name());
      assertThat(store().stat(file.path())).contains(file);
    }
  }

  @Test
  void globsBySegments() throws IOException {
    for (String name : List.of("m/1/x.pt", "m/2/x.pt", "m/2/y.pt", "m/10/x.bin", "n/1/x.pt")) {
      write(name, name);
    }
    String prefix = info("m").path() + "/";
    assertThat(store().glob(at("m/*/*.pt")))
        .extracting(f -> f.path().substring(prefix.length()))
        .containsExactly("1/x.pt", "2/x.pt", "2/y.pt");
    assertThat(store().glob(at("m/[12]/{x,z}.*")))
        .extracting(f -> f.path().substring(prefix.length()))
        .containsExactly("1/x.pt", "2/x.pt");
    assertThat(store().glob(at("m/?")))
        .extracting(FileInfo::name, FileInfo::folder)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("1", true),
            org.assertj.core.groups.Tuple.tuple("2", true));
    assertThat(store().glob(at("m/2/x.pt"))).hasSize(1);
    assertThat(store().glob(at("none/*"))).isEmpty();
    assertThat(store().glob(at("m/1/none"))).isEmpty();
  }

  @Test
  void supersedesWhatIsThereAndNothingIfThereIsNothing() throws IOException {
    write("staged/file", "new");
    write("staged/folder/x", "x");
    write("seen/file", "old");
    write("seen/folder/y", "y");
    store().supersede(at("staged/file"), at("seen/file"));
    store().supersede(at("staged/folder"), at("seen/folder"));
    assertThat(read(info("seen/file"), 0, 3)).isEqualTo("new");
    assertThat(read(info("seen/folder/x"), 0, 1)).isEqualTo("x");
    assertThat(store().stat(at("seen/folder/y"))).isEmpty();
    assertThat(store().stat(at("staged/file"))).isEmpty();
    assertThatThrownBy(() -> store().supersede(at("staged/file"), at("seen/file")))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> store().supersede(at("staged/folder"), at("seen/folder")))
        .isInstanceOf(IOException.class);
    assertThat(read(info("seen/file"), 0, 3)).isEqualTo("new");
    assertThat(read(info("seen/folder/x"), 0, 1)).isEqualTo("x");
    write("staged/file", "more");
    store().supersede(at("staged/file"), at("another/place"));
    assertThat(read(info("another/place"), 0, 4)).isEqualTo("more");
  }

  @Test
  void renameRefusesAnExistingTarget() throws IOException {
    write("a/file", "a");
    write("b/file", "b");
    assertThatThrownBy(() -> store().rename(at("a/file"), at("b/file")))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> store().rename(at("a"), at("b"))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> store().rename(at("none"), at("c"))).isInstanceOf(IOException.class);
    store().rename(at("a/file"), at("new/folder/file"));
    assertThat(read(info("new/folder/file"), 0, 1)).isEqualTo("a");
    assertThat(store().stat(at("a/file"))).isEmpty();
    store().rename(at("new"), at("moved"));
    assertThat(read(info("moved/folder/file"), 0, 1)).isEqualTo("a");
    assertThat(read(info("b/file"), 0, 1)).isEqualTo("b");
  }

  @Test
  void deletesFoldersWithAllInThem() throws IOException {
    write("a/b/file", "a");
    store().delete(at("a"));
    store().delete(at("a"));
    assertThat(store().stat(at("a"))).isEmpty();
    assertThat(store().stat(root())).isPresent();
  }

  @Test
  void travelsAsPropertiesOnly() throws Exception {
    HadoopStore store = new HadoopStore(Map.of("fs.s3a.endpoint", "http://localhost:1"));
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    try (java.io.ObjectOutputStream out = new java.io.ObjectOutputStream(bytes)) {
      out.writeObject(store);
    }
    assertThat(bytes.size()).isLessThan(600);
  }
}
