package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException;

/** Reads pickles of two gigabytes that only grow; run in a small JVM. */
final class PickleBombs {
  /** What each may cost here. */
  static final long BUDGET_BYTES = 48L << 20;

  private static final long BYTES = 2L << 30;

  private PickleBombs() {}

  static Map<String, byte[][]> bombs() {
    Map<String, byte[][]> bombs = new LinkedHashMap<>();
    PickleBytes none = PickleBytes.protocol(4);
    bombs.put("None", bomb(none, new PickleBytes().op('N')));
    bombs.put("lists", bomb(none, new PickleBytes().op(']')));
    bombs.put("mappings", bomb(none, new PickleBytes().op('}')));
    bombs.put("tuples", bomb(none.op('N'), new PickleBytes().raw(0x85)));
    bombs.put("marks", bomb(none, new PickleBytes().op('(')));
    bombs.put("memo", bomb(PickleBytes.protocol(4).op('N'), new PickleBytes().raw(0x94)));
    bombs.put("stack", bomb(PickleBytes.protocol(4).op('N'), new PickleBytes().op('2')));
    bombs.put("integers", bomb(none, new PickleBytes().op('J').raw(1, 2, 3, 4)));
    bombs.put("big integers", bomb(none, new PickleBytes().raw(0x8a, 9).bytes(new byte[9])));
    bombs.put("bytes", bomb(none, new PickleBytes().op('C').raw(0)));
    bombs.put("short strings", bomb(none, new PickleBytes().op('U').raw(0)));
    bombs.put("long strings", bomb(none, new PickleBytes().text("é".repeat(50_000))));
    bombs.put("lines", bomb(none, new PickleBytes().op('V').ascii("a\n")));
    bombs.put("names", bomb(none, new PickleBytes().global("m", "N")));
    bombs.put(
        "objects",
        bomb(
            PickleBytes.protocol(4).global("m", "N").op('q').raw(1),
            new PickleBytes().op('h').raw(1).op(')').op('R')));
    bombs.put(
        "objects with entries",
        bomb(
            PickleBytes.protocol(4).global("m", "N").op('q').raw(1),
            new PickleBytes().op('h').raw(1).op(')').op('R').op('N').op('N').op('s')));
    bombs.put("items", bomb(PickleBytes.protocol(4).op(']'), new PickleBytes().op('N').op('a')));
    bombs.put(
        "entries",
        bomb(PickleBytes.protocol(4).op('}'), new PickleBytes().op('N').op('N').op('s')));
    PickleBytes axes = PickleBytes.protocol(4).global("torch._utils", "_rebuild_tensor");
    axes.op('q').raw(1).op('(').op('(').text("storage").global("torch", "ByteStorage");
    axes.text("0").text("cpu").integer(1).op('t').op('Q').integer(0);
    axes.integers(new long[64]).integers(new long[64]).op('t').op('q').raw(2);
    bombs.put("tensors", bomb(axes, new PickleBytes().op('h').raw(1).op('h').raw(2).op('R')));
    PickleBytes pairs = PickleBytes.protocol(4).global("collections", "OrderedDict");
    pairs.op('q').raw(1).op(']').op('(');
    for (int i = 0; i < 2_000; i++) {
      pairs.op('N').op('N').raw(0x86);
    }
    pairs.op('e').raw(0x85).op('q').raw(2);
    bombs.put(
        "copies of pairs", bomb(pairs, new PickleBytes().op('h').raw(1).op('h').raw(2).op('R')));
    return bombs;
  }

  private static byte[][] bomb(PickleBytes start, PickleBytes repeated) {
    return new byte[][] {start.unfinished(), repeated.unfinished()};
  }

  /** Prints one line for each bomb: its name and the reason it was refused for. */
  public static void main(String[] arguments) throws IOException {
    for (Map.Entry<String, byte[][]> bomb : bombs().entrySet()) {
      SeekableInput file = new Repeated(bomb.getValue()[0], bomb.getValue()[1]);
      String outcome = "read";
      try {
        PickleMachine.run(
            new PickleInput(file, "bomb", 0, BYTES), new TorchBindings(), BUDGET_BYTES);
      } catch (CheckpointException e) {
        outcome = e.reason().name();
      }
      System.out.println(bomb.getKey() + ": " + outcome);
    }
  }

  /** A start, then a pattern again and again. */
  private record Repeated(byte[] start, byte[] pattern) implements SeekableInput {
    @Override
    public String location() {
      return "/bomb.pt";
    }

    @Override
    public long length() {
      return BYTES;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int count) {
      for (int i = 0; i < count; i++) {
        long at = position + i;
        target[offset + i] =
            at < start.length
                ? start[(int) at]
                : pattern[(int) ((at - start.length) % pattern.length)];
      }
    }

    @Override
    public void close() {}
  }
}
