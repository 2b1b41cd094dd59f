package org.findthelady.checkpoint.pytorch;

import java.util.Set;
import org.findthelady.checkpoint.pytorch.Value.Global;

/**
 * Which importable names a data file may mention and call. We never import or call any; the rule is
 * about what other loaders of the same file would do.
 *
 * <ul>
 *   <li>Python's standard library: only the data classes listed here. Anything else is unsafe even
 *       to mention, since a mention imports and an argument can be called by the callee.
 *   <li>Other packages: unsafe to mention if the package's or the class's purpose is to load or run
 *       code, or if the name reaches through attributes that are not classes ({@code torch}, {@code
 *       os.system}). Any other name may be mentioned. It may be called if it is written like a
 *       class (its last part starts with a capital letter) or is a known reconstructor. A call of
 *       any other function is unsafe.
 * </ul>
 */
final class NamePolicy {
  private NamePolicy() {}

  /**
   * Top-level modules of CPython 2.7 to 3.13, those that start with an underscore apart: of these
   * only __main__, the user's own program, is not the library's.
   */
  private static final Set<String> STANDARD_LIBRARY =
      Set.of(
          ("BaseHTTPServer Bastion CGIHTTPServer ConfigParser Cookie Dialog DocXMLRPCServer"
                  + " FileDialog HTMLParser Queue ScrolledText SimpleDialog SimpleHTTPServer"
                  + " SimpleXMLRPCServer SocketServer StringIO Tix Tkconstants Tkdnd Tkinter"
                  + " UserDict UserList UserString abc aifc antigravity anydbm argparse array ast"
                  + " asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex bisect"
                  + " builtins bz2 cPickle cProfile cStringIO calendar cgi cgitb chunk cmath cmd"
                  + " code codecs codeop collections colorsys commands compileall compiler"
                  + " concurrent configparser contextlib contextvars cookielib copy copy_reg copyreg"
                  + " crypt csv ctypes curses dataclasses datetime dbhash dbm decimal difflib"
                  + " dircache dis distutils doctest dumbdbm dummy_thread dummy_threading email"
                  + " encodings ensurepip enum errno exceptions faulthandler fcntl filecmp fileinput"
                  + " fnmatch formatter fractions ftplib functools future_builtins gc gdbm"
                  + " genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac"
                  + " html htmlentitydefs http httplib idlelib imaplib imghdr imp importlib inspect"
                  + " io ipaddress itertools json keyword lib2to3 linecache locale logging lzma"
                  + " mailbox mailcap markupbase marshal math md5 mimetools mimetypes mmap"
                  + " modulefinder msilib msvcrt multifile multiprocessing mutex netrc new nis"
                  + " nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev"
                  + " parser pathlib pdb pickle pickletools pipes pkgutil platform plistlib popen2"
                  + " poplib posix posixfile posixpath pprint profile pstats pty pwd py_compile"
                  + " pyclbr pydoc pydoc_data pyexpat queue quopri random re readline repr reprlib"
                  + " resource rexec rlcompleter robotparser runpy sched secrets select selectors"
                  + " sets sha shelve shlex shutil signal site sitecustomize smtpd smtplib sndhdr"
                  + " socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat"
                  + " statistics statvfs string stringprep struct subprocess sunau symbol symtable"
                  + " sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test textwrap"
                  + " this thread threading time timeit tkColorChooser tkCommonDialog tkFileDialog"
                  + " tkFont tkMessageBox tkSimpleDialog tkinter token tokenize tomllib trace"
                  + " traceback tracemalloc ttk tty turtle turtledemo types typing unicodedata"
                  + " unittest urllib urllib2 urlparse usercustomize uu uuid venv warnings wave"
                  + " weakref webbrowser whichdb winreg winsound wsgiref xdrlib xml xmlrpc xmlrpclib"
                  + " zipapp zipfile zipimport zlib zoneinfo")
              .split(" "));

  /** Standard-library names that only hold data. */
  private static final Set<String> DATA_NAMES =
      Set.of(
          ("_codecs.encode argparse.Namespace collections.Counter collections.OrderedDict"
                  + " collections.UserDict collections.UserList collections.defaultdict"
                  + " collections.deque copy_reg._reconstructor copyreg._reconstructor"
                  + " datetime.date datetime.datetime datetime.time datetime.timedelta"
                  + " datetime.timezone decimal.Decimal fractions.Fraction functools.partial"
                  + " pathlib.Path pathlib.PosixPath pathlib.PurePath pathlib.PurePosixPath"
                  + " pathlib.PureWindowsPath pathlib.WindowsPath pathlib._local.PosixPath"
                  + " pathlib._local.WindowsPath types.SimpleNamespace typing.Any typing.Dict"
                  + " typing.List typing.Optional typing.Tuple typing.Union uuid.UUID")
              .split(" "));

