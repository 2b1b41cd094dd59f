package org.findthelady.storage;

import java.security.MessageDigest;
import java.util.HexFormat;
import org.findthelady.core.Digests;

/**
 * What S3 makes of the bytes that it was given: the MD5 of an object that was put at once, and of
 * one that was put in parts the MD5 of their MD5s, a hyphen and the number of parts. So a tag that
 * is the same says that the store has these bytes. One that is not says nothing: objects under a
 * key of KMS have other tags, and so do some stores.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html">Object</a>
 */
final class EntityTag {
  private final long partBytes;
  private final MessageDigest part = Digests.md5();
  private final MessageDigest parts = Digests.md5();
  private byte[] last = new byte[0];
  private long left;
  private int count;

  /**
   * @param partBytes of every part but the last
   */
  EntityTag(long partBytes) {
    this.partBytes = partBytes;
    this.left = partBytes;
  }

  /** Takes the next bytes of the object. */
  void add(byte[] source, int offset, int length) {
    for (int done = 0; done < length; ) {
      if (left == 0) {
        endPart();
      }
      int here = (int) Math.min(left, length - done);
      part.update(source, offset + done, here);
      left -= here;
      done += here;
    }
  }

  private void endPart() {
    last = part.digest();
    parts.update(last);
    count++;
    left = partBytes;
  }

  /**
   * Ends the object.
   *
   * @return how it tells whether a tag is that of the bytes
   */
  Sums end() {
    endPart();
    HexFormat hexadecimal = HexFormat.of();
    String whole = count == 1 ? hexadecimal.formatHex(last) : "";
    return new Sums(whole, hexadecimal.formatHex(parts.digest()) + "-" + count);
  }

  /**
   * Tags that say that a store has the bytes.
   *
   * @param whole of an object that was put at once; empty if it is larger than a part
   * @param inParts of one that was put in parts
   */
  record Sums(String whole, String inParts) {
    /** Whether a tag, with or without the quotes that HTTP has around it, is one of these. */
    boolean has(String tag) {
      String plain = tag.replace("\"", "");
      return !plain.isEmpty() && (plain.equals(whole) || plain.equals(inParts));
    }
  }
}
