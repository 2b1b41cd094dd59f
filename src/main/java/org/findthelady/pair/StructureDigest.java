package org.findthelady.pair;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.findthelady.storage.DigestingStore;
import org.findthelady.structure.Axis;
import org.findthelady.structure.AxisFactor;
import org.findthelady.structure.Group;
import org.findthelady.structure.Segment;
import org.findthelady.structure.Structure;

/** A name for what a structure says: its groups, and where their units lie on every axis. */
final class StructureDigest {
  private StructureDigest() {}

  /** SHA-256, in hexadecimal, of a text that equal structures share. */
  static String of(Structure structure) {
    StringBuilder text = new StringBuilder();
    for (Group group : structure.groups()) {
      line(text, "group", group.name(), group.size(), group.instances(), group.parentName());
    }
    for (Map.Entry<String, List<Axis>> tensor : new TreeMap<>(structure.axes()).entrySet()) {
      line(text, "tensor", tensor.getKey());
      for (Axis axis : tensor.getValue()) {
        line(text, "axis");
        for (Segment segment : axis.segments()) {
          line(text, "segment");
          for (AxisFactor factor : segment.factors()) {
            line(text, "factor", factor.groupName(), factor.start(), factor.size());
          }
        }
      }
    }
    structure.stacks().forEach(s -> line(text, "stack", s.name(), s.axis(), s.parts()));
    return DigestingStore.sha256(text.toString());
  }

  /** Names may hold anything, so their lengths are written too. */
  private static void line(StringBuilder text, Object... words) {
    for (Object word : words) {
      String said = String.valueOf(word);
      text.append(said.length()).append(':').append(said).append(' ');
    }
    text.append('\n');
  }
}
