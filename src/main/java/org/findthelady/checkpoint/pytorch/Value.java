package org.findthelady.checkpoint.pytorch;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle describes, as inert data. Containers can be shared and cyclic, so they are compared
 * by identity and nothing here walks them.
 */
sealed interface Value {
  /** Python's None. */
  record Nothing() implements Value {
    static final Nothing INSTANCE = new Nothing();
  }

  /** True or False. */
  record Bool(boolean value) implements Value {
    static final Bool TRUE = new Bool(true);
    static final Bool FALSE = new Bool(false);
  }

  /** An integer that fits a long. */
  record Int(long value) implements Value {}

  /** A larger integer. */
  record BigInt(BigInteger value) implements Value {}

  /** A float. */
  record Real(double value) implements Value {}

  /** A string. */
  record Text(String value) implements Value {}

  /**
   * Raw bytes, left in the file.
   *
   * @param position absolute position in the file, or -1 if they are not there as such
   * @param length number of bytes; 0 if the position is -1
   */
  record Bytes(long position, long length) implements Value {}

  /** The name of something importable. Never imported. */
  record Global(String module, String name) implements Value {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /** A storage that holds elements of tensors. */
  record Stored(StorageRef storage) implements Value {}

  /** A tensor; {@code scales} holds what goes with a quantised one. */
  record Tensor(TensorView view, Map<String, Value> scales) implements Value {}

  /** A list, tuple or set. */
  final class Sequence implements Value {
    final List<Value> items;

    Sequence(List<Value> items) {
      this.items = new ArrayList<>(items);
    }
  }

  /** A mapping in insertion order. */
  final class Dict implements Value {
    final List<Value> keys = new ArrayList<>();
    final List<Value> values = new ArrayList<>();
    private final Map<Object, Integer> places = new HashMap<>();

    /** Adds an entry; false if there is one with that string or integer key already. */
    boolean add(Value key, Value value) {
      Object known = null;
      if (key instanceof Text text) {
        known = text.value();
      } else if (key instanceof Int number) {
        known = number.value();
      }
      if (known != null && places.putIfAbsent(known, keys.size()) != null) {
        return false;
      }
      keys.add(key);
      values.add(value);
      return true;
    }

    /** The value at a string key, or null. */
    Value at(String key) {
      Integer place = places.get(key);
      return place == null ? null : values.get(place);
    }
  }

  /** An object that was never made: its class or constructor, and everything it would be given. */
  final class Opaque implements Value {
    final Global callable;
    final Value arguments;
    Sequence items;
    Dict entries;
    Value state = Nothing.INSTANCE;

    Opaque(Global callable, Value arguments) {
      this.callable = callable;
      this.arguments = arguments;
    }
  }
}
