package org.findthelady.checkpoint.packed;

import java.io.IOException;
import java.util.List;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.PartMove;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;

/**
 * Zero points that are packed as codes: rows of the plane are lines of blocks.
 *
 * @param plane the codes
 * @param offset what is taken from each code
 */
record PlaneTerms(BitPlane plane, int offset) implements Terms {
  @Override
  public List<TensorInfo> parts() {
    return List.of(plane.stored());
  }

  @Override
  public Lines open(TensorReader reader, Blocks blocks) throws IOException {
    byte[] bytes = reader.readAll(plane.stored());
    return index -> {
      float[] line = new float[plane.columns()];
      for (int column = 0; column < line.length; column++) {
        line[column] = plane.code(bytes, Math.toIntExact(index), column) - offset;
      }
      return line;
    };
  }

  @Override
  public List<PartMove> moves(Terms from, Blocks blocks, int[][] gathers, String weight) {
    BitPlane source = ((PlaneTerms) from).plane;
    int[][] moved = blocks.gathers(gathers, weight);
    return List.of(
        new PartMove(
            plane.stored().name(),
            Move.none(plane.stored()),
            (stored, bytes) ->
                source.gather(stored.readAll(source.stored()), moved[0], moved[1], bytes)));
  }
}
