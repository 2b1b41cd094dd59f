package org.findthelady.core;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest by which files, texts and tensors are told apart. */
public final class Sha256 {
  private Sha256() {}

  /** A digest to which nothing was added yet. */
  public static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
