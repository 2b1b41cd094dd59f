package org.findthelady.checkpoint.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.MemoryStore;
import org.findthelady.checkpoint.zip.RawZip;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles made to do harm, in a legacy file, in an archive and bare. */
final class HostilePickleTest {
  private static final int REDUCE = 'R';
  private static final int NEWOBJ = 0x81;
  private static final int NEWOBJ_EX = 0x92;
  private static final int STACK_GLOBAL = 0x93;
  private static final int MEMOIZE = 0x94;

  private final MemoryStore store = new MemoryStore();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "os system",
        "posix system",
        "nt system",
        "os execv",
        "subprocess Popen",
        "subprocess check_output",
        "builtins eval",
        "builtins exec",
        "builtins compile",
        "builtins getattr",
        "builtins __import__",
        "builtins open",
        "builtins type",
        "__builtin__ eval",
        "__builtin__ apply",
        "sys exit",
        "sys modules",
        "importlib import_module",
        "importlib.util spec_from_file_location",
        "runpy run_path",
        "shutil rmtree",
        "socket socket",
        "webbrowser open",
        "pty spawn",
        "timeit timeit",
        "code InteractiveInterpreter",
        "pickle loads",
        "_pickle loads",
        "cPickle loads",
        "marshal loads",
        "types FunctionType",
        "types CodeType",
        "operator attrgetter",
        "_operator methodcaller",
        "functools reduce",
        "ctypes CDLL",
        "multiprocessing Process",
        "threading Thread",
        "pdb run",
        "bdb Bdb",
        "profile run",
        "pydoc pipepager",
        "asyncio.unix_events _UnixSelectorEventLoop",
        "commands getoutput",
        "urllib.request urlopen",
        "urllib2 urlopen",
        "http.client HTTPSConnection",
        "smtplib SMTP",
        "zipimport zipimporter",
        "copyreg add_extension",
        "gc get_objects",
        "inspect getattr_static",
        "signal signal",
        "tempfile mktemp",
        "_posixsubprocess fork_exec",
        "_testcapi run_in_subinterp",
        "torch.hub load",
        "torch load",
        "torch.serialization load",
        "torch.jit load",
        "torch.storage _load_from_bytes",
        "torch.package PackageImporter",
        "torch.utils.cpp_extension load_inline",
        "torch._inductor.codecache compile_file",
        "numpy load",
        "numpy.testing._private.utils runstring",
        "numpy.f2py compile",
        "numpy.distutils.exec_command exec_command",
        "pip main",
        "pip._internal main",
        "cloudpickle.cloudpickle _make_function",
        "dill loads",
        "joblib load",
        "requests get",
        "IPython get_ipython",
        "torch os.system",
        "torch subprocess.Popen",
        "torch.nn Module.__init__.__globals__.__getitem__",
        "pandas eval",
        "numpy.core os.system",
        "some.module Popen",
        "__main__ run",
        "__main__ os.system",
        "user.code helper",
      })
  void refusesToCall(String name) {
    String[] parts = name.split(" ", 2);
    byte[] pickle =
        PickleBytes.protocol(4)
            .global(parts[0], parts[1])
            .text("argument")
            .raw(0x85)
            .raw(REDUCE)
            .stop();
    assertRefusedEverywhere(pickle, Reason.UNSAFE, parts[1]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "os system",
        "builtins eval",
        "subprocess Popen",
        "pickle loads",
        "torch.hub load",
        "torch os.system"
      })
  void refusesToMention(String name) {
    String[] parts = name.split(" ", 2);
    byte[] pickle = PickleBytes.protocol(2).op(']').global(parts[0], parts[1]).op('a').stop();
    assertRefusedEverywhere(pickle, Reason.UNSAFE, parts[1]);
  }

  static Stream<Arguments> unsafe() {
    List<Arguments> cases = new ArrayList<>();
    unsafe(cases, "INST", p -> p.op('(').text("id").op('i').ascii("os\nsystem\n"));
    unsafe(cases, "OBJ", p -> p.op('(').global("os", "system").text("id").op('o'));
    unsafe(cases, "NEWOBJ", p -> p.global("subprocess", "Popen").text("id").raw(0x85, NEWOBJ));
    unsafe(
        cases,
        "NEWOBJ_EX",
        p -> p.global("subprocess", "Popen").text("id").raw(0x85).op('}').raw(NEWOBJ_EX));
    unsafe(
        cases,
        "STACK_GLOBAL",
        p -> p.text("os").text("system").raw(STACK_GLOBAL).text("id").raw(0x85, REDUCE));
    unsafe(
        cases,
        "STACK_GLOBAL out of the memo",
        p ->
            p.text("system")
                .raw(MEMOIZE)
                .op('0')
                .text("os")
                .raw(MEMOIZE)
                .op('h')
                .raw(0)
                .raw(STACK_GLOBAL)
                .text("id")
                .raw(0x85, REDUCE));
    unsafe(
        cases,
        "name spelled with escapes",
        p ->
            p.op('S')
                .ascii("'o\\x73'\n")
                .op('S')
                .ascii("'s\\171stem'\n")
                .raw(STACK_GLOBAL)
                .text("id")
                .raw(0x85, REDUCE));
    unsafe(
        cases,
        "name spelled in raw unicode",
        p ->
            p.op('V')
                .ascii("subprocess\n")
                .op('V')
                .ascii("\\u0050open\n")
                .raw(STACK_GLOBAL)
                .text("id")
                .raw(0x85, NEWOBJ));
    unsafe(
        cases,
        "callable kept in the memo",
        p -> p.global("os", "system").op('q').raw(1).op('0').op('h').raw(1).op(')').raw(REDUCE));
    unsafe(
        cases,
        "inside a harmless call",
        p -> p.global("functools", "partial").global("os", "system").raw(0x85, REDUCE));
    unsafe(
        cases,
        "as the factory of a mapping",
        p -> p.global("collections", "defaultdict").global("os", "getcwd").raw(0x85, REDUCE));
    unsafe(
        cases,
        "as what a tensor's reconstructor calls",
        p -> p.op('(').global("torch", "Tensor").global("builtins", "eval").op('t'));
    unsafe(
        cases,
        "result of a call is called",
        p -> p.global("user", "Factory").op(')').raw(REDUCE).op(')').raw(REDUCE));
    unsafe(cases, "a string is called", p -> p.text("os.system").op(')').raw(REDUCE));
    unsafe(cases, "state is set on a name", p -> p.global("user", "Model").op('}').op('b'));
    unsafe(cases, "EXT1", p -> p.raw(0x82, 5));
    unsafe(cases, "EXT2", p -> p.raw(0x83, 5, 0));
    unsafe(cases, "EXT4", p -> p.raw(0x84, 5, 0, 0, 0));
    unsafe(
        cases,
        "as a storage class",
        p ->
            p.op('(')
                .text("storage")
                .global("os", "system")
                .text("0")
                .text("cpu")
                .integer(1)
                .op('t')
                .op('Q'));
    unsafe(
        cases,
        "key twice in one mapping",
        p -> p.op('}').op('(').text("a").integer(1).text("a").integer(2).op('u'));
    return cases.stream();
  }

  private static void unsafe(List<Arguments> cases, String name, UnaryOperator<PickleBytes> write) {
    cases.add(Arguments.of(name, write.apply(PickleBytes.protocol(4)).stop()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unsafe")
  void refusesAsUnsafe(String name, byte[] pickle) {
    assertRefusedEverywhere(pickle, Reason.UNSAFE, "byte");
  }

  static Stream<Arguments> broken() {
    List<Arguments> cases = new ArrayList<>();
    broken(cases, "unknown opcode", Reason.MALFORMED, p -> p.raw(0xff));
    broken(cases, "protocol 6", Reason.UNSUPPORTED, p -> p.raw(0x80, 6));
    broken(cases, "empty stack", Reason.MALFORMED, p -> p);
    broken(cases, "POP of nothing", Reason.MALFORMED, p -> p.op('0'));
    broken(cases, "no mark", Reason.MALFORMED, p -> p.op('t'));
    broken(cases, "memo that is empty", Reason.MALFORMED, p -> p.op('h').raw(7));
    broken(cases, "memo index in words", Reason.MALFORMED, p -> p.op('g').ascii("one\n"));
    broken(cases, "integer in words", Reason.MALFORMED, p -> p.op('I').ascii("one\n"));
    broken(cases, "float in words", Reason.MALFORMED, p -> p.op('F').ascii("one\n"));
    broken(cases, "string without quotes", Reason.MALFORMED, p -> p.op('S').ascii("a\n"));
    broken(cases, "key without value", Reason.MALFORMED, p -> p.op('}').op('(').op('N').op('u'));
    broken(cases, "APPEND to a number", Reason.MALFORMED, p -> p.op('N').op('N').op('a'));
    broken(cases, "name of numbers", Reason.MALFORMED, p -> p.op('N').op('N').raw(STACK_GLOBAL));
    broken(cases, "text persistent id", Reason.MALFORMED, p -> p.op('P').ascii("0\n"));
    broken(cases, "persistent id None", Reason.MALFORMED, p -> p.op('N').op('Q'));
    broken(
        cases,
        "persistent id of another kind",
        Reason.MALFORMED,
        p -> p.text("file").text("/etc/passwd").raw(0x86).op('Q'));
    broken(
        cases,
        "unknown storage class",
        Reason.MALFORMED,
        p ->
            p.op('(')
                .text("storage")
                .global("torch", "NoStorage")
                .text("0")
                .text("cpu")
                .integer(1)
                .op('t')
                .op('Q'));
    broken(cases, "negative storage", Reason.MALFORMED, p -> storage(p, -1));
    broken(cases, "storage larger than any file", Reason.MALFORMED, p -> storage(p, 1L << 62));
    broken(
        cases,
        "tensor without a storage",
        Reason.MALFORMED,
        p -> p.global("torch._utils", "_rebuild_tensor_v2").op(')').raw(REDUCE));
    broken(cases, "outside buffer", Reason.UNSUPPORTED, p -> p.raw(0x97));
    broken(cases, "string too long", Reason.TRUNCATED, p -> p.op('X').raw(0, 0, 0, 127).raw(65));
    broken(
        cases,
        "negative length",
        Reason.TRUNCATED,
        p -> p.raw(0x8d).raw(255, 255, 255, 255, 255, 255, 255, 255));
    broken(cases, "frame too long", Reason.TRUNCATED, p -> p.raw(0x95, 0, 0, 0, 0, 1, 0, 0, 0));
    broken(cases, "huge integer", Reason.LIMIT, p -> p.op('L').ascii("9".repeat(5000) + "L\n"));
    broken(cases, "huge binary integer", Reason.LIMIT, p -> hugeInteger(p, 1 << 20));
    broken(cases, "endless line", Reason.LIMIT, p -> p.op('V').ascii("a".repeat(70_000)));
    broken(cases, "deep lists", Reason.LIMIT, p -> deep(p, 100_000));
    broken(cases, "tensor of 65 axes", Reason.MALFORMED, HostilePickleTest::manyAxes);
    return cases.stream();
  }

  private static void broken(
      List<Arguments> cases, String name, Reason reason, UnaryOperator<PickleBytes> write) {
    cases.add(Arguments.of(name, reason, write.apply(PickleBytes.protocol(4)).stop()));
  }

  private static PickleBytes hugeInteger(PickleBytes pickle, int length) {
    return pickle.raw(0x8b).bytes(PickleBytes.little(4, length)).bytes(new byte[length]);
  }

  private static PickleBytes deep(PickleBytes pickle, int depth) {
    for (int i = 0; i < depth; i++) {
      pickle.op(']');
    }
    for (int i = 1; i < depth; i++) {
      pickle.op('a');
    }
    return pickle;
  }

  private static PickleBytes storage(PickleBytes pickle, long elements) {
    pickle.op('(').text("storage").global("torch", "FloatStorage").text("0").text("cpu");
    return pickle.integer(elements).op('t').op('Q');
  }

  private static PickleBytes manyAxes(PickleBytes pickle) {
    storage(pickle.global("torch._utils", "_rebuild_tensor").op('('), 1);
    return pickle.integer(0).integers(new long[65]).integers(new long[65]).op('t').raw(REDUCE);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void refusesWithReason(String name, Reason reason, byte[] pickle) {
    // In a legacy file more bytes follow, so a length may fit there that does not fit elsewhere.
    assertThat(refusal(new ArchiveFormat(), archive(pickle)).reason()).isEqualTo(reason);
    assertThat(refusal(new LegacyFormat(), legacy(pickle))).isNotNull();
  }

  @Test
  void looksAtEveryPickleOfALegacyFile() {
    byte[] evil = PickleBytes.protocol(2).global("os", "system").stop();
    byte[] magic = PickleBytes.protocol(2).bigInteger(LegacyFile.MAGIC).stop();
    byte[] protocol = PickleBytes.protocol(2).integer(1001).stop();
    byte[] dict = PickleBytes.protocol(2).op('}').stop();
    for (byte[] file :
        List.of(
            evil,
            RawZip.join(magic, evil),
            RawZip.join(magic, protocol, evil),
            RawZip.join(magic, protocol, dict, evil),
            RawZip.join(magic, protocol, dict, dict, evil))) {
      assertThat(refusal(new LegacyFormat(), file).reason()).isEqualTo(Reason.UNSAFE);
    }
  }

  @Test
  void survivesSharingAndCycles() throws IOException {
    TorchFixture fixture = new TorchFixture().storage("0", DType.U8, new byte[] {1, 2, 3});
    PickleBytes object = fixture.object();
    object.op('}').op('q').raw(0).op('(');
    fixture.key("self").object().op('h').raw(0);
    fixture.key("list").object().op(']').op('q').raw(1).op('h').raw(1).op('a');
    fixture.key("doubled").object().text("lol").raw(0x85);
    for (int i = 0; i < 80; i++) {
      object.op('2').raw(0x86);
    }
    fixture.key("object").object().global("user", "Node").op(')').raw(NEWOBJ).op('q').raw(2);
    object.op('}').text("next").op('h').raw(2).op('s').op('b');
    fixture.key("weight").tensor("0", 0, new long[] {3}, 1).end();
    Checkpoint checkpoint = read(new LegacyFormat(), fixture.legacy());
    assertThat(checkpoint.tensors()).extracting("name").containsExactly("weight");
    assertThat(checkpoint.notes()).contains("class user.Node was not interpreted");
  }

  @Test
  void refusesNamesThatAddUp() {
    TorchFixture fixture = new TorchFixture().storage("0", DType.U8, new byte[] {1, 2, 3});
    fixture.object().op('}').text("a".repeat(1_000_000)).op('}').op('(');
    for (int i = 0; i < 1000; i++) {
      fixture.key("t" + i).tensor("0", 0, new long[] {3}, 1);
    }
    fixture.object().op('u').op('s');
    CheckpointException refusal = refusal(new LegacyFormat(), fixture.legacy());
    assertThat(refusal.reason()).isEqualTo(Reason.LIMIT);
    assertThat(refusal).hasMessageContaining("names");
  }

  @Test
  void keepsHarmlessUnknownClassesAsNotes() throws IOException {
    TorchFixture fixture = new TorchFixture().storage("0", DType.U8, new byte[] {1, 2, 3});
    fixture.dict().key("args").object().global("argparse", "Namespace").op(')').raw(NEWOBJ);
    fixture.object().op('}').text("lr").integer(1).op('s').op('b');
    fixture.key("act").object().global("torch.nn.functional", "relu");
    fixture.key("when").object().global("datetime", "date").integer(7).raw(0x85).raw(REDUCE);
    fixture.key("weight").tensor("0", 0, new long[] {3}, 1).end();
    Checkpoint checkpoint = read(new LegacyFormat(), fixture.legacy());
    assertThat(checkpoint.tensors()).extracting("name").containsExactly("weight");
    assertThat(checkpoint.notes())
        .containsExactly(
            "class argparse.Namespace was not interpreted",
            "class datetime.date was not interpreted");
  }

  private void assertRefusedEverywhere(byte[] pickle, Reason reason, String words) {
    for (CheckpointException refusal :
        List.of(
            refusal(new LegacyFormat(), pickle),
            refusal(new LegacyFormat(), legacy(pickle)),
            refusal(new ArchiveFormat(), archive(pickle)))) {
      assertThat(refusal).hasMessageContainingAll("/evil.pt", words, "byte");
      assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
    }
  }

  private static byte[] legacy(byte[] pickle) {
    return RawZip.join(
        PickleBytes.protocol(2).bigInteger(LegacyFile.MAGIC).stop(),
        PickleBytes.protocol(2).integer(1001).stop(),
        PickleBytes.protocol(2).op('}').stop(),
        pickle,
        PickleBytes.protocol(2).op(']').stop());
  }

  private static byte[] archive(byte[] pickle) {
    RawZip zip = new RawZip();
    zip.add("archive/data.pkl", pickle);
    return zip.bytes();
  }

  private CheckpointException refusal(CheckpointFormat format, byte[] bytes) {
    CheckpointException refusal =
        catchThrowableOfType(CheckpointException.class, () -> read(format, bytes));
    assertThat(refusal).isNotNull();
    return refusal;
  }

  private Checkpoint read(CheckpointFormat format, byte[] bytes) throws IOException {
    FileInfo file = store.put("/evil.pt", bytes);
    return format.read(store, file);
  }
}
