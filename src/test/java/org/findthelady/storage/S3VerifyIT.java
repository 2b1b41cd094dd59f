package org.findthelady.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.findthelady.core.OutputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How an object that was written is verified. */
class S3VerifyIT {
  private static final int PART = 5 << 20;
  private static final String FILE = "s3a://bucket/out/model";

  private TestS3 s3;
  private DigestingStore written;

  @BeforeEach
  void start() throws IOException {
    s3 = new TestS3();
    Map<String, String> properties = new HashMap<>(s3.properties());
    properties.put("fs.s3a.multipart.size", "5M");
    written = new DigestingStore(new PuttingStore(new HadoopStore(properties)));
  }

  @AfterEach
  void stop() {
    s3.close();
  }

  private void write(int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    try (OutputStream out = written.create(FILE)) {
      out.write(bytes);
    }
    s3.forgetRequests();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1000, PART, 2 * PART, 2 * PART + 1})
  void theStoresOwnSumOfAnObjectTellsThatItIsWhole(int length) throws IOException {
    write(length);
    written.verify();
    assertThat(s3.bytesSent()).isZero();
    assertThat(s3.requests()).hasSize(1).allMatch(request -> request.startsWith("HEAD"));
  }

  @Test
  void whatWasRenamedIsVerifiedWhereItIs() throws IOException {
    write(1000);
    written.rename(FILE, FILE + "2");
    assertThat(written.digests()).containsOnlyKeys(FILE + "2");
    written.verify();
    assertThat(s3.bytesSent()).isZero();
  }

  @Test
  void anObjectWithAnotherKindOfTagIsReadBack() throws IOException {
    write(2 * PART + 1);
    s3.put("out/model", s3.get("out/model"));
    assertThatCode(written::verify).doesNotThrowAnyException();
    assertThat(s3.bytesSent()).isEqualTo(2 * PART + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 2 * PART + 1})
  void anObjectOfOtherBytesIsRefused(int length) throws IOException {
    write(length);
    byte[] other = s3.get("out/model");
    other[length / 2]++;
    s3.put("out/model", other);
    assertThatThrownBy(written::verify)
        .isInstanceOf(OutputException.class)
        .hasMessageContaining("read back");
  }

  @Test
  void anObjectThatIsGoneIsRefused() throws IOException {
    write(1000);
    s3.remove("out/model");
    assertThatThrownBy(written::verify).isInstanceOf(IOException.class);
  }
}
