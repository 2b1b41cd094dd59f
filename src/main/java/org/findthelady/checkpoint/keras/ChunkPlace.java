package org.findthelady.checkpoint.keras;

/**
 * Where a chunk lies in a dataset that it may reach beyond.
 *
 * @param chunk lengths of the chunk's axes
 * @param start of the chunk in the dataset, by axis
 * @param lengths of the dataset's axes
 * @param unit bytes of an element
 */
record ChunkPlace(int[] chunk, int[] start, int[] lengths, int unit) {
  /**
   * Copies what of a chunk lies within the dataset, row by row.
   *
   * @param data the chunk's bytes, row-major
   * @param packed the dataset's bytes, row-major; changed
   */
  void copy(byte[] data, byte[] packed) {
    copy(0, data, 0, packed, 0);
  }

  private void copy(int axis, byte[] data, int from, byte[] packed, int to) {
    int rows = Math.min(chunk[axis], lengths[axis] - start[axis]);
    int fromRow = unit;
    int toRow = unit;
    for (int inner = axis + 1; inner < chunk.length; inner++) {
      fromRow *= chunk[inner];
      toRow *= lengths[inner];
    }
    if (axis == chunk.length - 1) {
      System.arraycopy(data, from, packed, to + start[axis] * unit, rows * unit);
      return;
    }
    for (int row = 0; row < rows; row++) {
      copy(axis + 1, data, from + row * fromRow, packed, to + (start[axis] + row) * toRow);
    }
  }
}
