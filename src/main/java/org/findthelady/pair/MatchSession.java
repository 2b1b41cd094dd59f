package org.findthelady.pair;

import java.io.Closeable;
import java.io.IOException;
import org.findthelady.match.ProposedOrder;

/** Where one pair is matched: its open files, or what executors hold of it. */
public interface MatchSession extends Closeable {
  /** Solves the groups. What it returns is of no use once this is closed. */
  ProposedOrder propose() throws IOException;
}
