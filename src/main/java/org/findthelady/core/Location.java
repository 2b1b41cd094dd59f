package org.findthelady.core;

import java.io.Serializable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place where files lie: an absolute local path, or one with a scheme such as {@code
 * s3a://bucket/model}. A text has a scheme if {@code ://} follows it; all else is local, also a
 * name with a colon in it. {@code file:} is local too and is left out.
 *
 * @param path absolute and without {@code .} and {@code ..} if it is local; no slash at its end
 */
public record Location(String path) implements Serializable {
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*", Pattern.DOTALL);

  public Location {
    Objects.requireNonNull(path, "path");
  }

  /**
   * A place as users write it; a local path counts from the working folder on.
   *
   * @throws UserException if it cannot be a path
   */
  public static Location of(String given) {
    if (!isLocal(given)) {
      return new Location(withoutLastSlashes(given));
    }
    try {
      return new Location(Path.of(plain(given)).toAbsolutePath().normalize().toString());
    } catch (InvalidPathException e) {
      throw new UserException("not a file name: " + given, e);
    }
  }

  /** Whether a text has no scheme, or the scheme {@code file}. */
  public static boolean isLocal(String given) {
    return given.startsWith("file:") || !SCHEME.matcher(given).matches();
  }

  /** A local path without {@code file:} and the host that may follow it. */
  private static String plain(String given) {
    if (!given.startsWith("file:")) {
      return given;
    }
    String plain = given.substring("file:".length());
    if (!plain.startsWith("//")) {
      return plain;
    }
    int slash = plain.indexOf('/', 2);
    return slash < 0 ? "/" : plain.substring(slash);
  }

  private static String withoutLastSlashes(String text) {
    int end = text.length();
    int least = text.indexOf("://") + 3;
    while (end > least && text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(0, end);
  }

  /** In small letters; {@code file} for a local path. */
  public String scheme() {
    Matcher matcher = SCHEME.matcher(path);
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "file";
  }

  public boolean isLocal() {
    return isLocal(path);
  }

  /** The last part of the path. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The folder above; a bucket or the root has itself. */
  public Location parent() {
    int slash = path.lastIndexOf('/');
    int first = isLocal() ? 0 : path.indexOf("://") + 3;
    if (slash < first) {
      return this;
    }
    return new Location(slash == 0 ? "/" : path.substring(0, slash));
  }

  /** Another place: as it is if it is absolute or has a scheme, else below this folder. */
  public Location resolve(String other) {
    if (other.startsWith("/") || other.startsWith("file:") || !isLocal(other)) {
      return of(other);
    }
    return of(path + "/" + other);
  }

  /** Whether this is that place or lies below it. */
  public boolean isInside(Location folder) {
    String above = folder.path.endsWith("/") ? folder.path : folder.path + "/";
    return path.equals(folder.path) || path.startsWith(above);
  }

  @Override
  public String toString() {
    return path;
  }
}
