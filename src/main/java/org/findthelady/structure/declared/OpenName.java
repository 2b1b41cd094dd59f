package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name on an axis, as written: indices are numbers or still open.
 *
 * @param skeleton the name with every index replaced by {@link NumberedName#NUMBER}
 * @param indices digits, or a placeholder such as {@code {s-1}}, in order
 */
record OpenName(String skeleton, List<String> indices) {
  private static final Pattern INDEX = Pattern.compile("\\d+|\\{[^{}]*}");

  /** The name that is written as {@code text}; in single quotes it holds no placeholders. */
  static OpenName of(String text) {
    if (text.startsWith("'")) {
      NumberedName literal = NumberedName.of(Tokens.unquoted(text));
      return new OpenName(literal.skeleton(), literal.numbers());
    }
    List<String> indices = new ArrayList<>();
    Matcher matcher = INDEX.matcher(text);
    StringBuilder skeleton = new StringBuilder();
    while (matcher.find()) {
      indices.add(matcher.group());
      matcher.appendReplacement(skeleton, String.valueOf(NumberedName.NUMBER));
    }
    return new OpenName(matcher.appendTail(skeleton).toString(), indices);
  }

  /** The name with its indices. */
  String text() {
    StringBuilder text = new StringBuilder();
    int index = 0;
    for (int at = 0; at < skeleton.length(); at++) {
      char c = skeleton.charAt(at);
      text.append(c == NumberedName.NUMBER ? indices.get(index++) : String.valueOf(c));
    }
    return text.toString();
  }
}
