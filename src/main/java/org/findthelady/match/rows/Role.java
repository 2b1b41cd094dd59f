package org.findthelady.match.rows;

/** What a tensor is to a group that lies on one of its axes. */
public enum Role {
  /** Weights that make the neuron's value. */
  INCOMING,
  /** Weights that read the neuron's value. */
  OUTGOING,
  /** One number a unit: a bias, or a scale, shift, mean or variance of a normalisation. */
  SCALAR
}
