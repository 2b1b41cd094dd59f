package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.zip.ZipDirectory;
import org.findthelady.checkpoint.zip.ZipEntry;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * The archive that {@code torch.save} writes since 1.6: {@code TOP/data.pkl}, {@code TOP/data/KEY}
 * for each storage, {@code TOP/version}, {@code TOP/byteorder}; entries stored, data aligned to 64
 * bytes.
 *
 * <p>Local headers lie beside the storages all over the file. Of a small archive, or one whose
 * layout is not PyTorch's own, all are compared with the directory at once; of a large one each is
 * compared before its storage's first byte is used, so that opening it takes a few requests.
 */
final class TorchArchive {
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final long SMALL_BYTES = 8 << 20;
  private static final int FEW_ENTRIES = 16;
  private static final int WINDOW_BYTES = 1 << 20;
  private static final int COPY_BYTES = 1 << 16;
  private static final int PRELOADED_BYTES = 64 << 20;

  private final SeekableInput file;
  private final ZipDirectory directory;
  private final ZipEntry pickle;
  private final String top;
  private final Map<String, ZipEntry> storages = new LinkedHashMap<>();
  private boolean bigEndian;

  private TorchArchive(SeekableInput file) throws IOException {
    this.file = file;
    this.directory = ZipDirectory.read(file);
    this.pickle = pickle();
    this.top = pickle.name().substring(0, pickle.name().indexOf('/') + 1);
    sortEntries();
  }

  /**
   * Opens an archive.
   *
   * @throws CheckpointException if it is not PyTorch's, or breaks its rules
   */
  static TorchArchive open(SeekableInput file) throws IOException {
    return new TorchArchive(file);
  }

  ZipDirectory directory() {
    return directory;
  }

  /** The storages' entries by key, in the order of the directory. */
  Map<String, ZipEntry> storages() {
    return storages;
  }

  /** Reads the pickle and finds its tensors. */
  TensorTable tensors() throws IOException {
    boolean small = file.length() <= SMALL_BYTES || directory.entries().size() <= FEW_ENTRIES;
    Map<String, Long> data = new HashMap<>();
    boolean checked = small || !assumed(data);
    if (checked) {
      for (ZipEntry entry : directory.entries()) {
        data.put(entry.name(), directory.local(entry, small ? WINDOW_BYTES : 0).data());
      }
    }
    long start = directory.local(pickle, WINDOW_BYTES).data();
    int preloaded = (int) Math.min(pickle.size(), PRELOADED_BYTES);
    SeekableInput pickled = new PreloadedRange(file, start, preloaded);
    checkCrc(pickled, start);
    TorchBindings bindings = new TorchBindings();
    PickleInput input = new PickleInput(pickled, "data.pkl", start, start + pickle.size());
    Value object = PickleMachine.run(input, bindings);
    List<String> notes = new ArrayList<>();
    List<PlacedTensor> tensors = new ArrayList<>();
    checkSizes(bindings);
    NamedTensors.of(file.location(), object, notes)
        .forEach((name, view) -> tensors.add(place(name, view, data)));
    bindings.unknown().forEach(name -> notes.add("class " + name + " was not interpreted"));
    storages.keySet().stream()
        .filter(key -> !bindings.storages().containsKey(key))
        .forEach(key -> notes.add("storage '" + key + "' belongs to no tensor"));
    if (input.remaining() > 0) {
      notes.add(input.remaining() + " bytes behind the end of data.pkl's pickle are ignored");
    }
    return new TensorTable(tensors, notes, checked ? TensorTable.Check.NONE : lateCheck(data));
  }

  private ZipEntry pickle() {
    ZipEntry found = null;
    for (ZipEntry entry : directory.entries()) {
      String name = entry.name();
      if (!name.equals("data.pkl") && !name.endsWith("/data.pkl")) {
        continue;
      }
      if (found != null) {
        throw refusal(Reason.UNSAFE, "two pickles, '%s' and '%s'".formatted(found.name(), name));
      }
      found = entry;
    }
    if (found == null) {
      throw refusal(
          Reason.UNSUPPORTED,
          "a zip archive without data.pkl; if a checkpoint is in it, unpack it and name that");
    }
    if (found.name().chars().filter(c -> c == '/').count() != 1) {
      throw refusal(Reason.MALFORMED, "'%s' is not in one top folder".formatted(found.name()));
    }
    return found;
  }

