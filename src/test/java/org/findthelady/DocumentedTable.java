package org.findthelady;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of a document that a test makes, between {@code <!-- about -->} and {@code <!-- end -->}.
 * With FTL_UPDATE=true it is written anew.
 */
public final class DocumentedTable {
  private static final String END = "<!-- end -->";

  private DocumentedTable() {}

  /** Asserts that the document holds the table after the comment {@code about}. */
  public static void assertHolds(String document, String about, String table) throws IOException {
    if (updates()) {
      write(document, about, table);
    }
    assertThat(read(document, about)).isEqualTo(table);
  }

  /** Whether documents shall be written anew. */
  public static boolean updates() {
    return "true".equals(System.getenv("FTL_UPDATE"));
  }

  /** What stands after the comment {@code about}. */
  public static String read(String document, String about) throws IOException {
    String text = Files.readString(Path.of(document));
    return text.substring(begin(text, about), end(text, about));
  }

  /** Replaces what stands there. */
  public static void write(String document, String about, String part) throws IOException {
    String text = Files.readString(Path.of(document));
    String head = text.substring(0, begin(text, about));
    Files.writeString(Path.of(document), head + part + text.substring(end(text, about)));
  }

  private static int begin(String text, String about) {
    String head = "<!-- " + about + " -->\n";
    assertThat(text).contains(head);
    return text.indexOf(head) + head.length();
  }

  private static int end(String text, String about) {
    return text.indexOf(END, begin(text, about));
  }
}
