package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Permutation;
import org.findthelady.core.TensorInfo;

/**
 * Moves every axis of every tensor at random and prints the gathers, for {@code
 * src/test/python/check_shuffle.py}. Tensors at the same place of the file move alike.
 */
final class TensorShuffle {
  private TensorShuffle() {}

  /**
   * @param arguments input file, output file, seed
   */
  public static void main(String[] arguments) throws IOException {
    MemoryStore store = new MemoryStore();
    store.put(arguments[0], Files.readAllBytes(Path.of(arguments[0])));
    Checkpoint checkpoint = Checkpoints.open(store, arguments[0]);
    CheckpointFormat format = Checkpoints.format(checkpoint.format());
    Map<String, Move> moves = moves(checkpoint, new SplittableRandom(Long.parseLong(arguments[2])));
    try (TensorReader reader = format.reader(store, checkpoint)) {
      format.write(store, checkpoint, reader, moves, "/out");
    }
    Files.write(Path.of(arguments[1]), store.bytes("/out"));
    moves.forEach(
        (name, move) -> System.out.println(name + "\t" + Arrays.deepToString(move.gathers())));
  }

  static Map<String, Move> moves(Checkpoint checkpoint, SplittableRandom random) {
    Map<Object, int[][]> byPlace = new HashMap<>();
    Map<String, Move> moves = new LinkedHashMap<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      Object place = Arrays.asList(tensor.offset(), tensor.shape(), tensor.dtype());
      int[][] gathers =
          byPlace.computeIfAbsent(
              place,
              key ->
                  Arrays.stream(tensor.shape().toArray())
                      .mapToObj(n -> Permutation.random((int) n, random).toArray())
                      .toArray(int[][]::new));
      moves.put(tensor.name(), new Move(tensor, gathers));
    }
    return moves;
  }
}
