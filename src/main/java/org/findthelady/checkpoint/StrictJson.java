package org.findthelady.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * JSON from a checkpoint: strict UTF-8, no name twice in one object, names and strings as long as
 * the document itself, nesting to 1000. Read as tokens, so nesting never costs stack.
 */
public final class StrictJson {
  private StrictJson() {}

  /**
   * A parser of one document. Encoding is never guessed: other readers would not either.
   *
   * @param bytes the document's bytes are {@code offset .. offset + count}
   */
  public static JsonParser parser(byte[] bytes, int offset, int count) throws IOException {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNameLength(Math.max(count, 1))
            .maxStringLength(Math.max(count, 1))
            .maxNestingDepth(1000)
            .build();
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(limits)
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
}
