package org.findthelady.fleet;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/**
 * Hands results on in the order of their numbers, from 0 on. Those that come before their turn are
 * held until then.
 */
public final class InOrder<T> implements ObjIntConsumer<T> {
  private final ObjIntConsumer<T> next;
  private final Map<Integer, T> early = new HashMap<>();
  private int turn;

  public InOrder(ObjIntConsumer<T> next) {
    this.next = next;
  }

  @Override
  public void accept(T result, int number) {
    early.put(number, result);
    while (early.containsKey(turn)) {
      next.accept(early.remove(turn), turn++);
    }
  }
}
