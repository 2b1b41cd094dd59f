package org.findthelady;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Says at the end of the build how many tests ran; Maven itself is silent with {@code -q}. */
public final class TestSummary {
  private static final Pattern SUITE = Pattern.compile("<testsuite [^>]*>", Pattern.DOTALL);

  private TestSummary() {}

  /**
   * Prints a line.
   *
   * @param arguments folders of reports; one that is not there counts nothing
   */
  public static void main(String[] arguments) throws IOException {
    int all = 0;
    int failed = 0;
    int skipped = 0;
    for (String folder : arguments) {
      for (String suite : suites(Path.of(folder))) {
        all += count(suite, "tests");
        failed += count(suite, "failures") + count(suite, "errors");
        skipped += count(suite, "skipped");
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%,d tests passed, %,d failed, %,d skipped%n",
        all - failed - skipped,
        failed,
        skipped);
  }

  private static List<String> suites(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> suites = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".xml")).toList()) {
        Matcher suite = SUITE.matcher(Files.readString(file));
        if (suite.find()) {
          suites.add(suite.group());
        }
      }
      return suites;
    }
  }

  private static int count(String suite, String attribute) {
    Matcher value = Pattern.compile("\\b" + attribute + "=\"([0-9]+)\"").matcher(suite);
    return value.find() ? Integer.parseInt(value.group(1)) : 0;
  }
}
