package org.findthelady.checkpoint.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.TensorInfo;

/**
 * A GGUF model in parts, {@code NAME-00001-of-00003.gguf}: the first has the key-value pairs, every
 * one its number, the number of parts and the number of all tensors.
 *
 * @param count of parts, from the files' names
 */
record GgufParts(Store store, FileInfo folder, String name, int count) {
  private static final Pattern PART = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");
  private static final String NUMBER = "split.no";
  private static final String COUNT = "split.count";
  private static final String TENSORS = "split.tensors.count";

  /** The model that a file is named as a part of; a file that is not one stands alone. */
  static Optional<GgufParts> around(Store store, FileInfo file) throws IOException {
    Matcher part = PART.matcher(file.name());
    String folder = file.path().substring(0, Math.max(0, file.path().lastIndexOf('/')));
    if (!part.matches() || Integer.parseInt(part.group(3)) < 2) {
      return Optional.empty();
    }
    try (SeekableInput input = store.open(file)) {
      if (!GgufHeader.read(input).values().containsKey(COUNT)) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new GgufParts(
            store,
            new FileInfo(folder, 0, 0, true),
            part.group(1),
            Integer.parseInt(part.group(3))));
  }

  /**
   * Looks whether a file that is not named as a part is one.
   *
   * @throws CheckpointException with MISSING if its header says so: the other parts are not known
   */
  static void requireWhole(FileInfo file, GgufHeader header) {
    String parts = header.values().getOrDefault(COUNT, "1");
    if (!parts.equals("0") && !parts.equals("1")) {
      throw new CheckpointException(
          Reason.MISSING,
          "%s: by its header a part (%s, from 0) of a model in %s parts, of %d tensors of %s; parts are found by names such as NAME-00001-of-00003.gguf"
              .formatted(
                  file.path(),
                  header.values().getOrDefault(NUMBER, "?"),
                  parts,
                  header.tensors().size(),
                  header.values().getOrDefault(TENSORS, "?")));
    }
  }

  /** The model of a folder whose GGUF files are all parts of one. */
  static Optional<GgufParts> inFolder(Store store, FileInfo folder) throws IOException {
    Set<String> models = new TreeSet<>();
    GgufParts found = null;
    for (FileInfo file : store.list(folder.path())) {
      if (!file.folder() && file.name().endsWith(".gguf")) {
        Matcher part = PART.matcher(file.name());
        if (!part.matches() || (!models.isEmpty() && !models.contains(part.group(1)))) {
          return Optional.empty();
        }
        models.add(part.group(1));
        found = new GgufParts(store, folder, part.group(1), Integer.parseInt(part.group(3)));
      }
    }
    return Optional.ofNullable(found).filter(parts -> parts.count > 1);
  }

  private String path(int number) {
    return String.format(
        Locale.ROOT, "%s/%s-%05d-of-%05d.gguf", folder.path(), name, number + 1, count);
  }

  /**
   * Reads all parts.
   *
   * @throws CheckpointException with MISSING if one is not there, MALFORMED if one is of another
   *     model
   */
  Checkpoint read() throws IOException {
    List<FileInfo> files = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      String path = path(number);
      files.add(
          store
              .stat(path)
              .filter(f -> !f.folder())
              .orElseThrow(
                  () -> new CheckpointException(Reason.MISSING, path + ": the part is not there")));
    }
    List<TensorInfo> tensors = new ArrayList<>();
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, Integer> foundIn = new HashMap<>();
    for (int number = 0; number < count; number++) {
      try (SeekableInput input = store.open(files.get(number))) {
        GgufHeader header = GgufHeader.read(input);
        check(number, header, values);
        header.values().forEach(values::putIfAbsent);
        for (TensorInfo tensor : header.tensors()) {
          Integer other = foundIn.put(tensor.name(), number);
          if (other != null) {
            throw new CheckpointException(
                Reason.UNSAFE,
                "%s: tensor '%s' is in %s too".formatted(path(number), tensor.name(), path(other)));
          }
          tensors.add(
              new TensorInfo(
                  tensor.name(),
                  tensor.dtype(),
                  tensor.shape(),
                  number,
                  tensor.offset(),
                  tensor.length()));
        }
      }
    }
    String said = values.get(TENSORS);
    if (said != null && !said.equals(Integer.toString(tensors.size()))) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "%s: its parts hold %d tensors, %s are said to be there: one is of another model"
              .formatted(path(0), tensors.size(), said));
    }
    return new Checkpoint(folder, GgufFormat.NAME, files, tensors, values, List.of());
  }

  /** Whether a part says of itself what its name says, and the same as those before it. */
  private void check(int number, GgufHeader header, Map<String, String> before) {
    Map<String, String> values = header.values();
    foreign(number, NUMBER, values.get(NUMBER), Integer.toString(number));
    foreign(number, COUNT, values.get(COUNT), Integer.toString(count));
    if (number > 0) {
      foreign(number, TENSORS, values.get(TENSORS), before.get(TENSORS));
      boolean big = before.containsKey(GgufHeader.BIG_ENDIAN);
      if (values.containsKey(GgufHeader.BIG_ENDIAN) != big) {
        throw new CheckpointException(
            Reason.MALFORMED, path(number) + ": another byte order than the parts before it");
      }
    }
  }

  private void foreign(int number, String key, String said, String expected) {
    if (said == null || !said.equals(expected)) {
      throw new CheckpointException(
          Reason.MALFORMED,
          "%s: is no part of this model: %s is %s, not %s"
              .formatted(path(number), key, said, expected));
    }
  }
}
