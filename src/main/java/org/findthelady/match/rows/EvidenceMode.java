package org.findthelady.match.rows;

/** Which weights speak for a neuron. */
public enum EvidenceMode {
  /** The paper's: the incoming weights of the group's first producer, nothing else. */
  INCOMING,
  /** Every tensor of the group whose other axes are in reference order already. */
  ALL
}
