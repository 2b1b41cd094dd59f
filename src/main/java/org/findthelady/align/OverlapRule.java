package org.findthelady.align;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * Pairs as much of two checkpoints as answers to each other: by names behind any prefixes, by
 * content, by shape and norms, and rows of tables whose lengths differ. What is left over is told.
 */
final class OverlapRule {
  /** Share of equal names that may stand for other shapes before names are not believed. */
  private static final double MISFITS = 0.1;

  /** Share of the reference's parameters below which pairs found by norms alone say nothing. */
  private static final double TOO_LITTLE = 0.5;

  private static final int NAMED = 3;

  private final AlignmentBuilder draft;
  private final Profiles profiles;
  private final boolean split;
  private final List<String> remarks = new ArrayList<>();
  private final List<String> retyped = new ArrayList<>();
  private final List<TensorInfo> moreOurs = new ArrayList<>();
  private final List<TensorInfo> moreTheirs = new ArrayList<>();
  private final Map<List<Integer>, RowExcerpt> excerpts = new HashMap<>();

  private static final Pattern MOMENTS =
      Pattern.compile("(^|[./])(exp_avg(_sq)?|momentum_buffer|square_avg|adam_[mv])($|[./])");

  private static final Pattern FLAT = Pattern.compile("partition_of_fp32|flat_groups|flat_param");

  OverlapRule(AlignmentBuilder draft) {
    this(draft, false);
  }

  /**
   * @param split whether fused tensors are seen in their parts already
   */
  private OverlapRule(AlignmentBuilder draft, boolean split) {
    this.draft = draft;
    this.profiles = new Profiles(draft);
    this.split = split;
  }

  Alignment align() throws IOException {
    Map<TensorInfo, TensorInfo> resized = pairNamed();
    pairContent();
    for (Map.Entry<TensorInfo, TensorInfo> named : resized.entrySet()) {
      if (draft.ours().contains(named.getKey()) && draft.theirs().contains(named.getValue())) {
        pairRows(named.getKey(), named.getValue());
      }
    }
    new FitRule(draft, profiles).pair();
    if (!split) {
      AlignmentBuilder parts = new FusedParts(draft, profiles).draft();
      if (parts != null) {
        return new OverlapRule(parts, true).align();
      }
    }
    refuseTooLittle();
    return draft.finishPartly(new Leftovers(), moreOurs, moreTheirs, remarks);
  }

  /** Nothing is comparable if no weights are paired, or few and by their norms alone. */
  private void refuseTooLittle() {
    boolean vectors = draft.reference().tensors().stream().noneMatch(t -> t.shape().rank() >= 2);
    List<Counterpart> weights =
        draft.pairs().stream()
            .filter(p -> vectors || p.reference().shown().shape().rank() >= 2)
            .toList();
    long paired = weights.stream().mapToLong(p -> p.reference().shown().shape().elements()).sum();
    long all =
        draft.reference().tensors().stream()
            .filter(draft.reference()::isReal)
            .mapToLong(t -> t.shape().elements())
            .sum();
    boolean byNorms = weights.stream().allMatch(p -> p.rule() == PairingRule.SIGNATURE);
    if (weights.isEmpty() || (byNorms && paired < TOO_LITTLE * all)) {
      retyped.stream().limit(NAMED).forEach(draft::differ);
      draft.differ(
          ("%d weights of the reference answer to none of the %d of the suspect; tried: names behind"
                  + " prefixes, content, shape and norms, rows%s%s")
              .formatted(
                  kernels(draft.ours()),
                  kernels(draft.theirs()),
                  hint(draft.theirs()),
                  example(draft.ours())));
    }
  }

  /** What the suspect's tensors seem to be, if they are no weights. */
  private static String hint(List<TensorInfo> tensors) {
    boolean optimizer = tensors.stream().anyMatch(t -> MOMENTS.matcher(t.name()).find());
    boolean flat = tensors.stream().anyMatch(t -> FLAT.matcher(t.name()).find());
    if (flat) {
      return "; the suspect holds flat partitions of DeepSpeed's ZeRO: join them with its"
          + " zero_to_fp32.py";
    }
    return optimizer ? "; the suspect holds an optimizer's state and no weights" : "";
  }

