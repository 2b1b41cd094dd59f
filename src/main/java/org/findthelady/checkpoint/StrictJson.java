package org.findthelady.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * JSON from a checkpoint: strict UTF-8, no name twice in one object, names and strings as long as
 * the document itself, nesting to 1000. Read as tokens, so nesting never costs stack.
 */
public final class StrictJson {
  /** Jackson limits names from 2.16 on; Spark 3.5 brings 2.15, which has no such limit. */
  private static final Method MAX_NAME_LENGTH = maxNameLength();

  private StrictJson() {}

  /**
   * A parser of one document. Encoding is never guessed: other readers would not either.
   *
   * @param bytes the document's bytes are {@code offset .. offset + count}
   */
  public static JsonParser parser(byte[] bytes, int offset, int count) throws IOException {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(limits(Math.max(count, 1)))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    return factory.createParser(
        new InputStreamReader(
            new ByteArrayInputStream(bytes, offset, count),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)));
  }

  private static StreamReadConstraints limits(int length) {
    StreamReadConstraints.Builder limits =
        StreamReadConstraints.builder().maxStringLength(length).maxNestingDepth(1000);
    try {
      if (MAX_NAME_LENGTH != null) {
        MAX_NAME_LENGTH.invoke(limits, length);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot set Jackson's limit of names", e);
    }
    return limits.build();
  }

  private static Method maxNameLength() {
    try {
      return StreamReadConstraints.Builder.class.getMethod("maxNameLength", int.class);
    } catch (NoSuchMethodException e) {
      return null;
    }
  }
}
