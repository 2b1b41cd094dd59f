package org.findthelady.structure.declared;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name on an axis, as written: indices are numbers or still open.
 *
 * @param skeleton the name with every index replaced by {@code #}
 * @param indices digits, or a placeholder such as {@code {s-1}}, in order
 */
record OpenName(String skeleton, List<String> indices) {
  private static final Pattern INDEX = Pattern.compile("\\d+|\\{[^{}]*}");

  static OpenName of(String text) {
    List<String> indices = new ArrayList<>();
    Matcher matcher = INDEX.matcher(text);
    StringBuilder skeleton = new StringBuilder();
    while (matcher.find()) {
      indices.add(matcher.group());
      matcher.appendReplacement(skeleton, "#");
    }
    return new OpenName(matcher.appendTail(skeleton).toString(), indices);
  }
}
