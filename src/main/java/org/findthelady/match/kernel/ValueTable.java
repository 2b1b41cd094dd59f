package org.findthelady.match.kernel;

/** Numbers other than zero, each with the unit of a group that holds it. */
public final class ValueTable {
  /** The unit of a number that is not there. */
  public static final int ABSENT = -2;

  /** The unit of a number that several units hold. */
  public static final int SEVERAL = -1;

  private int[] keys = new int[1 << 10];
  private int[] units = new int[keys.length];
  private int distinct;
  private long added;

  /** Adds a number by {@link PositionHash#bits}; zero and what is not finite are left out. */
  public void add(int bits, int unit) {
    if (bits == 0 || (bits & 0x7f800000) == 0x7f800000) {
      return;
    }
    added++;
    int at = place(bits);
    if (keys[at] == 0) {
      keys[at] = bits;
      units[at] = unit;
      if (++distinct > keys.length / 2) {
        grow();
      }
    } else if (units[at] != unit) {
      units[at] = SEVERAL;
    }
  }

  /** The unit that holds a number, {@link #SEVERAL} or {@link #ABSENT}. */
  public int unitOf(int bits) {
    int at = place(bits);
    return keys[at] == 0 ? ABSENT : units[at];
  }

  /** Different numbers. */
  public int distinct() {
    return distinct;
  }

  /** Numbers added, equal ones each for itself. */
  public long added() {
    return added;
  }

  /** What is done with each number. */
  public interface Visitor {
    void visit(int bits, int unit);
  }

  public void forEach(Visitor visitor) {
    for (int at = 0; at < keys.length; at++) {
      if (keys[at] != 0) {
        visitor.visit(keys[at], units[at]);
      }
    }
  }

  private int place(int bits) {
    int at = (int) ((bits * 0x9e3779b97f4a7c15L) >>> 32) & (keys.length - 1);
    while (keys[at] != 0 && keys[at] != bits) {
      at = (at + 1) & (keys.length - 1);
    }
    return at;
  }

  private void grow() {
    int[] oldKeys = keys;
    int[] oldUnits = units;
    keys = new int[2 * oldKeys.length];
    units = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int at = place(oldKeys[i]);
        keys[at] = oldKeys[i];
        units[at] = oldUnits[i];
      }
    }
  }
}
