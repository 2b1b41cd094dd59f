package org.findthelady.job;

/**
 * Where the driver of an audit is killed, in the order in which it gets there. The fleet has models
 * that are taken over from the last run (m01 to m03) and others that are audited.
 */
enum KillPoint {
  BEFORE_LOCK("before the lock is claimed", "create .*/_lock/[^/.]+"),
  LOCK_CLAIMED("the lock is claimed, not yet taken", "created .*/_lock/[^/.]+"),
  LOCK_TAKEN("the lock is taken, nothing is written", "create .*/tables/[^/]+/models.parquet"),
  STATE_CLEARED("what an unfinished run kept is removed", "deleted .*/state/[^/]+/[^/]+"),
  CARRIED_HALF("a model of the last run is copied in part", "tear .*/_staging/models/m02[^/]+"),
  CARRIED("it is copied, not yet visible", "rename .*/_staging/models/m02.*"),
  CARRIED_VISIBLE("it is visible, not yet noted", "renamed .*/_staging/models/m02.*"),
  STAGED_HALF("a re-synchronised model is staged in part", "tear .*/_staging/.*/m10[^/]+"),
  STAGED("it is staged", "created .*/_staging/.*/m10[^/]+"),
  BEFORE_PUBLISH("it is read back, not yet visible", "rename .*/_staging/.*/m10.*"),
  PUBLISHED("it is visible, not yet noted", "renamed .*/_staging/.*/m10.*"),
  BEFORE_JOURNAL("before a file of the journal", "create .*/_staging/journal/.*"),
  JOURNAL_HALF("a file of the journal is written in part", "tear .*/_staging/journal/.*"),
  JOURNALED("a file of the journal is written", "created .*/_staging/journal/.*"),
  TABLE_HALF("a table is staged in part", "tear .*/tables/[^/]+/groups.parquet"),
  STATE_HALF("the rows for the next run are written in part", "tear .*/state/.*/models-.*"),
  STATE_INDEX("their index is written, not yet pointed to", "created .*/state/.*/index.json"),
  STATE_POINTED("their index is pointed to", "renamed .*/state/[^/]+/latest.json"),
  PAGE_HALF("the page is staged in part", "tear .*/tables/[^/]+/index.html"),
  SUMMARY_HALF("run.json is staged in part", "tear .*/tables/[^/]+/run.json"),
  SUMMARY_STAGED("all tables are staged", "created .*/tables/[^/]+/run.json"),
  FIRST_TABLE("the first table is visible", "renamed .*/tables/[^/]+/models.parquet to .*"),
  SUMS("SHA256SUMS is visible", "renamed .*/tables/[^/]+/SHA256SUMS to .*"),
  BEFORE_SUMMARY("all but run.json is visible", "rename .*/tables/[^/]+/run.json to .*"),
  SUMMARY("run.json is visible", "renamed .*/tables/[^/]+/run.json to .*"),
  STAGING_REMOVED("the staging folder is removed", "deleted .*/_staging"),
  LOCK_REMOVED("the lock is removed, latest.json is the old one", "deleted .*/_lock"),
  POINTER_HALF("the new latest.json is written in part", "tear .*/out/latest.json[^/]+"),
  POINTER_WRITTEN("it is written, not yet in place", "rename .*/out/latest.json"),
  POINTED("latest.json names the run", "renamed .*/out/latest.json");

  private final String words;
  private final String change;

  KillPoint(String words, String change) {
    this.words = words;
    this.change = change;
  }

  /** What has happened by then. */
  String words() {
    return words;
  }

  /** A regular expression for {@link org.findthelady.storage.HaltingFileSystem}. */
  String change() {
    return change;
  }
}
