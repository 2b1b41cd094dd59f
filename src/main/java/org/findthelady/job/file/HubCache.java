package org.findthelady.job.file;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.storage.TextFile;

/**
 * A repository in the cache of Hugging Face's hub client: {@code models--ORG--NAME} with a folder
 * of links for each revision that was downloaded below {@code snapshots}, and the revision that a
 * branch stands for in {@code refs}.
 */
final class HubCache {
  private static final Pattern SNAPSHOT =
      Pattern.compile("(.*/)?models--([^/]+)/snapshots/([^/]+)");
  private static final int SHORT_REVISION = 7;

  private HubCache() {}

  /** Whether a folder is a repository of the cache. */
  static boolean isOne(Store store, FileInfo folder) throws IOException {
    return folder.folder()
        && folder.name().startsWith("models--")
        && store.stat(folder.path() + "/snapshots").filter(FileInfo::folder).isPresent();
  }

  /** The revision that its main branch stands for; all that are there if that is not known. */
  static List<FileInfo> snapshots(Store store, FileInfo repository) throws IOException {
    String main = repository.path() + "/refs/main";
    List<FileInfo> all =
        store.list(repository.path() + "/snapshots").stream().filter(FileInfo::folder).toList();
    if (store.stat(main).isEmpty()) {
      return all;
    }
    String revision = TextFile.read(store, main).strip();
    List<FileInfo> named = all.stream().filter(file -> file.name().equals(revision)).toList();
    return named.isEmpty() ? all : named;
  }

  /** An id for a path: {@code ORG/NAME@REVISION} for a snapshot, else the path itself. */
  static String id(String path) {
    Matcher snapshot = SNAPSHOT.matcher(path);
    if (!snapshot.matches()) {
      return path;
    }
    String revision = snapshot.group(3);
    return snapshot.group(2).replaceFirst("--", "/")
        + "@"
        + revision.substring(0, Math.min(SHORT_REVISION, revision.length()));
  }
}
