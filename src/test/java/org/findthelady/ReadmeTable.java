package org.findthelady;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A table in the README that a test makes. With FTL_UPDATE=true it is written anew. */
public final class ReadmeTable {
  private static final Path README = Path.of("README.md");
  private static final String END = "<!-- end -->";

  private ReadmeTable() {}

  /** Asserts that the README holds the table after the comment {@code about}. */
  public static void assertHolds(String about, String table) throws IOException {
    String readme = Files.readString(README);
    String head = "<!-- " + about + " -->\n";
    assertThat(readme).contains(head);
    int begin = readme.indexOf(head) + head.length();
    int end = readme.indexOf(END, begin);
    if ("true".equals(System.getenv("FTL_UPDATE"))) {
      Files.writeString(README, readme.substring(0, begin) + table + readme.substring(end));
      return;
    }
    assertThat(readme.substring(begin, end)).isEqualTo(table);
  }
}