  private void sortEntries() throws IOException {
    for (ZipEntry entry : directory.entries()) {
      String name = entry.name();
      if (!name.startsWith(top)) {
        throw refusal(Reason.UNSAFE, "entry '%s' is outside '%s'".formatted(name, top));
      }
      String inside = name.substring(top.length());
      if (inside.equals("constants.pkl") || inside.startsWith("code/")) {
        throw refusal(
            Reason.UNSUPPORTED,
            "a TorchScript archive (it has '%s'); save its state_dict instead".formatted(name));
      }
      if (entry.method() != ZipEntry.STORED) {
        throw refusal(
            Reason.UNSUPPORTED,
            "entry '%s' is compressed (method %d); PyTorch stores".formatted(name, entry.method()));
      }
      if (inside.startsWith("data/")) {
        storages.put(inside.substring("data/".length()), entry);
      } else if (inside.equals("byteorder")) {
        bigEndian = bigEndian(entry);
      }
    }
  }

  private boolean bigEndian(ZipEntry entry) throws IOException {
    if (entry.size() <= ALIGNMENT) {
      byte[] word = new byte[(int) entry.size()];
      file.readFully(directory.local(entry, 0).data(), word, 0, word.length);
      switch (new String(word, StandardCharsets.UTF_8)) {
        case "little" -> {
          return false;
        }
        case "big" -> {
          return true;
        }
        default -> {
          // Refused below like an entry that is too long.
        }
      }
    }
    throw refusal(Reason.MALFORMED, "byteorder is neither 'little' nor 'big'");
  }

  /** Where PyTorch's own writer puts the data; false if this file cannot be one of its. */
  private boolean assumed(Map<String, Long> data) {
    for (ZipEntry entry : directory.entries()) {
      boolean described = (entry.flags() & 1 << 3) != 0;
      int descriptor = described ? (entry.zip64() ? 24 : 16) : 0;
      long start = entry.end() - descriptor - entry.compressed();
      long headers =
          (long) LOCAL_HEADER_BYTES + entry.name().getBytes(StandardCharsets.UTF_8).length;
      if (start % ALIGNMENT != 0 || start < entry.position() + headers) {
        return false;
      }
      data.put(entry.name(), start);
    }
    return true;
  }

  private TensorTable.Check lateCheck(Map<String, Long> data) {
    Set<String> checked = new HashSet<>();
    return tensor -> {
      String key = tensor.view().storage().key();
      if (checked.contains(key)) {
        return;
      }
      ZipEntry entry = storages.get(key);
      long really = directory.local(entry, 0).data();
      long assumed = data.get(entry.name());
      if (really != assumed) {
        throw refusal(
            Reason.UNSAFE,
            "data of '%s' start at %d, the layout says %d"
                .formatted(entry.name(), really, assumed));
      }
      checked.add(key);
    };
  }

  private void checkCrc(SeekableInput pickled, long start) throws IOException {
    CRC32 crc = new CRC32();
    byte[] part = new byte[COPY_BYTES];
    for (long done = 0; done < pickle.size(); done += part.length) {
      int count = (int) Math.min(part.length, pickle.size() - done);
      pickled.readFully(start + done, part, 0, count);
      crc.update(part, 0, count);
    }
    if (crc.getValue() != pickle.crc()) {
      throw refusal(
          Reason.MALFORMED,
          "entry '%s' has CRC %08x, the directory says %08x"
              .formatted(pickle.name(), crc.getValue(), pickle.crc()));
    }
  }

  private void checkSizes(TorchBindings bindings) {
    for (StorageRef storage : bindings.storages().values()) {
      ZipEntry entry = storages.get(storage.key());
      if (entry == null) {
        throw refusal(
            Reason.MALFORMED, "storage '%s' is not in the archive".formatted(storage.key()));
      }
      long needed = Math.multiplyExact(storage.elements(), (long) storage.dtype().blockBytes());
      if (needed != entry.size()) {
        throw refusal(
            Reason.MALFORMED,
            "storage '%s' has %d bytes, the pickle says %d"
                .formatted(storage.key(), entry.size(), needed));
      }
    }
  }

  private PlacedTensor place(String name, TensorView view, Map<String, Long> data) {
    ZipEntry entry = storages.get(view.storage().key());
    return PlacedTensor.of(
        file.location(),
        name,
        view,
        data.get(entry.name()),
        entry.size(),
        file.length(),
        bigEndian);
  }

  private CheckpointException refusal(Reason reason, String message) {
    return new CheckpointException(reason, file.location() + ": " + message);
  }
}