  private static final Set<String> DATA_BUILTINS =
      Set.of(
          ("Ellipsis NoneType NotImplemented bool bytearray bytes complex dict float frozenset int"
                  + " list long object range set slice str tuple unicode xrange")
              .split(" "));

  /** Packages outside the standard library that load or run code. */
  private static final Set<String> CODE_PACKAGES =
      Set.of(
          ("IPython aiohttp cffi cloudpickle dill execnet fabric httpx invoke ipykernel joblib"
                  + " jsonpickle numba numpy.distutils numpy.f2py numpy.testing paramiko pexpect"
                  + " pip pkg_resources plumbum psutil ptyprocess requests setuptools sh"
                  + " torch._dynamo torch._inductor torch.hub torch.jit torch.package"
                  + " torch.utils.cpp_extension torch.utils.model_zoo triton urllib3 wheel")
              .split(" "));

  /** Classes that run what they are given, under whatever package a name reaches them. */
  private static final Set<String> CODE_CLASSES =
      Set.of(
          ("Bdb CDLL CodeType CompilationUnit FunctionType InteractiveConsole"
                  + " InteractiveInterpreter LibraryLoader MethodType OleDLL PackageImporter Pdb"
                  + " Popen PyDLL Timer Trace Unpickler WinDLL")
              .split(" "));

  /** Functions outside the standard library that put a data object back together. */
  private static final Set<String> RECONSTRUCTORS =
      Set.of(
          ("numpy.core.multiarray._reconstruct numpy._core.multiarray._reconstruct"
                  + " numpy.core.multiarray.scalar numpy._core.multiarray.scalar"
                  + " numpy.core.numeric._frombuffer numpy._core.numeric._frombuffer"
                  + " numpy.dtype numpy.ndarray numpy.random._pickle.__bit_generator_ctor"
                  + " numpy.random._pickle.__generator_ctor numpy.random._pickle.__randomstate_ctor"
                  + " torch.device torch.dtype torch.serialization._get_layout"
                  + " torch._tensor._rebuild_from_type torch._tensor._rebuild_from_type_v2"
                  + " torch.random.Generator torch.finfo torch.iinfo")
              .split(" "));

  /** Why a data file has no reason to mention the name; null if it may. */
  static String whyNotMention(Global global) {
    String full = global.toString();
    String top = top(global);
    if (top.equals("builtins") || top.equals("__builtin__")) {
      return DATA_BUILTINS.contains(global.name()) ? null : "names the built-in function " + full;
    }
    if (ofStandardLibrary(top)) {
      return DATA_NAMES.contains(full) ? null : "names " + full + ", which is not a data class";
    }
    for (String part = full; part.contains("."); part = part.substring(0, part.lastIndexOf('.'))) {
      if (CODE_PACKAGES.contains(part.substring(0, part.lastIndexOf('.')))) {
        return "names " + full + " of a package that loads or runs code";
      }
    }
    String[] steps = global.name().split("\\.", -1);
    if (CODE_CLASSES.contains(steps[steps.length - 1])) {
      return "names " + full + ", which runs code";
    }
    for (int i = 0; i + 1 < steps.length; i++) {
      if (!likeClass(steps[i])) {
        return "names " + full + ", which reaches through attributes";
      }
    }
    return global.module().isEmpty() || global.name().isEmpty() ? "names nothing" : null;
  }

  /** Whether a name that may be mentioned may also be called. */
  static boolean callable(Global global) {
    String full = global.toString();
    return ofStandardLibrary(top(global))
        || RECONSTRUCTORS.contains(full)
        || full.startsWith("torch._utils._rebuild_")
        || likeClass(global.name().substring(global.name().lastIndexOf('.') + 1));
  }

  private static boolean ofStandardLibrary(String top) {
    return STANDARD_LIBRARY.contains(top) || (top.startsWith("_") && !top.equals("__main__"));
  }

  private static String top(Global global) {
    return global.module().split("\\.", 2)[0];
  }

  private static boolean likeClass(String name) {
    int start = 0;
    while (start < name.length() && name.charAt(start) == '_') {
      start++;
    }
    return start < name.length() && Character.isUpperCase(name.charAt(start));
  }
}
