package org.findthelady.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.run.OutputCheck;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.HaltingFileSystem;
import org.findthelady.storage.TestS3.Trouble;
import org.findthelady.storage.TextFile;

/** One fault, what it left, and the rerun after it. */
final class SoakTrial {
  private static final String SWAPPED = "models/00003.safetensors";
  private static final String IN_ITS_PLACE = "models/00000.safetensors";

  /**
   * What came of it.
   *
   * @param struck whether the fault hit a run at work
   * @param halfVisible what could be seen that is not whole
   * @param lost what a rerun did not give
   * @param wrong what a rerun gave otherwise than an undisturbed run
   */
  record Outcome(boolean struck, List<String> halfVisible, List<String> lost, List<String> wrong) {
    List<String> all() {
      return Stream.of(halfVisible, lost, wrong).flatMap(List::stream).toList();
    }
  }

  private final SoakFleet fleet;
  private final SoakFault fault;
  private final SplittableRandom random;
  private final Path disk;
  private final Path models;
  private final HadoopStore store;
  private final Map<String, String> storage = new TreeMap<>();
  private final Map<String, String> verdicts;
  private final Map<String, String> digests;
  private final String job;
  private final String out;
  private final List<String> halfVisible = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();

  SoakTrial(SoakFleet fleet, SoakFault fault, SplittableRandom random, int number) {
    this.fleet = fleet;
    this.fault = fault;
    this.random = random;
    this.disk = fleet.folder().resolve("disk-" + number);
    this.models =
        fault == SoakFault.SWAPPED ? fleet.folder().resolve("swapped-" + number) : fleet.models();
    this.verdicts = new TreeMap<>(fleet.verdicts());
    this.digests = new TreeMap<>(fleet.digests());
    String place = "";
    if (fault.onS3()) {
      storage.putAll(fleet.s3().properties());
    } else if (fault == SoakFault.POWER_CUT) {
      storage.putAll(HaltingFileSystem.PROPERTIES);
      place = HaltingFileSystem.ROOT;
    }
    this.store = new HadoopStore(fault.onS3() ? storage : Map.of());
    this.job = fault.onS3() ? "s3a://bucket/job.json" : place + models.resolve("job.json");
    this.out = fault.onS3() ? "s3a://bucket/out-" + number : place + disk.resolve("out");
  }

  /** Where a reader without the faulty file system finds the output. */
  private String seen() {
    return out.replace(HaltingFileSystem.ROOT, "");
  }

  Outcome run() throws IOException, InterruptedException {
    Files.createDirectories(disk);
    boolean struck = strike();
    fleet.s3().disturb(request -> null);
    look();
    rerun();
    clean();
    return new Outcome(struck, halfVisible, lost, wrong);
  }

  private SoakChild audit(List<String> before, List<String> settings) throws IOException {
    return SoakChild.audit(fleet.folder(), before, settings, job, out, storage);
  }

  private boolean strike() throws IOException, InterruptedException {
    return switch (fault) {
      case KILL, S3_KILL -> kill(audit(List.of(), List.of()));
      case KILL_ELSEWHERE -> kill(audit(SoakChild.ELSEWHERE, List.of()));
      case POWER_CUT ->
          audit(List.of(), List.of("-Dftl.test.halt=" + random.nextInt(1, 120))).exit()
              == HaltingFileSystem.HALTED;
      case TERMINATE -> terminate();
      case TWICE -> twice();
      case SWAPPED -> swap();
      case DISK_FULL -> fillDisk();
      case S3_FLAKY -> disturb(flaky());
      case S3_DOWN -> disturb(from(random.nextInt(1, 150), Trouble.BUSY));
      case S3_FORBIDDEN -> disturb(from(random.nextInt(1, 150), Trouble.FORBIDDEN));
    };
  }

  private long moment() {
    return random.nextLong(fleet.millis() / 5, fleet.millis() * 5 / 4);
  }

  private boolean kill(SoakChild child) throws InterruptedException {
    boolean struck = !child.ended(moment());
    child.kill();
    return struck;
  }

  private boolean terminate() throws IOException, InterruptedException {
    SoakChild child = audit(List.of(), List.of());
    boolean struck = !child.ended(moment());
    boolean started = store.stat(seen() + "/runs").isPresent();
    child.terminate();
    child.exit();
    if (started) {
      String run = SoakFleet.run(store, seen());
      // The signal may come when the command has just ended by itself.
      boolean finished = store.stat(run + "/run.json").isPresent();
      if (struck && !finished && !child.errors().contains("Interrupted.")) {
        halfVisible.add("SIGTERM was not told: " + child.errors());
      }
      String lock = run + "/_lock";
      if (store.stat(lock).isPresent() && !store.list(lock).isEmpty()) {
        halfVisible.add("SIGTERM left the lock");
      }
    }
    return struck;
  }

  private boolean twice() throws IOException, InterruptedException {
    SoakChild one = audit(List.of(), List.of());
    Thread.sleep(random.nextLong(fleet.millis() / 2));
    SoakChild other = audit(List.of(), List.of());
    List<Integer> exits = Stream.of(one.exit(), other.exit()).sorted().toList();
    if (exits.get(0) != 0 || (exits.get(1) != 0 && exits.get(1) != 5)) {
      lost.add("two runs at once ended with " + exits);
    }
    return exits.get(1) == 5;
  }

