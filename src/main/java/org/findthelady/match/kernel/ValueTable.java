package org.findthelady.match.kernel;

/** Numbers other than zero, each with the leaf of a group that holds it. */
public final class ValueTable {
  /** The leaf of a number that is not there. */
  public static final int ABSENT = -2;

  /** The leaf of a number that several leaves hold. */
  public static final int SEVERAL = -1;

  private int[] keys = new int[1 << 10];
  private int[] leaves = new int[keys.length];
  private int distinct;
  private long added;

  /** Adds a number by {@link PositionHash#bits}; zero and what is not finite are left out. */
  public void add(int bits, int leaf) {
    if (bits == 0 || (bits & 0x7f800000) == 0x7f800000) {
      return;
    }
    added++;
    int at = place(bits);
    if (keys[at] == 0) {
      keys[at] = bits;
      leaves[at] = leaf;
      if (++distinct > keys.length / 2) {
        grow();
      }
    } else if (leaves[at] != leaf) {
      leaves[at] = SEVERAL;
    }
  }

  /** The leaf that holds a number, {@link #SEVERAL} or {@link #ABSENT}. */
  public int leafOf(int bits) {
    int at = place(bits);
    return keys[at] == 0 ? ABSENT : leaves[at];
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
    void visit(int bits, int leaf);
  }

  public void forEach(Visitor visitor) {
    for (int at = 0; at < keys.length; at++) {
      if (keys[at] != 0) {
        visitor.visit(keys[at], leaves[at]);
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
    int[] oldLeaves = leaves;
    keys = new int[2 * oldKeys.length];
    leaves = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int at = place(oldKeys[i]);
        keys[at] = oldKeys[i];
        leaves[at] = oldLeaves[i];
      }
    }
  }
}
