package org.findthelady;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Holds the sizes that CONTRIBUTING.md asks for; read off the sources by the JDK's own parser. */
class SizeTest {
  private static final Path MAIN = Path.of("src/main/java");
  private static final int LINES = 50;
  private static final int PARTS = 8;
  private static final int FILES = 25;

  @Test
  void methodsFitOnAPage() throws IOException {
    assertThat(mainSources().tooLong).isEmpty();
  }

  @Test
  void recordsMethodsAndConstructorsTakeFewParts() throws IOException {
    assertThat(mainSources().tooWide).isEmpty();
  }

  @Test
  void matchAndJobAreSmallPackages() throws IOException {
    for (String name : List.of("match", "job")) {
      try (Stream<Path> files = Files.list(MAIN.resolve("org/findthelady").resolve(name))) {
        assertThat(files.filter(f -> f.toString().endsWith(".java")).count())
            .as(name)
            .isPositive()
            .isLessThan(FILES);
      }
    }
  }

  @Test
  void findsWhatIsTooLarge() throws IOException {
    String lines = "    count++;\n".repeat(LINES - 1);
    String source =
        """
        class Large {
          private int count;
          /** Its comment and its annotation do not count. */
          @Deprecated
          void atMost() {
        %s  }

          void over() {
        %s    count++;
          }

          record Narrow(int a, int b, int c, int d, int e, int f, int g, int h) {}

          record Wide(int a, int b, int c, int d, int e, int f, int g, int h, int i) {}

          void many(int a, int b, int c, int d, int e, int f, int g, int h, int i) {}
        }
        """
            .formatted(lines.substring("    count++;\n".length()), lines);
    Sizes sizes = sizes(List.of(text(source)));
    assertThat(sizes.tooLong).singleElement().asString().contains("over: 52 lines");
    assertThat(sizes.tooWide)
        .hasSize(2)
        .anyMatch(line -> line.contains("Wide: 9 parts"))
        .anyMatch(line -> line.contains("many: 9 parts"));
  }

  private static JavaFileObject text(String source) {
    return new SimpleJavaFileObject(
        URI.create("string:///Large.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  private static Sizes mainSources() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(MAIN)) {
      files = all.filter(f -> f.toString().endsWith(".java")).toList();
    }
    assertThat(files).hasSizeGreaterThan(100);
    try (StandardJavaFileManager manager =
        compiler().getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      return sizes(manager.getJavaFileObjectsFromPaths(files));
    }
  }

  private static JavaCompiler compiler() {
    return ToolProvider.getSystemJavaCompiler();
  }

  private static Sizes sizes(Iterable<? extends JavaFileObject> sources) throws IOException {
    JavacTask task = (JavacTask) compiler().getTask(null, null, null, List.of(), null, sources);
    Sizes sizes = new Sizes(Trees.instance(task).getSourcePositions());
    for (CompilationUnitTree unit : task.parse()) {
      sizes.scan(unit, unit);
    }
    return sizes;
  }

  /** Notes what is too large, with its place. */
  private static final class Sizes extends TreeScanner<Void, CompilationUnitTree> {
    private final SourcePositions positions;
    final List<String> tooLong = new ArrayList<>();
    final List<String> tooWide = new ArrayList<>();

    Sizes(SourcePositions positions) {
      this.positions = positions;
    }

    @Override
    public Void visitMethod(MethodTree method, CompilationUnitTree unit) {
      if (method.getBody() != null) {
        LineMap lines = unit.getLineMap();
        Tree first = method.getReturnType() == null ? method.getBody() : method.getReturnType();
        long length =
            lines.getLineNumber(positions.getEndPosition(unit, method))
                - lines.getLineNumber(positions.getStartPosition(unit, first))
                + 1;
        if (length > LINES) {
          tooLong.add("%s %s: %d lines".formatted(unit.getSourceFile(), method.getName(), length));
        }
      }
      width(unit, method.getName(), method.getParameters().size());
      return super.visitMethod(method, unit);
    }

    @Override
    public Void visitClass(ClassTree type, CompilationUnitTree unit) {
      if (type.getKind() == Tree.Kind.RECORD) {
        // The parser gives the components of a record as its fields that are not static.
        int parts = 0;
        for (Tree member : type.getMembers()) {
          boolean component =
              member instanceof VariableTree field
                  && !field.getModifiers().getFlags().contains(Modifier.STATIC);
          parts += component ? 1 : 0;
        }
        width(unit, type.getSimpleName(), parts);
      }
      return super.visitClass(type, unit);
    }

    private void width(CompilationUnitTree unit, CharSequence name, int parts) {
      if (parts > PARTS) {
        tooWide.add("%s %s: %d parts".formatted(unit.getSourceFile(), name, parts));
      }
    }
  }
}
