package org.findthelady.match.verdict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.match.result.GroupMatch;
import org.findthelady.match.rows.GroupAxis;
import org.findthelady.structure.StackedTensor;

/** Which tensors of the checkpoint units lie in, where a tensor of the structure is several. */
final class StackParts {
  /**
   * Units of a group that lie in a tensor.
   *
   * @param tensor of the checkpoint
   * @param from first unit
   * @param to one past the last
   */
  record Part(String tensor, int from, int to) {}

  private final Map<String, StackedTensor> stacks = new HashMap<>();

  StackParts(List<StackedTensor> all) {
    all.forEach(stack -> stacks.put(stack.name(), stack));
  }

  /** The tensors of the checkpoint that a member of a group is. */
  List<String> of(GroupAxis member) {
    StackedTensor stack = stacks.get(member.tensor());
    return stack == null ? List.of(member.tensor()) : stack.parts();
  }

  /** The tensor of the checkpoint that a unit lies in; the stack's name where it lies in all. */
  String of(GroupMatch group, GroupAxis member, int leaf) {
    StackedTensor stack = stacks.get(member.tensor());
    return stack == null || !isSplit(stack, group, member)
        ? member.tensor()
        : stack.parts().get(leaf / (group.units() / stack.parts().size()));
  }

  /**
   * The differing tensors of a member, with the units that lie in them. Where units lie in all
   * parts of a stack, one that alone differs.
   */
  List<Part> of(GroupMatch group, int member, Set<String> differing) {
    GroupAxis axis = group.members().get(member);
    StackedTensor stack = stacks.get(axis.tensor());
    List<String> tensors = of(axis).stream().filter(differing::contains).toList();
    if (stack == null || !isSplit(stack, group, axis)) {
      return tensors.size() == 1 ? List.of(new Part(tensors.get(0), 0, group.units())) : List.of();
    }
    int length = group.units() / stack.parts().size();
    List<Part> parts = new ArrayList<>();
    for (String tensor : tensors) {
      int from = stack.parts().indexOf(tensor) * length;
      parts.add(new Part(tensor, from, from + length));
    }
    return parts;
  }

  private static boolean isSplit(StackedTensor stack, GroupMatch group, GroupAxis member) {
    return member.axis() == stack.axis() && group.units() % stack.parts().size() == 0;
  }
}
