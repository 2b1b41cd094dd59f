package org.findthelady.checkpoint.pytorch;

import java.util.List;
import org.findthelady.core.Shape;

/** The arguments of a known call, with their types checked. */
final class Arguments {
  /** PyTorch's own limit on axes. */
  private static final int RANK_LIMIT = 64;

  private final String callee;
  private final List<Value> items;

  Arguments(String callee, Value arguments) {
    this.callee = callee;
    if (!(arguments instanceof Value.Sequence sequence)) {
      throw new IllegalArgumentException(callee + " is called without a tuple");
    }
    this.items = sequence.items;
  }

  int count() {
    return items.size();
  }

  Value at(int index) {
    if (index >= items.size()) {
      throw new IllegalArgumentException(
          "%s needs argument %d, has %d".formatted(callee, index, items.size()));
    }
    return items.get(index);
  }

  long integer(int index) {
    if (at(index) instanceof Value.Int number) {
      return number.value();
    }
    throw wrong(index, "an integer");
  }

  String text(int index) {
    if (at(index) instanceof Value.Text text) {
      return text.value();
    }
    throw wrong(index, "a string");
  }

  Value.Global global(int index) {
    if (at(index) instanceof Value.Global global) {
      return global;
    }
    throw wrong(index, "a class");
  }

  StorageRef storage(int index) {
    if (at(index) instanceof Value.Stored stored) {
      return stored.storage();
    }
    throw wrong(index, "a storage");
  }

  Shape shape(int index) {
    return Shape.of(integers(index));
  }

  long[] integers(int index) {
    if (!(at(index) instanceof Value.Sequence sequence)) {
      throw wrong(index, "a tuple of integers");
    }
    Arguments inner = new Arguments(callee, sequence);
    if (inner.count() > RANK_LIMIT) {
      throw new IllegalArgumentException(
          "%s has %d axes, at most %d are allowed".formatted(callee, inner.count(), RANK_LIMIT));
    }
    long[] integers = new long[inner.count()];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = inner.integer(i);
    }
    return integers;
  }

  private IllegalArgumentException wrong(int index, String wanted) {
    return new IllegalArgumentException(
        "argument %d of %s is not %s".formatted(index, callee, wanted));
  }
}
