package org.findthelady.checkpoint.pytorch;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.findthelady.core.DType;

/**
 * What PyTorch's names mean ({@code torch._utils}, {@code torch.serialization}); any other harmless
 * name becomes an opaque node and is listed.
 */
final class TorchBindings implements Bindings {
  private static final int PAIRS_LIMIT = 2_000_000;

  private final Map<String, StorageRef> storages = new LinkedHashMap<>();
  private final Set<String> unknown = new LinkedHashSet<>();
  private long pairsCopied;

  /** One reference for each storage that is named, in order of first mention. */
  Map<String, StorageRef> storages() {
    return storages;
  }

  /** Classes that became opaque nodes, in order of first call. */
  Set<String> unknown() {
    return unknown;
  }

  @Override
  public void mention(Value.Global global) {
    String why = NamePolicy.whyNotMention(global);
    if (why != null) {
      throw new UnsafePickle(why);
    }
  }

  @Override
  public Value call(Value.Global global, Value arguments) {
    mention(global);
    if (!NamePolicy.callable(global)) {
      throw new UnsafePickle("calls " + global + ", which is not plausibly a data class");
    }
    return switch (global.toString()) {
      case "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_tensor_v3" ->
          tensor(new Arguments(global.name(), arguments));
      case "torch._utils._rebuild_qtensor" -> quantised(new Arguments(global.name(), arguments));
      case "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter",
          "torch.nn.parameter.Buffer" ->
          new Arguments(global.name(), arguments).at(0);
      case "torch._tensor._rebuild_from_type", "torch._tensor._rebuild_from_type_v2" -> {
        Arguments outer = new Arguments(global.name(), arguments);
        if (!outer.global(0).toString().startsWith("torch._utils._rebuild_")) {
          throw new IllegalArgumentException(global + " is asked to call " + outer.global(0));
        }
        yield call(outer.global(0), outer.at(2));
      }
      case "collections.OrderedDict",
          "collections.defaultdict",
          "collections.Counter",
          "builtins.dict",
          "__builtin__.dict" ->
          mapping(arguments);
      case "torch.Size",
          "collections.deque",
          "builtins.set",
          "builtins.frozenset",
          "builtins.list",
          "builtins.tuple",
          "__builtin__.set",
          "__builtin__.frozenset",
          "__builtin__.list",
          "__builtin__.tuple" ->
          sequence(arguments);
      default -> opaque(global, arguments);
    };
  }

  @Override
  public Value persistent(Value id) {
    Arguments parts = new Arguments("persistent id", id);
    String kind = parts.text(0);
    if (kind.equals("module")) {
      return parts.at(1);
    }
    if (!kind.equals("storage")) {
      throw new IllegalArgumentException("persistent id of kind '" + kind + "'");
    }
    Value.Global type = parts.global(1);
    DType dtype =
        TorchTypes.storage(type)
            .orElseThrow(
                () -> new IllegalArgumentException("storage class " + type + " is not known"));
    String key = parts.at(2) instanceof Value.Int number ? "" + number.value() : parts.text(2);
    long elements = parts.integer(4);
    long first = 0;
    long count = elements;
    if (parts.count() > 5 && parts.at(5) instanceof Value.Sequence) {
      Arguments view = new Arguments("storage view", parts.at(5));
      first = view.integer(1);
      count = view.integer(2);
    }
    if (elements > Long.MAX_VALUE / dtype.blockBytes()) {
      throw new IllegalArgumentException(
          "storage '%s' of %d elements is larger than any file".formatted(key, elements));
    }
    if (elements < 0 || first < 0 || count < 0 || Math.addExact(first, count) > elements) {
      throw new IllegalArgumentException(
          "storage '%s' of %d elements is viewed from %d for %d"
              .formatted(key, elements, first, count));
    }
    StorageRef storage =
        new StorageRef(key, dtype, TorchTypes.untyped(type), elements, first, count);
    StorageRef known = storages.putIfAbsent(key, storage);
    if (known != null && byteLength(known) != byteLength(storage)) {
      throw new IllegalArgumentException(
          "storage '%s' has %d bytes here and %d bytes before"
              .formatted(key, byteLength(storage), byteLength(known)));
    }
    return new Value.Stored(storage);
  }

  private static long byteLength(StorageRef storage) {
    return Math.multiplyExact(storage.elements(), (long) storage.dtype().blockBytes());
  }

  /** (storage, offset, shape, strides, ...); version 3 carries the type as its seventh argument. */
  private static Value tensor(Arguments arguments) {
    StorageRef storage = arguments.storage(0);
    DType dtype = storage.dtype();
    if (storage.untyped() && arguments.count() > 6) {
      Value.Global named = arguments.global(6);
      dtype =
          TorchTypes.dtype(named)
              .orElseThrow(() -> new IllegalArgumentException("type " + named + " is not known"));
    }
    TensorView view =
        new TensorView(
            storage, dtype, arguments.integer(1), arguments.shape(2), arguments.integers(3));
    return new Value.Tensor(view, Map.of());
  }

  /** (storage, offset, shape, strides, (scheme, scales, zero points, axis), ...). */
  private static Value quantised(Arguments arguments) {
    Value.Tensor plain = (Value.Tensor) tensor(arguments);
    Arguments scheme = new Arguments("quantizer", arguments.at(4));
    Map<String, Value> scales = new LinkedHashMap<>();
    if (scheme.count() > 2) {
      scales.put("scale", scheme.at(1));
      scales.put("zero_point", scheme.at(2));
    }
    return new Value.Tensor(plain.view(), scales);
  }

  /** An existing mapping stands for its copy, so that copies cost nothing; pairs are counted. */
  private Value mapping(Value arguments) {
    Value.Dict dict = new Value.Dict();
    if (arguments instanceof Value.Sequence sequence && !sequence.items.isEmpty()) {
      Value initial = sequence.items.get(sequence.items.size() - 1);
      if (initial instanceof Value.Dict known) {
        return known;
      }
      if (initial instanceof Value.Sequence pairs) {
        pairsCopied += pairs.items.size();
        if (pairsCopied > PAIRS_LIMIT) {
          throw new IllegalArgumentException("mappings of over " + PAIRS_LIMIT + " pairs are made");
        }
        for (Value pair : pairs.items) {
          Arguments entry = new Arguments("mapping", pair);
          if (!dict.add(entry.at(0), entry.at(1))) {
            throw new UnsafePickle("a key is set twice in one mapping");
          }
        }
      }
    }
    return dict;
  }

  /** An existing sequence stands for its copy. */
  private static Value sequence(Value arguments) {
    if (arguments instanceof Value.Sequence outer
        && !outer.items.isEmpty()
        && outer.items.get(0) instanceof Value.Sequence inner) {
      return inner;
    }
    return new Value.Sequence(List.of());
  }

  private Value opaque(Value.Global global, Value arguments) {
    Value.Global named = global;
    boolean reconstructor = global.name().equals("_reconstructor");
    if (reconstructor
        && new Arguments("_reconstructor", arguments).at(0) instanceof Value.Global g) {
      named = g;
    }
    boolean plain =
        switch (named.module().split("\\.", 2)[0]) {
          case "builtins", "__builtin__", "collections", "_codecs", "numpy" -> true;
          case "torch" -> named.name().equals("device") || TorchTypes.dtype(named).isPresent();
          default -> false;
        };
    if (!plain) {
      unknown.add(named.toString());
    }
    return new Value.Opaque(named, arguments);
  }
}