  private static String example(List<TensorInfo> tensors) {
    return tensors.isEmpty()
        ? ""
        : "; for example tensor '%s' is missing from the suspect".formatted(tensors.get(0).name());
  }

  private static long kernels(List<TensorInfo> tensors) {
    return tensors.stream().filter(t -> t.shape().rank() >= 2).count();
  }

  /** Pairs equal names of equal shapes. Returns equal names of other lengths. */
  private Map<TensorInfo, TensorInfo> pairNamed() throws IOException {
    Map<String, TensorInfo> ours = common(draft.referenceWords(), draft.ours());
    Map<String, TensorInfo> theirs = translated(ours);
    LayerPairs layers = new LayerPairs(profiles);
    Map<String, TensorInfo> renumbered = layers.renumbered(ours, theirs);
    Map<TensorInfo, TensorInfo> resized = new LinkedHashMap<>();
    Map<TensorInfo, TensorInfo> same = new LinkedHashMap<>();
    ours.forEach(
        (name, our) -> {
          TensorInfo their = renumbered.get(name);
          if (their != null) {
            (our.shape().equals(their.shape()) ? same : resized).put(our, their);
          }
        });
    if (resized.size() > MISFITS * (same.size() + resized.size()) && resized.size() > 2) {
      remarks.add(
          "names are not believed: %d that are equal stand for other shapes"
              .formatted(resized.size()));
      return Map.of();
    }
    remarks.addAll(layers.remarks());
    same.forEach(
        (our, their) -> {
          boolean real = draft.reference().isReal(our) && draft.suspect().isReal(their);
          if (real || our.dtype() == their.dtype()) {
            draft.pair(
                draft.reference().view(our),
                draft.suspect().seen(their, our.name(), null, null),
                Map.of(),
                rule(our, their));
          } else {
            retyped.add(
                "tensor '%s': %s in the reference, %s in the suspect"
                    .formatted(our.name(), our.dtype(), their.dtype()));
          }
        });
    retyped.stream().limit(NAMED).forEach(remarks::add);
    return resized;
  }

  private PairingRule rule(TensorInfo our, TensorInfo their) {
    if (draft.referenceWords().isPresent() || draft.suspectWords().isPresent()) {
      return our.name().equals(their.name()) ? PairingRule.NAME : PairingRule.DECLARED;
    }
    return NamePairs.Template.of(our.name())
            .numbers()
            .equals(NamePairs.Template.of(their.name()).numbers())
        ? PairingRule.NAME
        : PairingRule.LAYER;
  }

  /** The suspect's tensors under the names that equal ones of the reference have. */
  private Map<String, TensorInfo> translated(Map<String, TensorInfo> ours) {
    Map<String, TensorInfo> theirs = common(draft.suspectWords(), draft.theirs());
    NamePairs names = new NamePairs(List.copyOf(ours.keySet()), List.copyOf(theirs.keySet()));
    Map<String, TensorInfo> translated = new LinkedHashMap<>();
    for (String name : ours.keySet()) {
      String their = names.theirs(name);
      if (their != null) {
        translated.put(name, theirs.remove(their));
      }
    }
    Optional<NamePairs.Prefixes> usual = names.prefixes().stream().findFirst();
    theirs.forEach(
        (name, tensor) -> {
          boolean behind = usual.isPresent() && name.startsWith(usual.get().theirs());
          String ourName =
              behind ? usual.get().ours() + name.substring(usual.get().theirs().length()) : name;
          translated.putIfAbsent(ourName, tensor);
        });
    return translated;
  }

  private static Map<String, TensorInfo> common(
      Optional<Vocabulary> vocabulary, List<TensorInfo> tensors) {
    Map<String, TensorInfo> common = new LinkedHashMap<>();
    for (TensorInfo tensor : tensors) {
      common.putIfAbsent(
          vocabulary.flatMap(v -> v.common(tensor.name())).orElse(tensor.name()), tensor);
    }
    return common;
  }

