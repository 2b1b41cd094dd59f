package org.findthelady.run;

import java.util.Comparator;

/**
 * A claim to a run's lock.
 *
 * @param owner unique
 * @param holder the process that made it
 * @param madeMillis when it was made, by the store's clock
 * @param renewedMillis when it was last renewed, by the store's clock
 */
record LockClaim(String owner, LockHolder holder, long madeMillis, long renewedMillis) {
  /** Who comes first holds the lock. */
  static final Comparator<LockClaim> TURN =
      Comparator.comparingLong(LockClaim::madeMillis).thenComparing(LockClaim::owner);

  /** Whether its process is seen to run on this machine. */
  boolean isHere() {
    return holder.isOfThisMachine() && !holder.isGone();
  }
}
