package org.findthelady.pair;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.core.UserException;
import org.findthelady.match.AssignMode;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.rows.EvidenceMode;
import org.findthelady.storage.DigestingStore;

/** Reads matching settings as users write them. */
public final class MatchSettings {
  /**
   * Settings as users write them.
   *
   * @param evidence {@code all} or {@code incoming}
   * @param assign {@code one-to-one} or {@code argmax}
   * @param seed of what matching draws at random
   */
  public record Given(String evidence, String assign, long seed) {
    /** What commands and job files take where nothing is said. */
    public static final Given DEFAULTS = new Given("all", "one-to-one", 1);
  }

  private MatchSettings() {}

  /**
   * Reads settings.
   *
   * @throws UserException if a word is not known
   */
  public static MatchOptions options(Given given) {
    return options(given.evidence(), given.assign(), given.seed());
  }

  /**
   * @param evidence {@code all} or {@code incoming}
   * @param assign {@code one-to-one} or {@code argmax}
   * @throws UserException if it is neither
   */
  public static MatchOptions options(String evidence, String assign, long seed) {
    return MatchOptions.defaults()
        .withEvidence(value(EvidenceMode.class, "evidence", evidence))
        .withAssign(value(AssignMode.class, "assign", assign))
        .withSeed(seed);
  }

  /**
   * The seed of one pair's sketches: the given one mixed with where the files of both sides lie,
   * how long they are and when they were written, which whoever made a suspect cannot know. A rerun
   * on the same files draws the same.
   */
  static long seed(long given, Checkpoint reference, Checkpoint suspect) {
    StringBuilder text = new StringBuilder().append(given);
    for (Checkpoint side : List.of(reference, suspect)) {
      side.files().forEach(file -> text.append('\n').append(file.stamp()));
    }
    return Long.parseUnsignedLong(DigestingStore.sha256(text.toString()).substring(0, 16), 16);
  }

  /**
   * What results depend on, for a run's id and its summary. Settings that users cannot give stand
   * there only where they differ from those that come with the others; {@link MatchOptions#sketch}
   * never changes a result.
   */
  public static SortedMap<String, String> described(MatchOptions options) {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("evidence", written(options.evidence()));
    settings.put("assign", written(options.assign()));
    settings.put("seed", Long.toString(options.seed()));
    MatchOptions usual =
        MatchOptions.defaults().withEvidence(options.evidence()).withAssign(options.assign());
    if (options.refine() != usual.refine()) {
      settings.put("refine", Boolean.toString(options.refine()));
    }
    if (options.blockBytes() != usual.blockBytes()) {
      settings.put("blockBytes", Long.toString(options.blockBytes()));
    }
    return settings;
  }

  private static <E extends Enum<E>> E value(Class<E> type, String setting, String text) {
    for (E value : type.getEnumConstants()) {
      if (written(value).equals(text)) {
        return value;
      }
    }
    StringBuilder known = new StringBuilder();
    for (E value : type.getEnumConstants()) {
      known.append(known.isEmpty() ? "" : ", ").append(written(value));
    }
    throw new UserException("%s: '%s' is not one of %s".formatted(setting, text, known));
  }

  private static String written(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
