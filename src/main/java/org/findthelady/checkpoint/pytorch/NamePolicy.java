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
 *   <li>Other packages: unsafe to mention if the package's purpose is to load or run code, or if
 *       the name reaches through attributes with double underscores. Any other name may be
 *       mentioned. It may be called if it is written like a class (its last part starts with a
 *       capital letter) or is a known reconstructor. A call of any other function is unsafe.
 * </ul>
 */
final class NamePolicy {
  private NamePolicy() {}

  /** Top-level modules of CPython 3.13 and Python 2.7's renamed ones. */
  private static final Set<String> STANDARD_LIBRARY =
      Set.of(
          ("BaseHTTPServer Bastion CGIHTTPServer Cookie DocXMLRPCServer HTMLParser Queue"
                  + " SimpleHTTPServer SocketServer StringIO UserDict UserList UserString"
                  + " __builtin__ __future__ __phello__ _aix_support _bootsubprocess _codecs"
                  + " _collections _compat_pickle _ctypes _datetime _decimal _functools"
                  + " _imp _interpreters _io _json _locale _lsprof _multiprocessing _operator"
                  + " _osx_support _pickle _posixshmem _posixsubprocess _pydecimal _pyio _pyrepl"
                  + " _random _socket _sqlite3 _sre _ssl _struct _sysconfigdata _testcapi _thread"
                  + " _threading_local _warnings _weakref _weakrefset _winapi _xxsubinterpreters"
                  + " abc aifc anydbm argparse array ast asynchat asyncio asyncore atexit audioop"
                  + " base64 bdb binascii binhex bisect builtins bz2 cPickle cProfile cStringIO"
                  + " calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys"
                  + " commands compileall compiler concurrent configparser contextlib contextvars"
                  + " copy copy_reg copyreg crypt csv ctypes curses dataclasses datetime dbhash dbm"
                  + " decimal difflib dircache dis distutils doctest dumbdbm dummy_thread"
                  + " dummy_threading email encodings ensurepip enum errno exceptions faulthandler"
                  + " fcntl filecmp fileinput fnmatch formatter fractions ftplib functools"
                  + " future_builtins gc genericpath getopt getpass gettext glob graphlib grp gzip"
                  + " hashlib heapq hmac html http httplib idlelib imaplib imghdr imp importlib"
                  + " inspect io ipaddress itertools json keyword lib2to3 linecache locale logging"
                  + " lzma mailbox mailcap marshal math md5 mimetools mimetypes mmap modulefinder"
                  + " msilib msvcrt multifile multiprocessing mutex netrc new nis nntplib nt ntpath"
                  + " nturl2path numbers opcode operator optparse os ossaudiodev parser pathlib pdb"
                  + " pickle pickletools pipes pkgutil platform plistlib popen2 poplib posix"
                  + " posixfile posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc"
                  + " pydoc_data pyexpat queue quopri random re readline reprlib resource rexec"
                  + " rlcompleter runpy sched secrets select selectors sets sha shelve shlex shutil"
                  + " signal site sitecustomize smtpd smtplib sndhdr socket socketserver spwd"
                  + " sqlite3 sre_compile sre_constants sre_parse ssl stat statistics statvfs"
                  + " string stringprep struct subprocess sunau symbol symtable sys sysconfig"
                  + " syslog tabnanny tarfile telnetlib tempfile termios test textwrap this thread"
                  + " threading time timeit tkinter token tokenize tomllib trace traceback"
                  + " tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib"
                  + " urllib2 urlparse usercustomize uu uuid venv warnings wave weakref webbrowser"
                  + " whichdb winreg winsound wsgiref xdrlib xml xmlrpc xmlrpclib zipapp zipfile"
                  + " zipimport zlib zoneinfo")
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
    String module = global.module();
    String full = global.toString();
    String top = module.contains(".") ? module.substring(0, module.indexOf('.')) : module;
    if (top.equals("builtins") || top.equals("__builtin__")) {
      return DATA_BUILTINS.contains(global.name()) ? null : "names the built-in function " + full;
    }
    if (STANDARD_LIBRARY.contains(top)) {
      return DATA_NAMES.contains(full) ? null : "names " + full + ", which is not a data class";
    }
    for (String part = full; part.contains("."); part = part.substring(0, part.lastIndexOf('.'))) {
      if (CODE_PACKAGES.contains(part.substring(0, part.lastIndexOf('.')))) {
        return "names " + full + " of a package that loads or runs code";
      }
    }
    boolean reaches = global.name().contains(".__") || global.name().startsWith("__import");
    if (reaches || global.name().isEmpty() || module.isEmpty()) {
      return "names " + full + ", which reaches through attributes";
    }
    return null;
  }

  /** Whether a name that may be mentioned may also be called. */
  static boolean callable(Global global) {
    String full = global.toString();
    String top = global.module().split("\\.", 2)[0];
    if (STANDARD_LIBRARY.contains(top) || RECONSTRUCTORS.contains(full)) {
      return true;
    }
    String last = global.name().substring(global.name().lastIndexOf('.') + 1);
    int start = 0;
    while (start < last.length() && last.charAt(start) == '_') {
      start++;
    }
    boolean likeClass = start < last.length() && Character.isUpperCase(last.charAt(start));
    return likeClass || full.startsWith("torch._utils._rebuild_");
  }
}