  /** Pairs tensors of the same bytes; several of one content in the order of storage. */
  private void pairContent() throws IOException {
    Map<String, List<TensorInfo>> ours = byKind(draft.ours());
    Map<String, List<TensorInfo>> theirs = byKind(draft.theirs());
    TensorKeys ourKeys = new TensorKeys(draft.reference(), draft.referenceSide().reader());
    TensorKeys theirKeys = new TensorKeys(draft.suspect(), draft.suspectSide().reader());
    for (Map.Entry<String, List<TensorInfo>> kind : ours.entrySet()) {
      Map<String, List<TensorInfo>> byKey = new HashMap<>();
      for (TensorInfo their : theirs.getOrDefault(kind.getKey(), List.of())) {
        byKey.computeIfAbsent(theirKeys.of(their), k -> new ArrayList<>()).add(their);
      }
      for (TensorInfo our : byKey.isEmpty() ? List.<TensorInfo>of() : kind.getValue()) {
        List<TensorInfo> same = byKey.getOrDefault(ourKeys.of(our), List.of());
        if (!same.isEmpty()) {
          draft.pair(
              draft.reference().view(our),
              draft.suspect().seen(same.remove(0), our.name(), null, null),
              Map.of(),
              PairingRule.CONTENT);
        }
      }
    }
  }

  private static Map<String, List<TensorInfo>> byKind(List<TensorInfo> tensors) {
    Map<String, List<TensorInfo>> kinds = new LinkedHashMap<>();
    tensors.forEach(
        t -> kinds.computeIfAbsent(t.dtype() + " " + t.shape(), k -> new ArrayList<>()).add(t));
    return kinds;
  }

  /** Pairs the rows that two tables of one name have both. */
  private void pairRows(TensorInfo our, TensorInfo their) throws IOException {
    int[] lengths = {rows(our), rows(their)};
    if (!sameRows(our.shape(), their.shape())
        || lengths[0] < 1
        || lengths[1] < 1
        || !draft.reference().isReal(our)
        || !draft.suspect().isReal(their)
        || draft.reference().isQuantised(our)
        || draft.suspect().isQuantised(their)) {
      return;
    }
    boolean longer = lengths[1] > lengths[0];
    RowExcerpt excerpt = excerpts.get(List.of(lengths[0], lengths[1]));
    if (excerpt == null) {
      excerpt =
          our.shape().rank() < 2
              ? RowExcerpt.first(Math.min(lengths[0], lengths[1]))
              : excerpt(our, their, longer);
      excerpts.put(List.of(lengths[0], lengths[1]), excerpt);
    }
    View seen =
        longer ? View.part(our.name(), their, excerpt) : View.part(our.name(), our, excerpt);
    draft.pair(
        longer ? draft.reference().view(our) : seen,
        longer ? seen : draft.suspect().view(their),
        Map.of(),
        PairingRule.NAME);
    TensorInfo left = longer ? their : our;
    (longer ? moreTheirs : moreOurs).add(rest(left, Math.abs(lengths[1] - lengths[0])));
    remarks.add(
        "'%s' has %d rows in the reference, %d in the suspect"
            .formatted(our.name(), lengths[0], lengths[1]));
  }

  private static int rows(TensorInfo tensor) {
    return tensor.shape().rank() == 0 || tensor.shape().length(0) > Integer.MAX_VALUE
        ? 0
        : tensor.shape().intLength(0);
  }

  private static boolean sameRows(Shape ours, Shape theirs) {
    boolean same = ours.rank() == theirs.rank() && ours.rank() > 0;
    for (int axis = 1; same && axis < ours.rank(); axis++) {
      same = ours.length(axis) == theirs.length(axis);
    }
    return same;
  }

  private RowExcerpt excerpt(TensorInfo our, TensorInfo their, boolean longer) throws IOException {
    long[] ours = RowKeys.of(draft.referenceSide().reader(), draft.reference().view(our));
    long[] theirs = RowKeys.of(draft.suspectSide().reader(), draft.suspect().view(their));
    return new RowExcerpt(longer ? RowKeys.rows(ours, theirs) : RowKeys.rows(theirs, ours));
  }

  /** The rows that only one side has. */
  private static TensorInfo rest(TensorInfo tensor, int rows) {
    long[] lengths = tensor.shape().toArray();
    lengths[0] = rows;
    Shape shape = Shape.of(lengths);
    return new TensorInfo(
        "more rows of " + tensor.name(),
        tensor.dtype(),
        shape,
        tensor.file(),
        tensor.offset(),
        tensor.dtype().bytes(shape));
  }
}
