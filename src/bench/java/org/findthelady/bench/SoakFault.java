package org.findthelady.bench;

/** What a soak does to a run. */
enum SoakFault {
  KILL("kill -9 at a random moment, rerun on the same host"),
  KILL_ELSEWHERE("kill -9 on another host (own host name and process numbers), rerun on this one"),
  POWER_CUT("halt at a random change of the file system (create, rename, delete), rerun"),
  TERMINATE("SIGTERM at a random moment, rerun"),
  TWICE("two runs on one output at once"),
  SWAPPED("a suspect is replaced by another while the run reads"),
  DISK_FULL("the output's disk is too small, rerun with room"),
  S3_FLAKY("every fourth request to S3 fails for a while (500, 503, reset, short or slow)"),
  S3_DOWN("S3 says 503 to everything from a random request on"),
  S3_FORBIDDEN("S3 says 403 to everything from a random request on"),
  S3_KILL("kill -9 at a random moment, output on S3, rerun");

  private final String words;

  SoakFault(String words) {
    this.words = words;
  }

  /** Whether suspects and output lie on S3. */
  boolean onS3() {
    return name().startsWith("S3");
  }

  String words() {
    return words;
  }
}