  private boolean swap() throws IOException, InterruptedException {
    try (Stream<Path> files = Files.walk(fleet.models())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = models.resolve(fleet.models().relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    SoakChild child = audit(List.of(), List.of());
    while (store.stat(seen() + "/runs").isEmpty() && !child.ended(50)) {
      // Its inputs were not listed yet.
    }
    boolean struck = !child.ended(random.nextLong(fleet.millis() / 4));
    Path other = Files.copy(models.resolve(IN_ITS_PLACE), models.resolve("other"));
    Files.move(other, models.resolve(SWAPPED), StandardCopyOption.REPLACE_EXISTING);
    int exit = child.exit();
    if ((exit != 0 && exit != 6) || (exit == 6 && !child.errors().contains("CHANGED_DURING_RUN"))) {
      wrong.add("a swapped suspect ended with " + exit + ": " + child.errors());
    }
    String id = id(SWAPPED);
    Map<String, String> found = SoakFleet.verdicts(store, SoakFleet.run(store, seen()));
    String after = verdicts.get(id(IN_ITS_PLACE));
    if (found.containsKey(id) && !List.of(verdicts.get(id), after).contains(found.get(id))) {
      wrong.add("a swapped suspect is " + found.get(id));
    }
    verdicts.put(id, after);
    digests.put(id, digests.get(id(IN_ITS_PLACE)));
    return struck && exit == 6;
  }

  /** The model of a file, as a run names it. */
  private String id(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    return verdicts.keySet().stream().filter(id -> id.endsWith(name)).findFirst().orElseThrow();
  }

  private boolean fillDisk() throws IOException, InterruptedException {
    command("mount", "-t", "tmpfs", "-o", "size=" + random.nextInt(1, 14) + "m", "none", "" + disk);
    int exit = audit(List.of(), List.of()).exit();
    command("mount", "-o", "remount,size=200m", "" + disk);
    return exit != 0;
  }

  private static void command(String... words) throws IOException, InterruptedException {
    if (new ProcessBuilder(words).inheritIO().start().waitFor() != 0) {
      throw new IOException(String.join(" ", words));
    }
  }

  private boolean disturb(Function<String, Trouble> troubles)
      throws IOException, InterruptedException {
    fleet.s3().forgetRequests();
    fleet.s3().disturb(troubles);
    return audit(List.of(), List.of()).exit() != 0 || fault == SoakFault.S3_FLAKY;
  }

  private Function<String, Trouble> flaky() {
    Trouble[] some = {Trouble.ERROR, Trouble.BUSY, Trouble.RESET, Trouble.SHORT, Trouble.SLOW};
    long end = System.currentTimeMillis() + moment();
    return request -> {
      synchronized (random) {
        boolean fails = System.currentTimeMillis() < end && random.nextInt(4) == 0;
        return fails ? some[random.nextInt(some.length)] : null;
      }
    };
  }

  private Function<String, Trouble> from(int first, Trouble trouble) {
    return request -> fleet.s3().requests().size() >= first ? trouble : null;
  }

  /** Looks at what the fault left. */
  private void look() throws IOException {
    if (store.stat(seen() + "/runs").isEmpty() || store.list(seen() + "/runs").isEmpty()) {
      return;
    }
    halfVisible.addAll(OutputCheck.of(store, seen()).faults());
    if (!fault.onS3() && fault != SoakFault.SWAPPED) {
      SoakFleet.digests(store, SoakFleet.run(store, seen()))
          .forEach(
              (path, digest) -> {
                if (!digest.equals(digests.get(path))) {
                  halfVisible.add(path + " is visible and not whole");
                }
              });
    }
  }

  /** Runs again without a fault and holds the output to an undisturbed run. */
  private void rerun() throws IOException, InterruptedException {
    SoakChild child = audit(List.of(), List.of());
    int exit = child.exit();
    if (exit != 0) {
      lost.add("the rerun ended with " + exit + ": " + child.errors());
      return;
    }
    halfVisible.addAll(OutputCheck.of(store, seen()).faults());
    String latest = TextFile.read(store, seen() + "/latest.json");
    String run = seen() + "/" + latest.replaceAll("(?s).*\"run\": \"([^\"]+)\".*", "$1");
    compare("verdict of ", verdicts, SoakFleet.verdicts(store, run));
    compare("bytes of ", digests, SoakFleet.digests(store, run));
  }

  private void compare(String what, Map<String, String> expected, Map<String, String> found) {
    expected.forEach(
        (name, value) -> {
          if (!found.containsKey(name)) {
            lost.add(what + name);
          } else if (!Objects.equals(value, found.get(name))) {
            wrong.add(what + name + ": " + found.get(name));
          }
        });
    found.keySet().stream()
        .filter(name -> !expected.containsKey(name))
        .forEach(name -> wrong.add(what + name + ": there should be none"));
  }

  private void clean() throws IOException, InterruptedException {
    if (fault == SoakFault.DISK_FULL) {
      command("umount", "" + disk);
    }
    store.delete(seen());
    HadoopStore local = new HadoopStore();
    local.delete(disk.toString());
    if (fault == SoakFault.SWAPPED) {
      local.delete(models.toString());
    }
    for (FileInfo file : local.list(fleet.folder().toString())) {
      if (file.name().startsWith("stderr")) {
        local.delete(file.path());
      }
    }
  }
}
