package org.findthelady.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * Expands {@code *}, {@code ?}, {@code [a-z]} and {@code {a,b}} segment by segment; a backslash
 * takes the next character as it is. A pattern has a fixed number of segments, so links cannot make
 * it go round in circles.
 */
final class LocalGlob {
  private LocalGlob() {}

  static List<Path> expand(Path pattern) throws IOException {
    List<Path> matches = List.of(pattern.getRoot());
    for (Path segment : pattern) {
      String text = segment.toString();
      List<Path> next = new ArrayList<>();
      for (Path folder : matches) {
        if (isPattern(text)) {
          addMatches(folder, text, next);
        } else {
          Path child = folder.resolve(text.replaceAll("\\\\(.)", "$1"));
          if (Files.exists(child, LinkOption.NOFOLLOW_LINKS)) {
            next.add(child);
          }
        }
      }
      matches = next;
    }
    return matches;
  }

  private static void addMatches(Path folder, String pattern, List<Path> found) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (matcher.matches(entry.getFileName())) {
          found.add(entry);
        }
      }
    }
  }

  private static boolean isPattern(String segment) {
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '\\') {
        i++;
      } else if ("*?[{".indexOf(c) >= 0) {
        return true;
      }
    }
    return false;
  }
}
