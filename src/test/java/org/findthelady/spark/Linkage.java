package org.findthelady.spark;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Looks up every method and field that classes of our jar name, as the JVM would when it links
 * them, beside the jars of a Spark distribution, which come first on the class path. So what only
 * newer Spark, Hadoop, Parquet or Jackson has is found without running it (JVM specification,
 * 5.4.3).
 */
final class Linkage {
  private static final String OURS = "org/findthelady/";
  private static final String SHADED = OURS + "shaded/";

  private final ClassLoader loader;
  private final Set<String> missing = new TreeSet<>();
  private int references;

  private Linkage(ClassLoader loader) {
    this.loader = loader;
  }

  /**
   * Prints what is missing; exits with 1 if anything is.
   *
   * @param arguments our jar, a folder of jars, and jars that are added where they are needed
   */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = System.out;
    Path jar = Path.of(arguments[0]);
    List<URL> path = new ArrayList<>();
    try (Stream<Path> jars = Files.list(Path.of(arguments[1]))) {
      for (Path other : jars.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        path.add(url(other));
      }
    }
    path.add(url(jar));
    for (String added : Arrays.asList(arguments).subList(2, arguments.length)) {
      path.add(url(Path.of(added)));
    }
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Linkage linkage = new Linkage(loader);
      linkage.check(jar);
      linkage.missing.forEach(out::println);
      out.println(linkage.references + " references, " + linkage.missing.size() + " missing");
      if (!linkage.missing.isEmpty()) {
        System.exit(1);
      }
    }
  }

  private static URL url(Path file) throws MalformedURLException {
    return file.toUri().toURL();
  }

  private void check(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(file.entries())) {
        String name = entry.getName();
        if (name.startsWith(OURS) && !name.startsWith(SHADED) && name.endsWith(".class")) {
          try (DataInputStream in =
              new DataInputStream(new BufferedInputStream(file.getInputStream(entry)))) {
            check(name, new ConstantPool(in));
          }
        }
      }
    }
  }

  private void check(String file, ConstantPool pool) {
    for (ConstantPool.Member member : pool.members()) {
      if (member.owner().startsWith("java/") || member.owner().startsWith("[")) {
        continue;
      }
      references++;
      if (!found(member)) {
        missing.add(
            "%s.%s %s, named by %s"
                .formatted(member.owner(), member.name(), member.descriptor(), file));
      }
    }
  }

  private boolean found(ConstantPool.Member member) {
    try {
      return in(Class.forName(member.owner().replace('/', '.'), false, loader), member);
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  private static boolean in(Class<?> type, ConstantPool.Member member) {
    if (type == null) {
      return false;
    }
    return declares(type, member)
        || in(type.getSuperclass(), member)
        || Arrays.stream(type.getInterfaces()).anyMatch(each -> in(each, member))
        || (type.isInterface() && declares(Object.class, member));
  }

  private static boolean declares(Class<?> type, ConstantPool.Member member) {
    String descriptor = member.descriptor();
    if (!descriptor.startsWith("(")) {
      return Arrays.stream(type.getDeclaredFields())
          .filter(field -> field.getName().equals(member.name()))
          .map(Field::getType)
          .anyMatch(found -> found.descriptorString().equals(descriptor));
    }
    if (member.name().equals("<init>")) {
      return Arrays.stream(type.getDeclaredConstructors())
          .map(Constructor::getParameterTypes)
          .map(parameters -> MethodType.methodType(void.class, parameters))
          .anyMatch(found -> found.descriptorString().equals(descriptor));
    }
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> method.getName().equals(member.name()))
        .map(Linkage::type)
        .anyMatch(found -> found.descriptorString().equals(descriptor));
  }

  private static MethodType type(Method method) {
    return MethodType.methodType(method.getReturnType(), method.getParameterTypes());
  }
}
