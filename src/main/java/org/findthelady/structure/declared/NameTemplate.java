package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A name with placeholders for indices, e.g. {@code layers.{i}.mlp.up_proj.weight}. */
final class NameTemplate {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z_]\\w*)([+-]\\d{1,6})?}");
  private static final Pattern CHOICE = Pattern.compile("\\{([A-Za-z_]\\w*)=([^{}]*)}");
  private static final int LONGEST_INDEX = 9;

  private final String text;
  private final String skeleton;
  private final List<String> numbers;
  private final Set<String> placeholders;

  private NameTemplate(String written) {
    this.text = Tokens.unquoted(written);
    if (written.startsWith("'")) {
      NumberedName name = NumberedName.of(text);
      this.skeleton = name.skeleton();
      this.numbers = name.numbers();
      this.placeholders = Set.of();
      return;
    }
    Set<String> names = new LinkedHashSet<>();
    StringBuilder plain = new StringBuilder();
    List<String> found = new ArrayList<>();
    Matcher matcher = PLACEHOLDER.matcher(text);
    int at = 0;
    while (matcher.find()) {
      if (matcher.group(2) != null) {
        throw new IllegalArgumentException("'" + text + "': no arithmetic in a name to be matched");
      }
      literal(text.substring(at, matcher.start()), plain, found);
      if (plain.length() > 0 && plain.charAt(plain.length() - 1) == NumberedName.NUMBER) {
        throw new IllegalArgumentException("'" + text + "': a placeholder next to a number");
      }
      names.add(matcher.group(1));
      found.add(matcher.group());
      plain.append(NumberedName.NUMBER);
      at = matcher.end();
    }
    literal(text.substring(at), plain, found);
    this.skeleton = plain.toString();
    this.numbers = List.copyOf(found);
    this.placeholders = Set.copyOf(names);
  }

  private static void literal(String piece, StringBuilder skeleton, List<String> numbers) {
    if (piece.indexOf('{') >= 0 || piece.indexOf('}') >= 0) {
      throw new IllegalArgumentException("'" + piece + "': stray brace");
    }
    NumberedName split = NumberedName.of(piece);
    boolean follows =
        skeleton.length() > 0 && skeleton.charAt(skeleton.length() - 1) == NumberedName.NUMBER;
    if (follows && split.skeleton().indexOf(NumberedName.NUMBER) == 0) {
      throw new IllegalArgumentException("'" + piece + "': a placeholder next to a number");
    }
    skeleton.append(split.skeleton());
    numbers.addAll(split.numbers());
  }

  /**
   * A template of that text; in single quotes it is a name without placeholders.
   *
   * @throws IllegalArgumentException for a stray brace or a placeholder that touches a digit
   */
  static NameTemplate of(String text) {
    return new NameTemplate(text);
  }

  /**
   * What a text with choices stands for.
   *
   * @param text without choices
   * @param chosen what each stands for
   */
  record Choice(String text, Map<String, String> chosen) {}

  /** The texts that a choice such as {@code {p=weight|bias}} stands for, in order. */
  static List<Choice> choices(String text) {
    return choices(new Choice(text, Map.of()));
  }

  private static List<Choice> choices(Choice open) {
    Matcher matcher = CHOICE.matcher(open.text());
    if (open.text().startsWith("'") || !matcher.find()) {
      return List.of(open);
    }
    List<Choice> all = new ArrayList<>();
    for (String choice : matcher.group(2).split("\\|", -1)) {
      Map<String, String> chosen = new HashMap<>(open.chosen());
      chosen.put(matcher.group(1), choice);
      all.addAll(
          choices(new Choice(matcher.replaceFirst(Matcher.quoteReplacement(choice)), chosen)));
    }
    return all;
  }

  /** Fills the placeholders of {@code text}; {@code {i-1}} and {@code {i+1}} count from i. */
  static String fill(String text, Map<String, String> indices) {
    int open = text.indexOf('{');
    if (open < 0 || text.startsWith("'")) {
      return Tokens.unquoted(text);
    }
    StringBuilder filled = new StringBuilder(text.length() + 4);
    int at = 0;
    while (open >= 0) {
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("'" + text + "': stray brace");
      }
      filled.append(text, at, open).append(index(text.substring(open + 1, close), text, indices));
      at = close + 1;
      open = text.indexOf('{', at);
    }
    return filled.append(text, at, text.length()).toString();
  }

  private static String index(String placeholder, String text, Map<String, String> indices) {
    String index = indices.get(placeholder);
    if (index != null) {
      return index;
    }
    int sign = Math.max(placeholder.indexOf('+'), placeholder.indexOf('-'));
    index = sign < 0 ? null : indices.get(placeholder.substring(0, sign));
    if (index == null) {
      throw new IllegalArgumentException("'" + text + "': nothing to fill {" + placeholder + "}");
    }
    return Long.toString(Long.parseLong(index) + Long.parseLong(placeholder.substring(sign)));
  }

  /** A name as a template of itself: in quotes if it holds braces. */
  static String escape(String name) {
    return name.indexOf('{') >= 0 || name.indexOf('}') >= 0 || name.startsWith("'")
        ? "'" + name.replace("'", "''") + "'"
        : name;
  }

  /** The placeholders named in {@code text}. */
  static Set<String> placeholdersIn(String text) {
    Set<String> names = new LinkedHashSet<>();
    Matcher matcher = PLACEHOLDER.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /** The indices that make this template the name, or null if none do. */
  Map<String, String> match(NumberedName name) {
    if (!skeleton.equals(name.skeleton()) || numbers.size() != name.numbers().size()) {
      return null;
    }
    Map<String, String> indices = new HashMap<>();
    for (int n = 0; n < numbers.size(); n++) {
      String pattern = numbers.get(n);
      String number = name.numbers().get(n);
      if (pattern.charAt(0) != '{') {
        if (!pattern.equals(number)) {
          return null;
        }
      } else {
        String earlier = indices.put(pattern.substring(1, pattern.length() - 1), number);
        if (number.length() > LONGEST_INDEX || (earlier != null && !earlier.equals(number))) {
          return null;
        }
      }
    }
    return indices;
  }

  /**
   * What the placeholders stand for if this template is a name whose indices are open; null if it
   * never is.
   */
  Map<String, String> bind(OpenName name) {
    if (!skeleton.equals(name.skeleton()) || numbers.size() != name.indices().size()) {
      return null;
    }
    Map<String, String> bound = new HashMap<>();
    for (int n = 0; n < numbers.size(); n++) {
      String pattern = numbers.get(n);
      String index = name.indices().get(n);
      if (pattern.charAt(0) == '{') {
        bound.put(pattern.substring(1, pattern.length() - 1), index);
      } else if (index.charAt(0) != '{' && !index.equals(pattern)) {
        return null;
      }
    }
    return bound;
  }

  /** Whether some name is both this template and the other. */
  boolean overlaps(NameTemplate other) {
    return other.bind(new OpenName(skeleton, numbers)) != null;
  }

  /** The text up to and with the last placeholder: templates that share it come together. */
  String stem() {
    return text.substring(0, text.lastIndexOf('}') + 1);
  }

  String text() {
    return text;
  }

  String skeleton() {
    return skeleton;
  }

  Set<String> placeholders() {
    return placeholders;
  }

  /** How many numbers are left open; the template with the fewest is the most specific. */
  int openNumbers() {
    return (int) numbers.stream().filter(n -> n.charAt(0) == '{').count();
  }

  @Override
  public String toString() {
    return text;
  }
}
