package org.findthelady.registry;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.findthelady.core.UserException;

/**
 * Which versions of registered models are meant, written as MLflow's own URIs are: {@code
 * models:/NAME/3}, {@code models:/NAME/latest}, {@code models:/NAME/Production}, {@code
 * models:/NAME@champion}; and beside these {@code models:/NAME} for all versions of a model, {@code
 * models:/*} for all models, both with {@code ?KEY=VALUE} for those with that tag.
 *
 * @param name of the registered model; {@code *} for all
 * @param alias null if none is given
 * @param which a version, a stage or {@code latest}; null for all
 * @param tag that a version must have; null if none is given
 */
record VersionQuery(String name, String alias, String which, Tag tag) {
  static final String ALL = "*";
  private static final Pattern FORM =
      Pattern.compile("models:/+([^/@?]+)(?:@([^/?]+)|/([^/?]+))?(?:\\?([^=]+)=(.*))?");

  /** A tag with its value. */
  record Tag(String key, String value) {}

  /**
   * Parses a query.
   *
   * @throws UserException if it is none
   */
  static VersionQuery parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw notOne(text);
    }
    boolean ofOne = form.group(2) != null || form.group(3) != null;
    if (ofOne && form.group(1).equals(ALL)) {
      throw notOne(text);
    }
    Tag tag = form.group(4) == null ? null : new Tag(form.group(4), form.group(5));
    return new VersionQuery(form.group(1), form.group(2), form.group(3), tag);
  }

  private static UserException notOne(String text) {
    return new UserException(
        "'%s': must be models:/NAME, models:/NAME/VERSION, models:/NAME/STAGE, models:/NAME@ALIAS or models:/*, each with ?TAG=VALUE if wanted"
            .formatted(text));
  }

  /** The number of the version that is meant, if it is given as one. */
  Optional<String> version() {
    return Optional.ofNullable(which).filter(text -> text.matches("[0-9]+"));
  }

  boolean isLatest() {
    return "latest".equals(which);
  }

  /** Whether a version is one of those that are meant, but for {@link #isLatest}. */
  boolean fits(ModelVersion found) {
    boolean stage =
        which == null
            || isLatest()
            || version().isPresent()
            || found.stage().equalsIgnoreCase(which);
    return stage
        && version().map(found.version()::equals).orElse(true)
        && (tag == null || tag.value().equals(found.tags().get(tag.key())));
  }
}
