package org.findthelady.align;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.findthelady.core.TensorInfo;

/** The ways of naming tensors that the program was built with: {@code conf/names}. */
final class Vocabularies {
  private static final String FOLDER = "/conf/names/";
  private static final List<Vocabulary> ALL = readAll();

  private Vocabularies() {}

  /** The vocabulary that knows most of the names; none if none knows any. */
  static Optional<Vocabulary> of(List<TensorInfo> tensors) {
    Vocabulary best = null;
    long most = 0;
    for (Vocabulary vocabulary : ALL) {
      long known =
          tensors.stream()
              .filter(t -> vocabulary.ignores(t.name()) || vocabulary.common(t.name()).isPresent())
              .count();
      if (known > most) {
        best = vocabulary;
        most = known;
      }
    }
    return Optional.ofNullable(best);
  }

  /**
   * A file of {@code conf/names}.
   *
   * @param about for people
   */
  private record Written(
      String name,
      String about,
      Map<String, String> tensors,
      Map<String, String> endings,
      List<String> ignored,
      Map<String, String> config) {}

  private static List<Vocabulary> readAll() {
    try (InputStream index = Vocabularies.class.getResourceAsStream(FOLDER + "index.txt")) {
      List<Vocabulary> all = new ArrayList<>();
      for (String file :
          new String(index.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        try (InputStream json = Vocabularies.class.getResourceAsStream(FOLDER + file)) {
          all.add(read(JsonMapper.builder().build().readValue(json, Written.class)));
        }
      }
      return List.copyOf(all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Vocabulary read(Written written) {
    Map<Pattern, String> tensors = new LinkedHashMap<>();
    if (written.tensors() != null) {
      written.tensors().forEach((own, common) -> tensors.put(Vocabulary.pattern(own), common));
    }
    return new Vocabulary(
        written.name(),
        tensors,
        written.endings() == null ? Map.of() : new LinkedHashMap<>(written.endings()),
        written.ignored() == null
            ? List.of()
            : written.ignored().stream().map(Vocabulary::pattern).toList(),
        written.config() == null ? Map.of() : new LinkedHashMap<>(written.config()));
  }
}
