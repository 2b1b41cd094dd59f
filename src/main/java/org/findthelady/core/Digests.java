package org.findthelady.core;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Digests to which nothing was added yet. */
public final class Digests {
  private Digests() {}

  /** By which files, texts and tensors are told apart. */
  public static MessageDigest sha256() {
    return start("SHA-256");
  }

  /** What S3 makes its entity tags of; no proof against a forger. */
  public static MessageDigest md5() {
    return start("MD5");
  }

  private static MessageDigest start(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
