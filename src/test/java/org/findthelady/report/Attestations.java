package org.findthelady.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads attestations strictly by in-toto's own definitions in Protocol Buffers, as their libraries
 * do: a key that is not defined, or a value of another type, is an error. What the specifications
 * require beyond that is checked too.
 */
public final class Attestations {
  private static final Path DESCRIPTORS =
      Path.of("src/test/resources/schemas/in-toto/attestation.desc");
  private static final String STATEMENT = "in_toto_attestation/v1/statement.proto";
  private static final String VSA = "in_toto_attestation/predicates/vsa/v1/vsa.proto";

  private Attestations() {}

  /**
   * Reads a Statement (version 1).
   *
   * @throws InvalidProtocolBufferException if it is none
   */
  public static Message statement(String json) throws IOException {
    Message statement = read(json, STATEMENT, "Statement");
    assertThat(get(statement, "type")).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(URI.create((String) get(statement, "predicate_type")).isAbsolute()).isTrue();
    Collection<?> subjects = (Collection<?>) get(statement, "subject");
    assertThat(subjects).isNotEmpty();
    subjects.forEach(subject -> assertDigest((Message) subject));
    return statement;
  }

  /**
   * Reads a Verification Summary (version 1) with the Statement that it is in.
   *
   * @throws InvalidProtocolBufferException if it is none
   */
  public static Message summary(String json) throws IOException {
    Message statement = statement(json);
    assertThat(get(statement, "predicate_type"))
        .isEqualTo("https://slsa.dev/verification_summary/v1");
    String predicate = JsonFormat.printer().print((Message) get(statement, "predicate"));
    Message summary = read(predicate, VSA, "VerificationSummary");
    for (String field : List.of("verifier", "policy", "time_verified")) {
      assertThat(summary.hasField(summary.getDescriptorForType().findFieldByName(field)))
          .as(field)
          .isTrue();
    }
    for (Object uri :
        List.of(
            get((Message) get(summary, "verifier"), "id"),
            get((Message) get(summary, "policy"), "uri"),
            get(summary, "resource_uri"))) {
      assertThat(URI.create((String) uri).isAbsolute()).as("%s", uri).isTrue();
    }
    ((Collection<?>) get(summary, "input_attestations"))
        .forEach(input -> assertDigest((Message) input));
    assertThat(get(summary, "verification_result")).isIn("PASSED", "FAILED");
    assertThat((Collection<?>) get(summary, "verified_levels")).isNotEmpty();
    return summary;
  }

  private static void assertDigest(Message descriptor) {
    assertThat((Collection<?>) get(descriptor, "digest"))
        .as("digest of %s", descriptor)
        .singleElement()
        .asString()
        .containsPattern("key: \"sha256\"\\s+value: \"[0-9a-f]{64}\"");
    String uri = (String) get(descriptor, "uri");
    assertThat(uri.isEmpty() || URI.create(uri).isAbsolute()).as(uri).isTrue();
  }

  private static Object get(Message message, String field) {
    return message.getField(message.getDescriptorForType().findFieldByName(field));
  }

  private static Message read(String json, String file, String type) throws IOException {
    Descriptor descriptor = files().get(file).findMessageTypeByName(type);
    DynamicMessage.Builder message = DynamicMessage.newBuilder(descriptor);
    JsonFormat.parser().merge(json, message);
    return message.build();
  }

  private static Map<String, FileDescriptor> files() throws IOException {
    Map<String, FileDescriptor> files = new HashMap<>();
    for (FileDescriptorProto file :
        FileDescriptorSet.parseFrom(Files.readAllBytes(DESCRIPTORS)).getFileList()) {
      FileDescriptor[] needed =
          file.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new);
      try {
        files.put(file.getName(), FileDescriptor.buildFrom(file, needed));
      } catch (DescriptorValidationException e) {
        throw new IOException(e);
      }
    }
    return files;
  }
}
