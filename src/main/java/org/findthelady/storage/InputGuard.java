package org.findthelady.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.findthelady.core.Location;
import org.findthelady.core.UserException;

/** Keeps what is written away from what is read. */
public final class InputGuard {
  private InputGuard() {}

  /**
   * An output may not be an input or lie inside one, links of the local machine followed.
   *
   * @throws UserException if it is or does
   */
  public static void requireOutside(String output, Collection<String> inputs) {
    Location named = Location.of(output);
    Location real = real(named);
    for (String given : inputs) {
      Location input = Location.of(given);
      boolean folder = input.isLocal() && Files.isDirectory(Path.of(input.path()));
      if (named.isInside(input) || (folder && real.isInside(real(input)))) {
        throw new UserException(output + ": is the input " + given + " or inside it");
      }
    }
  }

  /**
   * An input may not lie where something is removed, links of the local machine followed.
   *
   * @param why it is removed, for people
   * @throws UserException if it does
   */
  public static void requireApart(Collection<String> inputs, String cleared, String why) {
    Location named = Location.of(cleared);
    Location real = real(named);
    for (String given : inputs) {
      Location input = Location.of(given);
      if (input.isInside(named) || real(input).isInside(real)) {
        throw new UserException("%s: is inside %s, %s".formatted(given, cleared, why));
      }
    }
  }

  /** Where a local place is once all links above it are followed; it need not be there. */
  private static Location real(Location place) {
    if (!place.isLocal()) {
      return place;
    }
    Path path = Path.of(place.path());
    Path there = path;
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return new Location(there.toRealPath().resolve(there.relativize(path)).toString());
    } catch (IOException e) {
      return place; // It went away, or may not be looked at: then nothing can be written there.
    }
  }
}
