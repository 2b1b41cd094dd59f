package org.findthelady.run;

/** The version of this program, in reports. */
public final class Version {
  /** As in pom.xml; a test holds them together. */
  public static final String CURRENT = "0.1.0-SNAPSHOT";

  private Version() {}
}
