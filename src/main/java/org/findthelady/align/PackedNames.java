package org.findthelady.align;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Declared ways of packing several matrices in one tensor: {@code conf/names/packed.json}.
 *
 * @param whole what the name of the packed tensor ends in, but for {@code .weight} or {@code .bias}
 * @param parts what stands in its place in the names of the parts, in the order of their rows;
 *     {@code {e}} is the number of an expert
 * @param experts whether the first axis counts experts
 * @param router what the name of the layer's router ends in, where there are experts
 * @param about for people
 */
record PackedNames(String whole, List<String> parts, boolean experts, String router, String about) {
  private static final String FILE = "/conf/names/packed.json";
  private static final List<String> ENDINGS = List.of("", ".weight", ".bias");
  private static final PackedNames[] ALL = readAll();

  PackedNames {
    parts = List.copyOf(parts);
  }

  /** A packed tensor's name in its pieces. */
  record Found(PackedNames rule, String front, String ending) {
    /** The name of a part. */
    String part(int number, int expert) {
      String bare = rule.parts.get(number).replace("{e}", Integer.toString(expert));
      return front + bare + (rule.experts && ending.isEmpty() ? ".weight" : ending);
    }

    /** The name of the layer's router; null if there is none. */
    String router() {
      return rule.router == null ? null : front + rule.router;
    }
  }

  /** All ways in which a name may be that of a packed tensor. */
  static List<Found> of(String name) {
    List<Found> found = new ArrayList<>();
    for (PackedNames rule : ALL) {
      for (String ending : ENDINGS) {
        String tail = rule.whole + ending;
        boolean words =
            name.equals(tail)
                || (name.endsWith(tail)
                    && (rule.whole.startsWith(".")
                        || name.charAt(name.length() - tail.length() - 1) == '.'));
        if (words) {
          found.add(new Found(rule, name.substring(0, name.length() - tail.length()), ending));
        }
      }
    }
    return found;
  }

  private static PackedNames[] readAll() {
    try (InputStream json = PackedNames.class.getResourceAsStream(FILE)) {
      return JsonMapper.builder().build().readValue(json, PackedNames[].class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
