package org.findthelady.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.zip.ZipException;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;
import org.findthelady.core.OutputException;
import org.findthelady.core.UserException;
import org.findthelady.core.Verdict;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.NotAudited.Cause;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;

class PairFailureTest {
  private static final PairRequest PAIR =
      new PairRequest(
          "id",
          "/reference",
          "/suspect",
          StructureChoice.AUTOMATIC,
          MatchOptions.defaults(),
          new HadoopStore(),
          null,
          null);

  private static PairOutcome of(Throwable failure) {
    return new PairFailure(PAIR, "", 0).of(failure);
  }

  private static void notAudited(Throwable failure, Cause cause, String named) {
    PairOutcome outcome = of(failure);
    assertThat(outcome.audited()).as(failure.toString()).isFalse();
    assertThat(outcome.notAudited().cause()).isEqualTo(cause);
    assertThat(outcome.notAudited().reason()).contains(named);
    assertThatThrownBy(outcome::verdict).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void badBytesAreUnreadable() {
    for (Reason reason : new Reason[] {Reason.TRUNCATED, Reason.MALFORMED, Reason.UNSAFE}) {
      assertThat(of(new CheckpointException(reason, "/suspect: bad")).verdict())
          .isEqualTo(Verdict.UNREADABLE);
    }
    assertThat(of(new EOFException("ends")).verdict()).isEqualTo(Verdict.UNREADABLE);
    assertThat(of(new ZipException("bad")).verdict()).isEqualTo(Verdict.UNREADABLE);
    CheckpointException shard =
        new CheckpointException(Reason.MISSING, "/suspect: shard 2 is not there");
    assertThat(of(shard).verdict()).isEqualTo(Verdict.UNREADABLE);
  }

  @Test
  void aFailureToLookIsNoVerdict() {
    IOException storage = new IOException("503 slow down");
    notAudited(storage, Cause.STORAGE, "/suspect");
    notAudited(
        new CheckpointException(Reason.IO, "/suspect: 503", storage), Cause.STORAGE, "/suspect");
    notAudited(new AccessDeniedException("403"), Cause.ACCESS_DENIED, "/suspect");
    notAudited(
        new CheckpointException(Reason.IO, "x", new AccessDeniedException("403")),
        Cause.ACCESS_DENIED,
        "/suspect");
    notAudited(new OutOfMemoryError("Java heap space"), Cause.OUT_OF_MEMORY, "/suspect");
    notAudited(new IllegalStateException("bug"), Cause.INTERNAL_ERROR, "bug");
    notAudited(
        new CheckpointException(Reason.MISSING, "/suspect: nothing is there"),
        Cause.MISSING,
        "/suspect");
  }

  @Test
  void aFileThatChangedIsNoVerdict() {
    notAudited(
        new CheckpointException(Reason.CHANGED_DURING_RUN, "/suspect was 1 byte"),
        Cause.CHANGED_DURING_RUN,
        "/suspect");
    notAudited(new FileNotFoundException("gone"), Cause.CHANGED_DURING_RUN, "/suspect");
    notAudited(
        new CheckpointException(Reason.MISSING, "/suspect: x", new FileNotFoundException("gone")),
        Cause.CHANGED_DURING_RUN,
        "/suspect");
  }

  @Test
  void anOutputThatFailsNeverBlamesTheSuspect() {
    OutputException full = new OutputException("/out/stage", new IOException("disk full"));
    notAudited(full, Cause.OUTPUT, "/out/stage");
    notAudited(new IOException("relayed", full), Cause.OUTPUT, "/out/stage");
    notAudited(new IllegalStateException("wrapped", full), Cause.OUTPUT, "disk full");
  }

  @Test
  void aReferenceThatFailsNeverBlamesTheSuspect() {
    PairOutcome outcome =
        new PairFailure(PAIR, "", 0)
            .ofReference(new CheckpointException(Reason.TRUNCATED, "reference /reference: cut"));
    assertThat(outcome.notAudited().cause()).isEqualTo(Cause.REFERENCE);
    assertThat(outcome.notAudited().reason()).contains("/reference");
  }

  @Test
  void aWrongSettingIsIncomparable() {
    assertThat(of(new UserException("no architecture fits")).verdict())
        .isEqualTo(Verdict.INCOMPARABLE);
  }
}
