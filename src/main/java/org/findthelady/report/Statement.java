package org.findthelady.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.findthelady.core.Digests;

/**
 * A verdict as an in-toto Statement (version 1): what was audited, by the SHA-256 of its files, and
 * what was found, as a predicate that docs/outputs.md describes. It is not signed.
 */
public final class Statement {
  /** The predicate's type and version. */
  public static final String PREDICATE = "urn:findthelady:predicate:audit:v1";

  private Statement() {}

  /**
   * The statement as JSON.
   *
   * @param suspect SHA-256 by path of the suspect's files; at least one
   * @param reference SHA-256 by path of the reference's files
   */
  public static String of(
      Judged judged,
      ModelRow row,
      SortedMap<String, String> suspect,
      SortedMap<String, String> reference) {
    ObjectNode root = about(row, suspect, PREDICATE);
    ObjectNode predicate = root.putObject("predicate");
    ObjectNode auditor = predicate.putObject("auditor");
    auditor.put("name", "Find the Lady").put("version", judged.version());
    predicate.put("verdict", row.verdict().name());
    predicate.put("meaning", row.verdict().plainWords());
    predicate.put("reason", row.reason());
    files(predicate.putArray("reference"), reference);
    predicate.set("row", JsonText.row(row));
    return JsonText.of(root);
  }

  /**
   * A statement on a suspect that says nothing yet. Its subjects are its files, and the model as a
   * whole by the digest that OpenSSF's model signing gives it.
   *
   * @param suspect SHA-256 by path of the suspect's files; at least one
   */
  static ObjectNode about(ModelRow row, SortedMap<String, String> suspect, String predicateType) {
    if (suspect.isEmpty()) {
      throw new IllegalArgumentException(row.names().suspect() + " has no files");
    }
    ObjectNode root = JsonText.object();
    root.put("_type", "https://in-toto.io/Statement/v1");
    ArrayNode subjects = root.putArray("subject");
    files(subjects, suspect);
    ObjectNode model = subjects.addObject().put("name", row.names().modelId());
    model.putObject("digest").put("sha256", whole(suspect));
    return root.put("predicateType", predicateType);
  }

  /**
   * The digest of a model in signatures of OpenSSF's model signing (version 1.0): SHA-256 over the
   * SHA-256 of its files, in the order of the parts of their paths.
   */
  private static String whole(SortedMap<String, String> files) {
    TreeMap<String, String> ordered = new TreeMap<>();
    files.forEach((path, sha256) -> ordered.put(path.replace('/', '\0'), sha256));
    MessageDigest digest = Digests.sha256();
    ordered.values().forEach(sha256 -> digest.update(HexFormat.of().parseHex(sha256)));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void files(ArrayNode array, SortedMap<String, String> files) {
    for (Map.Entry<String, String> file : files.entrySet()) {
      ObjectNode entry = array.addObject().put("name", file.getKey());
      entry.put("uri", Judged.uri(file.getKey()));
      entry.putObject("digest").put("sha256", file.getValue());
    }
  }
}
