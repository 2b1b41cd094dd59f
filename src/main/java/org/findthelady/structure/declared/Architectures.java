package org.findthelady.structure.declared;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;
import org.findthelady.structure.Structure;

/**
 * The architecture files at hand, and the choice among them for a checkpoint. Immutable; files that
 * are loaded come ahead of the built-in ones.
 */
public final class Architectures {
  private static final String FOLDER = "/conf/architectures/";
  private static final String INDEX = "index.txt";
  private static final int CLOSEST = 3;
  private static final int MOST_PROBLEMS = 20;

  private final Map<String, Architecture> byName;

  private Architectures(Map<String, Architecture> byName) {
    this.byName = byName;
  }

  /** The files in {@code conf/architectures} that the program was built with. */
  public static Architectures builtIn() {
    return BuiltIn.ALL;
  }

  /**
   * These and one more file; it takes the place of one of the same name.
   *
   * @param file its name, for messages
   * @param json the file; not closed
   * @throws UserException naming file and key if it breaks the format, or naming all mistakes that
   *     would make it silently wrong
   */
  public Architectures load(String file, InputStream json) {
    Architecture architecture = ArchitectureReader.read(file, json);
    List<String> problems = ArchitectureLinter.mistakes(architecture);
    if (!problems.isEmpty()) {
      throw new UserException(
          "%s: this architecture file has mistakes (%d):%s"
              .formatted(
                  file,
                  problems.size(),
                  problems.stream()
                      .limit(MOST_PROBLEMS)
                      .map(problem -> "\n  " + problem)
                      .collect(Collectors.joining())));
    }
    Map<String, Architecture> more = new LinkedHashMap<>();
    more.put(architecture.name(), architecture);
    byName.forEach(more::putIfAbsent);
    return new Architectures(more);
  }

  /** The names by which {@link #named} knows them. */
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  /**
   * The structure of a checkpoint, by config.json where that names an architecture, else by the
   * tensors' names and shapes.
   *
   * @param tensors name to shape
   * @param config config.json beside the checkpoint
   * @throws UserException if none fits, saying for the closest files what did not, or if several
   *     fit and mean different things
   */
  public Structure choose(Map<String, Shape> tensors, Optional<JsonNode> config) {
    List<ArchitectureFit> fits = new ArrayList<>();
    Map<String, Shape> ordered = Names.ordered(tensors); // Once, and not for each architecture.
    for (Architecture architecture : candidates(config)) {
      fits.add(ArchitectureFit.of(architecture, ordered, config));
    }
    List<ArchitectureFit> fitting =
        fits.stream().filter(fit -> fit.structure().isPresent()).toList();
    if (fitting.isEmpty()) {
      throw new UserException(
          "no architecture fits the %d tensors of this checkpoint; closest:%s"
              .formatted(tensors.size(), complaints(fits)));
    }
    Structure first = fitting.get(0).structure().orElseThrow();
    for (ArchitectureFit other : fitting) {
      if (!other.structure().orElseThrow().axes().equals(first.axes())) {
        throw new UserException(
            "more than one architecture fits this checkpoint, name one: "
                + fitting.stream()
                    .map(ArchitectureFit::architecture)
                    .collect(Collectors.joining(", ")));
      }
    }
    return first;
  }

  /**
   * The structure of a checkpoint by the architecture of that name, or that serves that model_type.
   *
   * @throws UserException if there is none or it does not fit, saying why not
   */
  public Structure named(String name, Map<String, Shape> tensors, Optional<JsonNode> config) {
    List<ArchitectureFit> fits =
        meant(name).stream().map(a -> ArchitectureFit.of(a, tensors, config)).toList();
    return fits.stream()
        .flatMap(fit -> fit.structure().stream())
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "the architecture %s does not fit its %d tensors:%s"
                        .formatted(name, tensors.size(), complaints(fits))));
  }

  /**
   * Makes sure that an architecture of that name, or for that model_type, is known.
   *
   * @throws UserException if none is
   */
  public void requireKnown(String name) {
    meant(name);
  }

  private List<Architecture> meant(String name) {
    List<Architecture> meant =
        byName.containsKey(name)
            ? List.of(byName.get(name))
            : byName.values().stream().filter(a -> a.modelTypes().contains(name)).toList();
    if (meant.isEmpty()) {
      throw new UserException("no architecture " + name + "; known: " + String.join(", ", names()));
    }
    return meant;
  }

  /** The files for the class that config.json names, else for its model_type, else all. */
  private List<Architecture> candidates(Optional<JsonNode> config) {
    if (config.isPresent()) {
      List<Architecture> byClass =
          byName.values().stream().filter(a -> a.hasClassOf(config.get())).toList();
      if (!byClass.isEmpty()) {
        return byClass;
      }
      List<Architecture> byType =
          byName.values().stream().filter(a -> a.isMeantBy(config.get())).toList();
      if (!byType.isEmpty()) {
        return byType;
      }
    }
    return List.copyOf(byName.values());
  }

  /** What does not fit, of the closest ones, a line each. */
  private static String complaints(List<ArchitectureFit> fits) {
    return fits.stream()
        .sorted(
            Comparator.comparingInt(ArchitectureFit::distance)
                .thenComparing(ArchitectureFit::architecture))
        .limit(CLOSEST)
        .map(fit -> "\n  " + fit.complaint())
        .collect(Collectors.joining());
  }

  /** Read once, on first use. */
  private static final class BuiltIn {
    static final Architectures ALL = readAll();

    private static Architectures readAll() {
      Map<String, Architecture> all = new LinkedHashMap<>();
      for (String file : index()) {
        try (InputStream stream = Architectures.class.getResourceAsStream(FOLDER + file)) {
          Architecture architecture = ArchitectureReader.read(file, stream);
          if (all.put(architecture.name(), architecture) != null) {
            throw new IllegalStateException("two architecture files for " + architecture.name());
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return new Architectures(all);
    }

    private static List<String> index() {
      try (InputStream stream = Architectures.class.getResourceAsStream(FOLDER + INDEX);
          BufferedReader reader =
              new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        return reader.lines().filter(line -> !line.isBlank()).toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
