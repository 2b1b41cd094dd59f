package org.findthelady.pair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.findthelady.align.Counterpart;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.checkpoint.Packing;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;
import org.findthelady.match.compare.TensorComparison;

/** Says how packed weights bear on what is said of a pair. */
final class PackingWords {
  private static final int PIECE = 1 << 16;

  private PackingWords() {}

  /** In which schemes the two are stored, where they are not stored alike; empty if they are. */
  static String conversions(Checkpoint reference, Checkpoint suspect) {
    Map<String, Integer> ours = schemes(reference.packing());
    Map<String, Integer> theirs = schemes(suspect.packing());
    if (ours.equals(theirs)) {
      return "";
    }
    return said("; stored in ", theirs) + said("; the reference is stored in ", ours);
  }

  private static Map<String, Integer> schemes(Packing packing) {
    return new TreeMap<>(packing.schemes());
  }

  private static String said(String before, Map<String, Integer> schemes) {
    return schemes.isEmpty()
        ? ""
        : schemes.entrySet().stream()
            .map(e -> e.getKey() + " (" + e.getValue() + " weights)")
            .collect(Collectors.joining(", ", before, ""));
  }

  /**
   * Whether weights that both sides pack, and that stand for the same numbers, are the same bytes
   * too.
   */
  static boolean sameParts(PairContext context) throws IOException {
    Map<TensorInfo, PackedWeight> ours = context.reference().packing().byShown();
    Map<TensorInfo, PackedWeight> theirs = context.suspect().packing().byShown();
    try (TensorReader reference = reader(context, context.reference());
        TensorReader suspect = reader(context, context.suspect())) {
      for (Counterpart pair : context.alignment().counterparts()) {
        PackedWeight our = ours.get(pair.reference().source());
        PackedWeight their = theirs.get(pair.suspect().source());
        if (our != null && their != null && !same(our, reference, their, suspect)) {
          return false;
        }
      }
    }
    return true;
  }

  /** What was compared; equal numbers that the two store in other types are no equal bytes. */
  static List<TensorComparison> numbers(PairContext context, List<TensorComparison> tensors) {
    Map<String, Counterpart> pairs = context.alignment().byReference();
    Set<TensorInfo> ours = context.reference().packing().byShown().keySet();
    Set<TensorInfo> theirs = context.suspect().packing().byShown().keySet();
    return tensors.stream()
        .map(
            tensor -> {
              Counterpart pair = pairs.get(tensor.tensor());
              boolean otherwise =
                  pair != null
                      && (pair.reference().source().dtype() != pair.suspect().source().dtype()
                          || ours.contains(pair.reference().source())
                              != theirs.contains(pair.suspect().source()));
              return otherwise && tensor.bytesEqual()
                  ? TensorComparison.sameNumbers(tensor)
                  : tensor;
            })
        .toList();
  }

  private static boolean same(
      PackedWeight our, TensorReader reference, PackedWeight their, TensorReader suspect)
      throws IOException {
    boolean same = our.parts().size() == their.parts().size();
    for (int i = 0; same && i < our.parts().size(); i++) {
      TensorInfo one = our.parts().get(i);
      TensorInfo other = their.parts().get(i);
      same = one.length() == other.length() && one.dtype() == other.dtype();
      for (long at = 0; same && at < one.length(); at += PIECE) {
        int count = (int) Math.min(PIECE, one.length() - at);
        byte[] bytes = new byte[count];
        byte[] others = new byte[count];
        reference.read(one, at, ByteBuffer.wrap(bytes));
        suspect.read(other, at, ByteBuffer.wrap(others));
        same = Arrays.equals(bytes, others);
      }
    }
    return same;
  }

  private static TensorReader reader(PairContext context, Checkpoint checkpoint) {
    return Checkpoints.format(checkpoint.format()).reader(context.store(), checkpoint.stored());
  }

  /** Why codes of a pair cannot be compared; empty if all are decoded. */
  static Optional<String> undecoded(Checkpoint reference, Checkpoint suspect) {
    String words =
        Stream.of(
                said("the reference's ", reference.packing()),
                said("the suspect's ", suspect.packing()))
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining("; "));
    return Optional.of(words).filter(text -> !text.isEmpty());
  }

  private static String said(String whose, Packing packing) {
    return packing.undecoded().isEmpty() ? "" : whose + packing.undecodedWords();
  }
}
