package org.findthelady.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.Store;
import org.findthelady.fleet.Suspect;
import org.findthelady.pair.PairRequest;
import org.findthelady.storage.DigestingStore;
import org.findthelady.storage.ListedStore;

/**
 * What the rows of a suspect depend on, as one digest: where it lies and its name, the content of
 * its files, of its references, their structures and its truth file, and every setting. Two
 * suspects with the same key have the same rows but for the run's id.
 */
public final class ContentKeys {
  private final Store store;
  private final List<Suspect> suspects;
  private final String settings;
  private final Map<String, Optional<List<FileInfo>>> contents = new HashMap<>();

  /**
   * Finds the files of all suspects and references.
   *
   * @param listed by path the file, or what lies in the folder, as far as that was listed
   * @param settings that results depend on
   */
  public ContentKeys(
      Store store,
      List<Suspect> suspects,
      Map<String, List<FileInfo>> listed,
      SortedMap<String, String> settings) {
    List<FileInfo> planned = suspects.stream().flatMap(s -> s.planned().stream()).toList();
    this.store = new ListedStore(store, planned);
    this.suspects = List.copyOf(suspects);
    this.settings = settings.toString();
    for (Suspect suspect : suspects) {
      for (PairRequest pair : suspect.pairs()) {
        for (String path : places(pair)) {
          boolean text = path.equals(pair.truth()) || path.equals(pair.structure().architecture());
          contents.computeIfAbsent(
              path,
              p ->
                  text
                      ? ModelContent.file(this.store, p)
                      : ModelContent.files(this.store, p, listed.get(p)));
        }
      }
    }
  }

  /** Everything that a pair reads. */
  private static List<String> places(PairRequest pair) {
    List<String> places = new ArrayList<>(List.of(pair.suspect(), pair.reference()));
    places.addAll(pair.structure().files());
    if (pair.truth() != null) {
      places.add(pair.truth());
    }
    return places;
  }

  /** All files whose content is part of a key. */
  public Set<FileInfo> files() {
    Set<FileInfo> files = new LinkedHashSet<>();
    contents.values().forEach(content -> content.ifPresent(files::addAll));
    return files;
  }

  /**
   * The key of a suspect; empty if a file of it cannot be told or read.
   *
   * @param index of the suspect
   * @param digests SHA-256 of files
   */
  public Optional<String> key(int index, FileDigests digests) {
    Suspect suspect = suspects.get(index);
    return key(suspect.pairs(), digests)
        .map(key -> suspect.declared().isEmpty() ? key : key + " " + suspect.declared());
  }

  /** The key of a pair of models that are suspects or references; empty likewise. */
  Optional<String> key(PairRequest pair, FileDigests digests) {
    return key(List.of(pair), digests);
  }

  /**
   * The digest of a model: see {@link org.findthelady.report.ModelNames.Contents}.
   *
   * @return empty text if it is not known
   */
  public String sha256(String path, FileDigests digests) {
    List<FileInfo> files = contents.getOrDefault(path, Optional.empty()).orElse(List.of());
    SortedMap<String, String> lines = new TreeMap<>();
    for (FileInfo file : files) {
      boolean below = file.path().startsWith(path + "/");
      Optional<String> sha256 = digests.sha256(file);
      if ((below || file.path().equals(path)) && sha256.isEmpty()) {
        return "";
      } else if (below || file.path().equals(path)) {
        lines.put(file.path().substring(below ? path.length() + 1 : 0), sha256.get());
      }
    }
    if (lines.containsKey(path) && lines.size() == 1) {
      return lines.get(path);
    }
    StringBuilder text = new StringBuilder();
    lines.forEach((name, sha) -> text.append(sha).append("  ").append(name).append('\n'));
    return lines.isEmpty() ? "" : DigestingStore.sha256(text.toString());
  }

  /** What all that is known of the references depends on; empty likewise. */
  public Optional<String> references(FileDigests digests) {
    Map<String, PairRequest> pairs = new TreeMap<>();
    for (Suspect suspect : suspects) {
      for (int i = 0; i < suspect.pairs().size(); i++) {
        PairRequest pair = suspect.pairs().get(i);
        String id = suspect.references().get(i);
        pairs.put(
            id,
            new PairRequest(
                id,
                pair.reference(),
                pair.reference(),
                pair.structure(),
                pair.options(),
                pair.store(),
                null,
                null));
      }
    }
    return key(pairs.values(), digests);
  }

  private Optional<String> key(Collection<PairRequest> pairs, FileDigests digests) {
    StringBuilder text = new StringBuilder(settings).append('\n');
    for (PairRequest pair : pairs) {
      text.append(pair.id()).append('\n').append(pair.structure()).append('\n');
      for (String place : places(pair)) {
        List<FileInfo> files = contents.get(place).orElse(null);
        if (files == null) {
          return Optional.empty();
        }
        text.append(place).append('\n');
        for (FileInfo file : files) {
          Optional<String> digest = digests.of(file);
          if (digest.isEmpty()) {
            return Optional.empty();
          }
          text.append(digest.get()).append(' ').append(file.path()).append('\n');
        }
      }
    }
    return Optional.of(DigestingStore.sha256(text.toString()));
  }

  /**
   * Whether a suspect's files are still those that were listed. An object that has a tag was read
   * with it, and so was what was listed.
   */
  boolean isUnchanged(int index) {
    String path = suspects.get(index).pairs().get(0).suspect();
    Optional<List<FileInfo>> files = contents.get(path);
    return files.filter(all -> all.stream().noneMatch(f -> f.tag().isEmpty())).isPresent()
        || files.equals(ModelContent.files(store, path, null));
  }
}
