package org.findthelady.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.storage.ForwardingStore;
import org.findthelady.storage.HadoopStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  private static final Duration RENEWAL = Duration.ofMillis(100);
  private static final Duration LEASE = Duration.ofSeconds(2);

  @TempDir Path run;

  private final Store store = new HadoopStore();

  private RunLock take(Store from) throws IOException {
    return RunLock.take(from, run.toString(), RENEWAL, LEASE);
  }

  private Path claims() {
    return run.resolve("_lock");
  }

  @Test
  void refusesASecondHolderAndServesTheNext() throws IOException {
    try (RunLock held = take(store)) {
      assertThatThrownBy(() -> take(store))
          .isInstanceOf(LockedException.class)
          .hasMessageContaining("held by process " + ProcessHandle.current().pid());
      held.check();
    }
    try (RunLock next = take(store)) {
      next.check();
    }
    try (Stream<Path> left = Files.list(claims())) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void hasOneHolderHoweverManyAskAtOnce() throws Exception {
    for (int round = 0; round < 12; round++) {
      assertThat(holdersAmong(6, store, LEASE)).as("round %d", round).isEqualTo(1);
    }
  }

  @Test
  void hasOneHolderWhereTheStoreKeepsTimesToASecond() throws Exception {
    assertThat(holdersAmong(4, new WholeSeconds(store), RunLock.LEASE)).isEqualTo(1);
  }

  private int holdersAmong(int processes, Store from, Duration lease) throws Exception {
    CyclicBarrier start = new CyclicBarrier(processes);
    CyclicBarrier end = new CyclicBarrier(processes);
    ExecutorService threads = Executors.newFixedThreadPool(processes);
    try {
      Callable<Boolean> taker =
          () -> {
            start.await();
            RunLock lock = null;
            try {
              lock = RunLock.take(from, run.toString(), RENEWAL, lease);
            } catch (LockedException e) {
              // Another one was first.
            } finally {
              end.await();
            }
            if (lock != null) {
              lock.close();
            }
            return lock != null;
          };
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < processes; i++) {
        results.add(threads.submit(taker));
      }
      int holders = 0;
      for (Future<Boolean> result : results) {
        holders += result.get() ? 1 : 0;
      }
      return holders;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void takesOverAtOnceFromAProcessThatIsGoneFromThisMachine() throws IOException {
    LockHolder here = LockHolder.here();
    assertThat(here.isGone()).isFalse();
    LockHolder gone =
        new LockHolder(here.host(), here.machine(), here.process(), here.startedMillis() + 1);
    Path claim = write(UUID.randomUUID().toString(), gone.text());
    Duration forever = Duration.ofHours(1);
    try (RunLock lock = RunLock.take(store, run.toString(), RENEWAL, forever)) {
      lock.check();
      assertThat(claim).doesNotExist();
    }
  }

  @Test
  void takesOverFromAnotherMachineOnceTheLeaseHasEnded() throws IOException {
    Path claim = write(UUID.randomUUID().toString(), "elsewhere boot/pid:[1] 17 1000\n");
    long before = System.nanoTime();
    try (RunLock lock = take(store)) {
      lock.check();
      assertThat(System.nanoTime() - before).isGreaterThan(LEASE.toNanos() * 3 / 4);
      assertThat(claim).doesNotExist();
    }
  }

  @Test
  void refusesWhereAnotherMachineRenewsItsClaim() throws Exception {
    String owner = UUID.randomUUID().toString();
    write(owner, "elsewhere boot/pid:[1] 17 1000\n");
    Thread other =
        new Thread(
            () -> {
              try {
                for (int beat = 1; beat < 200; beat++) {
                  Thread.sleep(RENEWAL.toMillis());
                  write(owner + "." + beat, "");
                }
              } catch (InterruptedException | IOException e) {
                Thread.currentThread().interrupt();
              }
            });
    other.start();
    try {
      assertThatThrownBy(() -> take(store))
          .isInstanceOf(LockedException.class)
          .hasMessageContaining("process 17 on elsewhere");
    } finally {
      other.interrupt();
      other.join();
    }
    assertThat(claims().resolve(owner)).exists();
  }

  @Test
  void keepsItsClaimForLongerThanALease() throws Exception {
    try (RunLock lock = take(store)) {
      Thread.sleep(LEASE.toMillis() * 3 / 2);
      lock.check();
      assertThatThrownBy(() -> take(store)).isInstanceOf(LockedException.class);
    }
  }

  @Test
  void knowsThatItWasLostWhenItCouldNotBeRenewed() throws Exception {
    Failing failing = new Failing(store);
    try (RunLock lock = take(failing)) {
      failing.full = true;
      Thread.sleep(LEASE.toMillis() * 3 / 2);
      assertThatThrownBy(lock::check)
          .isInstanceOf(LockedException.class)
          .hasMessageContaining("not renewed");
    }
  }

  @Test
  void isTakenUpAgainIfNobodyElseClaimedIt() throws Exception {
    Failing failing = new Failing(store);
    try (RunLock lock = take(failing)) {
      failing.full = true;
      Thread.sleep(LEASE.toMillis() * 3 / 2);
      failing.full = false;
      lock.check();
      Thread.sleep(LEASE.toMillis() * 3 / 2);
      assertThatThrownBy(() -> take(store)).isInstanceOf(LockedException.class);
      lock.check();
    }
    assertThat(claims()).isEmptyDirectory();
  }

  @Test
  void isLostIfAnotherHasClaimedItMeanwhile() throws Exception {
    assertIsLost(claim -> write(UUID.randomUUID().toString(), "elsewhere boot/pid:[1] 17 1000\n"));
  }

  @Test
  void isLostIfAnotherHasTakenItAndEndedMeanwhile() throws Exception {
    assertIsLost(Files::delete);
  }

  /** What another machine does with a claim that it finds void. */
  private interface Other {
    void act(Path claim) throws IOException;
  }

  private void assertIsLost(Other other) throws Exception {
    Failing failing = new Failing(store);
    try (RunLock lock = take(failing)) {
      failing.full = true;
      Thread.sleep(LEASE.toMillis() * 3 / 2);
      try (Stream<Path> claims = Files.list(claims())) {
        other.act(claims.min(Comparator.comparing(Path::toString)).orElseThrow());
      }
      failing.full = false;
      assertThatThrownBy(lock::check).isInstanceOf(LockedException.class);
      assertThatThrownBy(lock::check).as("and stays so").isInstanceOf(LockedException.class);
    }
  }

  @Test
  void aStoreThatCannotBeWrittenIsNotTakenForALock() {
    Failing failing = new Failing(store);
    failing.full = true;
    assertThatThrownBy(() -> take(failing))
        .isInstanceOf(IOException.class)
        .hasMessage("No space left on device");
  }

  @Test
  void leavesNothingBehindAFinishedRun() throws IOException {
    try (RunLock lock = take(store)) {
      lock.removeAll();
    }
    assertThat(claims()).doesNotExist();
  }

  private Path write(String name, String text) throws IOException {
    Files.createDirectories(claims());
    Path file = Files.writeString(claims().resolve(name), text);
    long earlier = System.currentTimeMillis() - 20;
    return Files.setLastModifiedTime(file, FileTime.fromMillis(earlier));
  }

  /** A disk that may be full. */
  private static final class Failing extends ForwardingStore {
    private volatile boolean full;

    Failing(Store store) {
      super(store);
    }

    @Override
    public OutputStream create(String path) throws IOException {
      if (full) {
        throw new IOException("No space left on device");
      }
      return super.create(path);
    }
  }

  /** Times as S3 keeps them. */
  private static final class WholeSeconds extends ForwardingStore {
    WholeSeconds(Store store) {
      super(store);
    }

    @Override
    public Optional<FileInfo> stat(String path) throws IOException {
      return super.stat(path).map(WholeSeconds::rounded);
    }

    @Override
    public List<FileInfo> list(String folder) throws IOException {
      return super.list(folder).stream().map(WholeSeconds::rounded).toList();
    }

    @Override
    public SeekableInput open(FileInfo file) throws IOException {
      return super.open(
          super.stat(file.path()).orElseThrow(() -> new FileNotFoundException(file.path())));
    }

    private static FileInfo rounded(FileInfo file) {
      return new FileInfo(
          file.path(), file.length(), file.modifiedMillis() / 1000 * 1000, file.folder());
    }
  }
}
