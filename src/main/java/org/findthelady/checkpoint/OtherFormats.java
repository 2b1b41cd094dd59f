package org.findthelady.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Files that are recognised and not read, with what to do about it: checkpoints of other programs
 * and archives by their names, what a download left in the place of a file by its first bytes.
 */
final class OtherFormats {
  /** First bytes that are enough to tell all of them. */
  static final int HEAD_BYTES = 512;

  private static final int TAR_MAGIC = 257;

  /** Fewer characters may begin any file. */
  private static final int SHORTEST_TEXT = 12;

  private static final int NAMED = 8;

  /** Meta's and Megatron's names of what one rank holds. */
  private static final Pattern RANK =
      Pattern.compile("consolidated\\.\\d+\\.pth|(mp|tp)_rank_\\d+.*");

  private static final Pattern SHARD = Pattern.compile(".*-\\d{5}-of-\\d{5}\\.\\w+");
  private static final Pattern BUNDLE = Pattern.compile(".*\\.(index|data-\\d{5}-of-\\d{5})");

  private static final String BUNDLED =
      "a part of a TensorFlow checkpoint, which is not read; load it in TensorFlow and save the"
          + " model as .keras or .h5";
  private static final String TAR =
      "a tar archive, which is not read; unpack it and name the checkpoint in it";
  private static final String PADDLE =
      "Paddle's format, which is not read; load it with paddle.load and save the arrays as"
          + " safetensors";

  private static final Map<String, String> BY_ENDING = new LinkedHashMap<>();

  static {
    String distributed =
        "a part of a distributed checkpoint of PyTorch (FSDP), which is not read; join its parts"
            + " with torch.distributed.checkpoint.format_utils";
    BY_ENDING.put(
        ".msgpack",
        "Flax's msgpack, which is not read; load it with flax.serialization.msgpack_restore and"
            + " save the arrays as safetensors");
    BY_ENDING.put(".distcp", distributed);
    BY_ENDING.put(
        "saved_model.pb",
        "a TensorFlow SavedModel, which is not read; load it in TensorFlow and save the model as"
            + " .keras or .h5");
    BY_ENDING.put(".pb", "a TensorFlow graph, which is not read; save the model as .keras or .h5");
    BY_ENDING.put(".mlmodel", "Core ML's format, which is not read; export the model to ONNX");
    BY_ENDING.put(".pdparams", PADDLE);
    BY_ENDING.put(".pdiparams", PADDLE);
    BY_ENDING.put(".pdmodel", PADDLE);
    BY_ENDING.put(".ot", "Rust's tch archive, which is not read; convert it to safetensors");
    BY_ENDING.put(
        ".nemo",
        "NeMo's tar archive, which is not read; unpack it with tar and name model_weights.ckpt");
    BY_ENDING.put(".tar", TAR);
    BY_ENDING.put(".tar.gz", TAR);
    BY_ENDING.put(".tgz", TAR);
  }

  private OtherFormats() {}

  /** What a file of that name is; null if nothing is known. */
  static String of(String name) {
    if (BUNDLE.matcher(name).matches()) {
      return BUNDLED;
    }
    return BY_ENDING.entrySet().stream()
        .filter(entry -> name.endsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  /** What several checkpoints of one folder may be, ahead of their names. */
  static String several(List<String> names) {
    if (names.stream().allMatch(name -> RANK.matcher(name).matches())) {
      return "parts of one model split over ranks, which are not joined; convert it with the"
          + " program that wrote it:";
    }
    return names.stream().allMatch(name -> SHARD.matcher(name).matches())
        ? "shards of one model without the index that lists them, such as"
            + " model.safetensors.index.json:"
        : "name one of";
  }

  /** What folders that lie in one without a checkpoint may be; empty if there are none. */
  static String below(List<String> folders) {
    List<String> ranks = folders.stream().filter(name -> RANK.matcher(name).matches()).toList();
    if (!ranks.isEmpty()) {
      return "; '%s' is a part of one model split over ranks, which are not joined; convert it with the program that wrote it"
          .formatted(ranks.get(0));
    }
    return folders.isEmpty()
        ? ""
        : folders.stream()
            .sorted()
            .limit(NAMED)
            .collect(Collectors.joining("', '", "; it may be in a folder of it: name '", "'"));
  }

  /** Whether a file begins as a pointer of Git LFS (its specification, version 1). */
  static boolean isPointer(byte[] head) {
    return new String(head, StandardCharsets.ISO_8859_1)
        .startsWith("version https://git-lfs.github.com/spec/");
  }

  /** What lies in the place of a file, by its first bytes: never a checkpoint. */
  static Optional<String> inPlaceOf(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (isPointer(head)) {
      return Optional.of(
          "a pointer of Git LFS that stands for a file; fetch the file itself with 'git lfs pull'");
    }
    String plain = text.replaceFirst("^(\u00ef\u00bb\u00bf)?\\s*", "").toLowerCase(Locale.ROOT);
    boolean page = plain.startsWith("<!doctype html") || plain.startsWith("<html");
    boolean message = plain.startsWith("{\"error\"") || plain.startsWith("<?xml");
    if (page || message) {
      return Optional.of(
          "%s, most likely a server's answer instead of the file; download it again"
              .formatted(
                  page
                      ? "a web page (HTML)"
                      : "a message in " + (plain.startsWith("{") ? "JSON" : "XML")));
    }
    return Optional.empty();
  }

  /** That a file is text, with its beginning; empty if it is not. */
  static Optional<String> text(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    return isText(text)
        ? Optional.of(
            "text ('%s'), perhaps a server's answer instead of the file"
                .formatted(text.strip().replaceFirst("(?s)(.{40}).+", "$1..")))
        : Optional.empty();
  }

  /** Whether nothing but printed characters and white space of ASCII is there. */
  private static boolean isText(String head) {
    return head.strip().length() >= SHORTEST_TEXT
        && head.chars()
            .allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\n' || c == '\r' || c == '\t');
  }

  /** What archive a file is that no format reads; empty if it is none. */
  static Optional<String> archive(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("ustar", TAR_MAGIC)) {
      return Optional.of(TAR);
    }
    String how = null;
    if (text.startsWith("PK\3\4")) {
      how = "a zip archive";
    } else if (text.startsWith("\u001f\u008b\b")) {
      how = "compressed with gzip";
    } else if (text.startsWith("(\u00b5/\u00fd")) {
      how = "compressed with zstd";
    } else if (text.startsWith("\u00fd7zXZ")) {
      how = "compressed with xz";
    } else if (text.startsWith("BZh")) {
      how = "compressed with bzip2";
    } else if (text.startsWith("7z\u00bc\u00af")) {
      how = "a 7z archive";
    }
    return Optional.ofNullable(how)
        .map(what -> what + ", which is not read; unpack it and name the checkpoint in it");
  }
}
