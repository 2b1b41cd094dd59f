package org.findthelady.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.core.TensorInfo;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.Structure;

/** A checkpoint's tensors and groups as text or JSON. */
public final class StructureReport {
  private final Checkpoint checkpoint;
  private final Structure structure;
  private final List<String> notes;

  /**
   * @param structure under the checkpoint's tensor names
   * @param found what a reader should know of the structure
   */
  public StructureReport(Checkpoint checkpoint, Structure structure, List<String> found) {
    this.checkpoint = checkpoint;
    this.structure = structure;
    this.notes = Stream.concat(checkpoint.notes().stream(), found.stream()).toList();
  }

  /** For people. */
  public String text() {
    StringBuilder text = new StringBuilder();
    line(text, "checkpoint   %s", Words.printable(checkpoint.location().path()));
    line(text, "format       %s", checkpoint.format());
    line(
        text,
        "tensors      %d, %d parameters, %d bytes",
        checkpoint.tensors().size(),
        checkpoint.tensors().stream().mapToLong(t -> t.shape().elements()).sum(),
        checkpoint.tensorBytes());
    line(text, "structure    %s", structure.name());
    line(
        text,
        "groups       %d, %d neurons free to move",
        structure.groups().size(),
        structure.groups().stream().mapToLong(Group::units).sum());
    notes.forEach(note -> line(text, "note         %s", Words.printable(note)));
    text.append('\n');
    line(text, "%-44s %-9s %-22s %s", "TENSOR", "TYPE", "SHAPE", "AXES");
    for (TensorInfo tensor : checkpoint.tensors()) {
      line(
          text,
          "%-44s %-9s %-22s %s",
          Words.printable(tensor.name()),
          tensor.dtype(),
          tensor.shape(),
          axes(tensor));
    }
    text.append('\n');
    line(text, "%-36s %8s %9s  %s", "GROUP", "SIZE", "INSTANCES", "MEMBERS");
    for (Group group : structure.groups()) {
      List<String> members = structure.membersOf(group.name());
      line(
          text,
          "%-36s %8d %9d  %d: %s",
          Words.printable(group.name()),
          group.size(),
          group.instances(),
          members.size(),
          Words.printable(
              String.join(", ", members.subList(0, Math.min(3, members.size())))
                  + (members.size() > 3 ? ", ..." : "")));
    }
    text.append('\n');
    line(text, "FROZEN");
    frozen().forEach((why, count) -> line(text, "%6d axes: %s", count, Words.printable(why)));
    return text.toString();
  }

  private String axes(TensorInfo tensor) {
    return structure.axes(tensor.name()).stream()
        .map(axis -> axis.isFrozen() ? "-" : axis.toString())
        .toList()
        .toString();
  }

  private Map<String, Integer> frozen() {
    Map<String, Integer> reasons = new TreeMap<>();
    structure
        .axes()
        .values()
        .forEach(
            axes -> {
              for (Axis axis : axes) {
                if (axis.isFrozen()) {
                  reasons.merge(
                      axis.why().isEmpty() ? "nothing to trade places with" : axis.why(),
                      1,
                      Integer::sum);
                }
              }
            });
    return reasons;
  }

  /** For programs: format, structure, tensors with their axes, groups with their members. */
  public String json() {
    JsonMapper mapper = JsonMapper.builder().build();
    ObjectNode root = mapper.createObjectNode();
    root.put("path", checkpoint.location().path());
    root.put("format", checkpoint.format());
    root.put("structure", structure.name());
    ArrayNode said = root.putArray("notes");
    notes.forEach(said::add);
    ArrayNode tensors = root.putArray("tensors");
    for (TensorInfo tensor : checkpoint.tensors()) {
      ObjectNode node = tensors.addObject();
      node.put("name", tensor.name());
      node.put("dtype", tensor.dtype().name());
      ArrayNode shape = node.putArray("shape");
      for (long length : tensor.shape().toArray()) {
        shape.add(length);
      }
      ArrayNode axes = node.putArray("axes");
      for (Axis axis : structure.axes(tensor.name())) {
        ObjectNode described = axes.addObject();
        described.put("groups", axis.isFrozen() ? "" : axis.toString());
        described.put("frozen", axis.why());
      }
    }
    ArrayNode groups = root.putArray("groups");
    for (Group group : structure.groups()) {
      ObjectNode node = groups.addObject();
      node.put("name", group.name());
      node.put("size", group.size());
      node.put("instances", group.instances());
      node.put("parent", group.parentName());
      ArrayNode members = node.putArray("members");
      structure.membersOf(group.name()).forEach(members::add);
    }
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
  }
}
