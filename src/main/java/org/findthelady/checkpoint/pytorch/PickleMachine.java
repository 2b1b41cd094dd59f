package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * Runs the opcodes of a pickle (Python's {@code pickletools}, protocols 0 to 5) on data only.
 *
 * <ol>
 *   <li>No opcode has an effect outside this object.
 *   <li>Every opcode pays for the memory that it can hold on to, out of one budget.
 *   <li>Shared values stay shared, so doubling through memo or DUP costs its opcodes, not its size.
 *   <li>Nothing recurses.
 * </ol>
 */
final class PickleMachine {
  /** Estimated bytes that the values of one pickle may take. */
  static final long BUDGET_BYTES = 384L << 20;

  private static final int OPCODE_COST = 16;
  private static final int VALUE_COST = 64;
  private static final int NAMES_COST = 96;
  private static final int DICT_COST = 200;
  private static final int TENSOR_COST = 256;
  private static final int INTEGER_LIMIT = 1024;

  private final PickleInput input;
  private final Bindings bindings;
  private final List<List<Value>> outer = new ArrayList<>();
  private final Map<Long, Value> memo = new HashMap<>();
  private List<Value> stack = new ArrayList<>();
  private long budget;
  private long opcodeAt;

  private PickleMachine(PickleInput input, Bindings bindings, long budget) {
    this.input = input;
    this.bindings = bindings;
    this.budget = budget;
  }

  /** Reads one pickle; the input stands behind its STOP afterwards. */
  static Value run(PickleInput input, Bindings bindings) throws IOException {
    return run(input, bindings, BUDGET_BYTES);
  }

  static Value run(PickleInput input, Bindings bindings, long budget) throws IOException {
    PickleMachine machine = new PickleMachine(input, bindings, budget);
    try {
      return machine.run();
    } catch (Bindings.UnsafePickle e) {
      throw input.failure(
          Reason.UNSAFE, "%s at byte %d".formatted(e.getMessage(), machine.opcodeAt));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw input.malformed("%s at byte %d".formatted(e.getMessage(), machine.opcodeAt));
    }
  }

  private Value run() throws IOException {
    while (true) {
      opcodeAt = input.position();
      int opcode = input.unsignedByte();
      pay(OPCODE_COST);
      if (opcode == '.') {
        return pop();
      }
      if (!structure(opcode) && !literal(opcode) && !container(opcode) && !object(opcode)) {
        throw fault("unknown opcode 0x%02x".formatted(opcode));
      }
    }
  }

  /** Stack, memo and framing. */
  private boolean structure(int opcode) throws IOException {
    switch (opcode) {
      case 0x80 -> { // PROTO
        int protocol = input.unsignedByte();
        if (protocol > 5) {
          throw input.failure(Reason.UNSUPPORTED, "protocol " + protocol + ", known are 0 to 5");
        }
      }
      case 0x95 -> input.length(8); // FRAME
      case '(' -> { // MARK
        pay(VALUE_COST);
        outer.add(stack);
        stack = new ArrayList<>(0);
      }
      case '0' -> { // POP, which also removes a mark
        if (stack.isEmpty()) {
          mark();
        } else {
          pop();
        }
      }
      case '1' -> mark(); // POP_MARK
      case '2' -> stack.add(top()); // DUP
      case 'p' -> remember(index(input.line())); // PUT
      case 'q' -> remember(input.unsignedByte()); // BINPUT
      case 'r' -> remember(Integer.toUnsignedLong(input.intValue())); // LONG_BINPUT
      case 0x94 -> remember(memo.size()); // MEMOIZE
      case 'g' -> recall(index(input.line())); // GET
      case 'h' -> recall(input.unsignedByte()); // BINGET
      case 'j' -> recall(Integer.toUnsignedLong(input.intValue())); // LONG_BINGET
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean literal(int opcode) throws IOException {
    switch (opcode) {
      case 'N' -> push(Value.Nothing.INSTANCE); // NONE
      case 0x88 -> push(Value.Bool.TRUE); // NEWTRUE
      case 0x89 -> push(Value.Bool.FALSE); // NEWFALSE
      case 'I' -> push(oldInteger(input.line())); // INT
      case 'L' -> push(longLiteral(input.line())); // LONG
      case 'J' -> push(new Value.Int(input.intValue())); // BININT
      case 'K' -> push(new Value.Int(input.unsignedByte())); // BININT1
      case 'M' -> push(new Value.Int(input.unsignedShort())); // BININT2
      case 0x8a -> push(binaryInteger(input.length(1))); // LONG1
      case 0x8b -> push(binaryInteger(input.length(4))); // LONG4
      case 'F' -> push(new Value.Real(Double.parseDouble(input.line()))); // FLOAT
      case 'G' -> push(new Value.Real(input.bigEndianDouble())); // BINFLOAT
      case 'S' -> push(text(Escapes.quoted(paidLine()))); // STRING
      case 'V' -> push(text(Escapes.raw(paidLine()))); // UNICODE
      case 'U' -> push(text(input.oldString(paid(input.length(1))))); // SHORT_BINSTRING
      case 'T' -> push(text(input.oldString(paid(input.length(4))))); // BINSTRING
      case 0x8c -> push(text(input.utf8(paid(input.length(1))))); // SHORT_BINUNICODE
      case 'X' -> push(text(input.utf8(paid(input.length(4))))); // BINUNICODE
      case 0x8d -> push(text(input.utf8(paid(input.length(8))))); // BINUNICODE8
      case 'C' -> push(bytes(input.length(1))); // SHORT_BINBYTES
      case 'B' -> push(bytes(input.length(4))); // BINBYTES
      case 0x8e, 0x96 -> push(bytes(input.length(8))); // BINBYTES8, BYTEARRAY8
      case 0x97, 0x98 -> // NEXT_BUFFER, READONLY_BUFFER
          throw input.failure(
              Reason.UNSUPPORTED, "refers to a buffer outside the file at byte " + opcodeAt);
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean container(int opcode) {
    switch (opcode) {
      case ']', ')', 0x8f -> push(new Value.Sequence(List.of())); // EMPTY_LIST, _TUPLE, _SET
      case 'l', 't', 0x91 -> push(new Value.Sequence(mark())); // LIST, TUPLE, FROZENSET
      case 0x85 -> push(new Value.Sequence(popLast(1))); // TUPLE1
      case 0x86 -> push(new Value.Sequence(popLast(2))); // TUPLE2
      case 0x87 -> push(new Value.Sequence(popLast(3))); // TUPLE3
      case '}' -> push(new Value.Dict()); // EMPTY_DICT
      case 'd' -> { // DICT
        Value.Dict dict = new Value.Dict();
        put(dict, mark());
        push(dict);
      }
      case 'a' -> append(popLast(1)); // APPEND
      case 'e', 0x90 -> append(mark()); // APPENDS, ADDITEMS
      case 's' -> { // SETITEM
        List<Value> entry = popLast(2);
        put(entries(top()), entry);
      }
      case 'u' -> { // SETITEMS
        List<Value> entries = mark();
        put(entries(top()), entries);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Names, calls and outside references. */
  private boolean object(int opcode) throws IOException {
    switch (opcode) {
      case 'c' -> push(global(input.line(), input.line())); // GLOBAL
      case 0x93 -> { // STACK_GLOBAL
        List<Value> names = popLast(2);
        if (!(names.get(0) instanceof Value.Text module)
            || !(names.get(1) instanceof Value.Text name)) {
          throw fault("STACK_GLOBAL without two strings");
        }
        push(global(module.value(), name.value()));
      }
      case 'R' -> { // REDUCE
        List<Value> call = popLast(2);
        push(call(call.get(0), call.get(1)));
      }
      case 'i' -> { // INST
        Value.Global global = global(input.line(), input.line());
        push(call(global, new Value.Sequence(mark())));
      }
      case 'o' -> { // OBJ
        List<Value> call = mark();
        if (call.isEmpty()) {
          throw fault("OBJ without a class");
        }
        push(call(call.get(0), new Value.Sequence(call.subList(1, call.size()))));
      }
      case 0x81 -> { // NEWOBJ
        List<Value> call = popLast(2);
        push(call(call.get(0), call.get(1)));
      }
      case 0x92 -> { // NEWOBJ_EX: arguments and keyword arguments are kept together
        List<Value> call = popLast(3);
        push(call(call.get(0), new Value.Sequence(call.subList(1, 3))));
      }
      case 'b' -> { // BUILD
        Value state = pop();
        build(top(), state);
      }
      case 'P' -> push(bindings.persistent(text(input.line()))); // PERSID
      case 'Q' -> push(bindings.persistent(pop())); // BINPERSID
      case 0x82, 0x83, 0x84 -> // EXT1, EXT2, EXT4
          throw new Bindings.UnsafePickle("code from Python's extension registry is asked for");
      default -> {
        return false;
      }
    }
    return true;
  }

  private Value.Global global(String module, String name) {
    Value.Global global = new Value.Global(module, name);
    pay(NAMES_COST + 2L * (module.length() + name.length()));
    bindings.mention(global);
    return global;
  }

  private Value call(Value callable, Value arguments) {
    if (callable instanceof Value.Global global) {
      return bindings.call(global, arguments);
    }
    throw new Bindings.UnsafePickle("a value that is not a name is called");
  }

  private static void build(Value target, Value state) {
    if (target instanceof Value.Global global) {
      throw new Bindings.UnsafePickle("state is set on " + global + " itself");
    }
    if (target instanceof Value.Opaque opaque) {
      opaque.state = state;
    }
  }

  private void append(List<Value> items) {
    List<Value> target;
    if (top() instanceof Value.Sequence sequence) {
      target = sequence.items;
    } else if (top() instanceof Value.Opaque opaque) {
      opaque.items = opaque.items == null ? new Value.Sequence(List.of()) : opaque.items;
      target = opaque.items.items;
    } else {
      throw fault("items are appended to something that holds none");
    }
    pay((long) OPCODE_COST * items.size());
    target.addAll(items);
  }

  private Value.Dict entries(Value target) {
    if (target instanceof Value.Dict dict) {
      return dict;
    }
    if (target instanceof Value.Opaque opaque) {
      if (opaque.entries == null) {
        pay(DICT_COST);
        opaque.entries = new Value.Dict();
      }
      return opaque.entries;
    }
    throw fault("entries are set on something that holds none");
  }

  private void put(Value.Dict dict, List<Value> flat) {
    if (flat.size() % 2 != 0) {
      throw fault("a key without a value");
    }
    pay((long) VALUE_COST * flat.size()); // two lists and a hash entry
    for (int i = 0; i < flat.size(); i += 2) {
      if (!dict.add(flat.get(i), flat.get(i + 1))) {
        throw input.failure(
            Reason.UNSAFE,
            "key '%s' is set twice in one mapping, at byte %d".formatted(flat.get(i), opcodeAt));
      }
    }
  }

  private void remember(long index) {
    pay(VALUE_COST);
    memo.put(index, top());
  }

  private void recall(long index) {
    Value value = memo.get(index);
    if (value == null) {
      throw fault("memo " + index + " is empty");
    }
    stack.add(value);
  }

  private static long index(String line) {
    return Long.parseLong(line);
  }

  private Value oldInteger(String line) {
    return switch (line) {
      case "00" -> Value.Bool.FALSE;
      case "01" -> Value.Bool.TRUE;
      default -> longLiteral(line);
    };
  }

  private Value longLiteral(String line) {
    String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    if (digits.length() > INTEGER_LIMIT) {
      throw input.failure(
          Reason.LIMIT, "integer of %d digits at byte %d".formatted(digits.length(), opcodeAt));
    }
    return integer(new BigInteger(digits));
  }

  private Value binaryInteger(long length) throws IOException {
    if (length > INTEGER_LIMIT) {
      throw input.failure(
          Reason.LIMIT, "integer of %d bytes at byte %d".formatted(length, opcodeAt));
    }
    byte[] bytes = input.bytes(length);
    for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
      byte kept = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = kept;
    }
    return integer(bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes));
  }

  private static Value integer(BigInteger value) {
    return value.bitLength() < 64 ? new Value.Int(value.longValue()) : new Value.BigInt(value);
  }

  private String paidLine() throws IOException {
    String line = input.latinLine();
    pay(2L * line.length());
    return line;
  }

  private static Value.Text text(String value) {
    return new Value.Text(value);
  }

  private Value.Bytes bytes(long length) {
    Value.Bytes bytes = new Value.Bytes(input.position(), length);
    input.skip(length);
    return bytes;
  }

  private List<Value> mark() {
    if (outer.isEmpty()) {
      throw fault("no mark on the stack");
    }
    List<Value> items = stack;
    stack = outer.remove(outer.size() - 1);
    return items;
  }

  private List<Value> popLast(int count) {
    if (stack.size() < count) {
      throw fault("stack holds %d values, %d needed".formatted(stack.size(), count));
    }
    List<Value> tail = stack.subList(stack.size() - count, stack.size());
    List<Value> items = new ArrayList<>(tail);
    tail.clear();
    return items;
  }

  private Value pop() {
    Value value = top();
    stack.remove(stack.size() - 1);
    return value;
  }

  private Value top() {
    if (stack.isEmpty()) {
      throw fault("stack is empty");
    }
    return stack.get(stack.size() - 1);
  }

  private void push(Value value) {
    pay(VALUE_COST);
    if (value instanceof Value.Dict) {
      pay(DICT_COST);
    } else if (value instanceof Value.Tensor tensor) {
      pay(TENSOR_COST + 2L * Long.BYTES * tensor.view().shape().rank());
    } else if (value instanceof Value.Stored) {
      pay(TENSOR_COST);
    }
    stack.add(value);
  }

  /** Pays for a string before it is read. */
  private long paid(long length) {
    pay(Math.multiplyExact(2, length));
    return length;
  }

  private void pay(long bytes) {
    budget -= bytes;
    if (budget < 0) {
      throw input.failure(
          Reason.LIMIT, "values need more than the allowed memory at byte " + opcodeAt);
    }
  }

  private CheckpointException fault(String message) {
    return input.malformed("%s at byte %d".formatted(message, opcodeAt));
  }
}
