package org.findthelady.structure.declared;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.RotaryDigit;
import org.findthelady.structure.Segment;
import org.findthelady.structure.StackedTensor;
import org.findthelady.structure.Structure;

/**
 * Writes a structure as an architecture file that names every tensor and gives every size. Read
 * back for the same tensors it is the same structure, but for groups of one unit, which are left
 * out: nothing in them can move.
 */
public final class ArchitectureWriter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROTARY = "rotary";

  private final Structure structure;
  private final Set<RotaryDigit> rotary;
  private final Set<Integer> rotarySizes = new TreeSet<>();

  private ArchitectureWriter(Structure structure) {
    this.structure = structure;
    this.rotary = new HashSet<>(structure.rotary());
  }

  /**
   * Writes the file.
   *
   * @param name of the architecture
   * @param out not closed
   */
  public static void write(String name, Structure structure, OutputStream out) throws IOException {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    byte[] json =
        JSON.writer(printer).writeValueAsBytes(new ArchitectureWriter(structure).file(name));
    out.write(json);
    out.write('\n');
  }

  private ObjectNode file(String name) {
    ObjectNode file = JSON.createObjectNode();
    file.put("name", name);
    file.put("about", "Written from the structure " + structure.name() + ".");
    ObjectNode tensors = tensors();
    file.set("spaces", spaces());
    file.set("tensors", tensors);
    return file;
  }

  private ObjectNode spaces() {
    ObjectNode spaces = JSON.createObjectNode();
    Map<String, Set<Integer>> sides = sides();
    for (Group group : structure.groups()) {
      ObjectNode space = spaces.putObject(NameTemplate.escape(group.name()));
      space.put("group", group.size());
      group.parent().ifPresent(parent -> space.put("within", NameTemplate.escape(parent)));
      if (sides.getOrDefault(group.name(), Set.of()).size() < 2) {
        space.put("paired", true);
      }
    }
    for (int size : rotarySizes) {
      ObjectNode space = spaces.putObject(rotaryName(size));
      space.put("frozen", "rotary frequencies").put("size", size).put("rotary", true);
    }
    return spaces;
  }

  /** On which axes of matrices each group lies. */
  private Map<String, Set<Integer>> sides() {
    Map<String, Set<Integer>> sides = new HashMap<>();
    for (List<Axis> axes : structure.axes().values()) {
      for (int axis = 0; axes.size() > 1 && axis < axes.size(); axis++) {
        for (String group : axes.get(axis).groups()) {
          sides.computeIfAbsent(group, k -> new TreeSet<>()).add(axis);
        }
      }
    }
    return sides;
  }

  private ObjectNode tensors() {
    ObjectNode tensors = JSON.createObjectNode();
    Map<String, StackedTensor> stacks = new HashMap<>();
    structure.stacks().forEach(stack -> stacks.put(stack.name(), stack));
    structure
        .axes()
        .forEach(
            (tensor, axes) -> {
              ArrayNode list = JSON.createArrayNode();
              for (int axis = 0; axis < axes.size(); axis++) {
                axis(tensor, axis, axes.get(axis), list);
              }
              StackedTensor stack = stacks.get(tensor);
              if (stack == null) {
                tensors.set(NameTemplate.escape(tensor), list);
              } else {
                String placeholder = placeholder(stack);
                ObjectNode rule = tensors.putObject(template(stack, placeholder));
                rule.set("axes", list);
                rule.put("stack", placeholder).put("stack_axis", stack.axis());
              }
            });
    return tensors;
  }

  private void axis(String tensor, int number, Axis axis, ArrayNode list) {
    if (axis.isFrozen() && !rotary.contains(new RotaryDigit(tensor, number, 0, 0))) {
      list.addObject().put("frozen", axis.why());
      return;
    }
    List<String> segments = new ArrayList<>();
    for (int s = 0; s < axis.segments().size(); s++) {
      Segment segment = axis.segments().get(s);
      List<String> digits = new ArrayList<>();
      for (int f = 0; f < segment.factors().size(); f++) {
        AxisFactor factor = segment.factors().get(f);
        boolean turns = rotary.contains(new RotaryDigit(tensor, number, s, f));
        digits.add(turns ? rotaryDigit(factor.size()) : digit(factor));
      }
      segments.add(String.join(" * ", digits));
    }
    list.add(String.join(" + ", segments));
  }

  private String rotaryDigit(int size) {
    rotarySizes.add(size);
    return Tokens.quoted(rotaryName(size));
  }

  /** A name that no group has. */
  private String rotaryName(int size) {
    String name = ROTARY + "." + size;
    Set<String> taken = new HashSet<>();
    structure.groups().forEach(group -> taken.add(group.name()));
    while (taken.contains(name)) {
      name = "_" + name;
    }
    return name;
  }

  private String digit(AxisFactor factor) {
    if (factor.isFixed()) {
      return Integer.toString(factor.size());
    }
    String name = Tokens.quoted(factor.groupName());
    boolean whole = factor.size() == structure.group(factor.groupName()).size();
    return whole
        ? name
        : "%s[%d:%d]".formatted(name, factor.start(), factor.start() + factor.size());
  }

  /** The placeholder over which the parts of a stack are counted. */
  private static String placeholder(StackedTensor stack) {
    for (int part = 0; part < stack.parts().size(); part++) {
      if (!stack.partName(part).equals(Optional.of(stack.parts().get(part)))) {
        throw new IllegalArgumentException(
            "stack " + stack.name() + ": its parts are not counted by a placeholder");
      }
    }
    int open = stack.name().lastIndexOf('{');
    return stack.name().substring(open + 1, stack.name().indexOf('}', open));
  }

  private static String template(StackedTensor stack, String placeholder) {
    int open = stack.name().lastIndexOf('{');
    return NameTemplate.escape(stack.name().substring(0, open))
        + "{"
        + placeholder
        + "}"
        + NameTemplate.escape(stack.name().substring(open + placeholder.length() + 2));
  }
}
