package org.findthelady.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.util.zip.ZipException;
import org.findthelady.core.CheckpointException.Reason;
import org.junit.jupiter.api.Test;

class CheckpointExceptionTest {
  @Test
  void badBytesAreAReasonOfTheFileAndAStorageThatFailsIsNot() {
    assertThat(Reason.of(new EOFException("cut"))).isEqualTo(Reason.TRUNCATED);
    assertThat(Reason.of(new ZipException("bad block"))).isEqualTo(Reason.MALFORMED);
    assertThat(Reason.of(new MalformedInputException(1))).isEqualTo(Reason.MALFORMED);
    assertThat(Reason.of(new IOException("403"))).isEqualTo(Reason.IO);
    for (Reason reason : Reason.values()) {
      assertThat(reason.isFailureToLook())
          .isEqualTo(reason == Reason.IO || reason == Reason.CHANGED_DURING_RUN);
    }
  }
}
