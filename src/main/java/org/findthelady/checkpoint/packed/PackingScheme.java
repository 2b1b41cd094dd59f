package org.findthelady.checkpoint.packed;

import java.io.IOException;

/** Finds weights that are packed in one way, by names, shapes and types of stored tensors. */
@FunctionalInterface
interface PackingScheme {
  /** Takes what it finds. */
  void find(PackedSearch search) throws IOException;
}
