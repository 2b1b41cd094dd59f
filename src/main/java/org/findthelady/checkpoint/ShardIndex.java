package org.findthelady.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * Which shard of a Hugging Face folder holds which tensor: {@code model.safetensors.index.json} and
 * its like for other formats and names.
 *
 * @param shardOf tensor name to shard, in the order of the file
 */
public record ShardIndex(Map<String, String> shardOf) {
  private static final long MOST_BYTES = 100_000_000;
  private static final int MOST_NAMED = 20;

  /**
   * Reads an index; {@code metadata} and other fields are advisory and skipped.
   *
   * @throws CheckpointException if it is no index, or a shard's name is no plain file name
   */
  public static ShardIndex read(Store store, FileInfo file) throws IOException {
    if (file.length() > MOST_BYTES) {
      throw new CheckpointException(
          Reason.LIMIT,
          "%s: %d bytes, at most %d are read".formatted(file.path(), file.length(), MOST_BYTES));
    }
    byte[] json = new byte[(int) file.length()];
    try (SeekableInput input = store.open(file)) {
      input.readFully(0, json, 0, json.length);
    }
    Map<String, String> shardOf = null;
    try (JsonParser parser = StrictJson.parser(json, 0, json.length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed(file, "not a JSON object", null);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        if (field.equals("weight_map")) {
          shardOf = weightMap(file, parser);
        } else {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw malformed(file, "goes on behind its JSON object", null);
      }
    } catch (JacksonException | java.nio.charset.CharacterCodingException e) {
      throw malformed(file, "not JSON in UTF-8, or a name twice: " + e.getMessage(), e);
    }
    if (shardOf == null || shardOf.isEmpty()) {
      throw malformed(file, "no weight_map, or an empty one", null);
    }
    return new ShardIndex(java.util.Collections.unmodifiableMap(shardOf));
  }

  private static Map<String, String> weightMap(FileInfo file, JsonParser parser)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw malformed(file, "weight_map is not an object", null);
    }
    Map<String, String> shardOf = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String tensor = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw malformed(file, "the shard of tensor '%s' is not a string".formatted(tensor), null);
      }
      shardOf.put(tensor, plainName(file, tensor, parser.getText()));
    }
    return shardOf;
  }

  private static String plainName(FileInfo file, String tensor, String shard) {
    if (shard.isEmpty()
        || shard.equals(".")
        || shard.contains("..")
        || shard.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ')) {
      throw new CheckpointException(
          Reason.UNSAFE,
          "%s: tensor '%s' names the shard '%s', which is no plain file name"
              .formatted(file.path(), tensor, shard));
    }
    return shard;
  }

  /**
   * The index of a folder: the one of that name, else the only one with that ending.
   *
   * @param usual its customary name
   * @param ending of others, such as {@code .safetensors.index.json}
   * @return null if there is none, or several
   */
  public static FileInfo find(Store store, FileInfo folder, String usual, String ending)
      throws IOException {
    List<FileInfo> found = new ArrayList<>();
    for (FileInfo file : store.list(folder.path())) {
      if (!file.folder() && file.name().equals(usual)) {
        return file;
      }
      if (!file.folder() && file.name().endsWith(ending)) {
        found.add(file);
      }
    }
    return found.size() == 1 ? found.get(0) : null;
  }

  /**
   * One shard.
   *
   * @throws CheckpointException if it is not there
   */
  public static FileInfo shard(Store store, FileInfo folder, FileInfo index, String name)
      throws IOException {
    return store
        .stat(folder.path() + "/" + name)
        .filter(file -> !file.folder())
        .orElseThrow(
            () ->
                new CheckpointException(
                    Reason.MISSING, "%s: shard %s is not there".formatted(index.path(), name)));
  }

  /**
   * Refuses a folder with a single file of weights beside the shards: programs load one or the
   * other.
   *
   * @param single name of that file
   */
  public static void refuseSingle(Store store, FileInfo folder, FileInfo index, String single)
      throws IOException {
    if (store.stat(folder.path() + "/" + single).filter(file -> !file.folder()).isPresent()) {
      throw new CheckpointException(
          Reason.UNSAFE,
          ("%s: '%s' lies beside the shards of '%s', and programs load one or the other; name the"
                  + " file that is meant")
              .formatted(folder.path(), single, index.name()));
    }
  }

  /**
   * Compares the index with what the shards hold.
   *
   * @param file the index
   * @param foundIn tensor name to shard
   * @return a note on tensors that are not listed; empty if all are
   * @throws CheckpointException if a tensor is not where the index says
   */
  public Optional<String> checked(FileInfo file, Map<String, String> foundIn) {
    shardOf.forEach(
        (tensor, shard) -> {
          if (!shard.equals(foundIn.get(tensor))) {
            throw new CheckpointException(
                Reason.MALFORMED,
                "%s: tensor '%s' is not in its shard %s".formatted(file.path(), tensor, shard));
          }
        });
    List<String> unlisted =
        foundIn.keySet().stream().filter(t -> !shardOf.containsKey(t)).sorted().toList();
    return unlisted.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%d tensors are in a shard but not in the index: %s"
                .formatted(
                    unlisted.size(),
                    String.join(", ", unlisted.subList(0, Math.min(MOST_NAMED, unlisted.size())))));
  }

  /** The shards, sorted by name. */
  public SortedSet<String> shards() {
    return new TreeSet<>(shardOf.values());
  }

  private static CheckpointException malformed(FileInfo file, String what, Exception cause) {
    return new CheckpointException(Reason.MALFORMED, file.path() + ": " + what, cause);
  }
}
