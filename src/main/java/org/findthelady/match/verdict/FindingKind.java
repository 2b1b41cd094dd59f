package org.findthelady.match.verdict;

/** What was done to a tensor or to a unit. */
public enum FindingKind {
  /** A unit's incoming weights were multiplied by a factor. */
  UNIT_SCALED("scaled"),
  /** A unit's incoming weights have their sign turned. */
  UNIT_SIGN_TURNED("sign turned"),
  /** Weights of this unit differ, and of few others on the tensor. */
  UNIT_CHANGED("weights changed"),
  /** A unit of the reference is not there. */
  UNIT_REMOVED("removed"),
  /** A unit that the reference has not. */
  UNIT_ADDED("added"),
  /** A unit that the reference has not and that nothing reads, or that is always zero. */
  UNIT_WITHOUT_EFFECT("added without effect"),
  /** A unit that is a copy of one of the reference's, which the two replace together. */
  UNIT_SPLIT("split"),
  /** A layer of the reference is not there. */
  LAYER_REMOVED("layer removed"),
  /** A layer that the reference has not. */
  LAYER_ADDED("layer added"),
  /** A layer is there more than once. */
  LAYER_REPEATED("layer repeated"),
  /** A layer stands before or behind others than in the reference. */
  LAYER_MOVED("layer moved"),
  /** A row of a table, such as a token's, is not there. */
  ROW_REMOVED("row removed"),
  /** A row of a table that the reference has not. */
  ROW_ADDED("row added"),
  /** A row of a table stands at another index. */
  ROW_MOVED("row moved"),
  /** All of the tensor is zero, which it was not. */
  ZEROED("all zero"),
  /** All of the tensor was multiplied by one factor. */
  TENSOR_SCALED("scaled as a whole"),
  /** Numbers were set to zero. */
  PRUNED("pruned"),
  /** Few different values are left. */
  QUANTISED("quantised"),
  /** A matrix of low rank was added, as by a merged adapter. */
  LOW_RANK_DRIFT("changed by a matrix of low rank"),
  /** Biases or normalisation terms differ. */
  TERMS_CHANGED("biases or normalisation changed"),
  /** Weights differ. */
  WEIGHTS_CHANGED("weights changed"),
  /** Nothing of the reference's weights is left. */
  REPLACED("replaced"),
  /** Numbers are NaN or infinite. */
  NOT_FINITE("NaN or infinite"),
  /** The same function in another basis. */
  BASIS_CHANGED("basis changed"),
  /** The reference's numbers, rounded to a narrower type. */
  CAST("rounded to a narrower type"),
  /** The same numbers, written down under another convention, such as 1 + w. */
  CONVENTION("the same numbers under another convention"),
  /** One side stores the axes in another order, as GPT-2's Conv1D does. */
  TURNED("axes in another order"),
  /** One side stores it inside a tensor with others: fused projections, packed experts. */
  FUSED("stored inside a tensor with others"),
  /** Rotary rows lie in the other of the two known layouts. */
  ROTARY_LAYOUT("rotary rows in another layout"),
  /** One side keeps a direction and a length, of which the other has the product: weight norm. */
  FACTORED("stored as directions and lengths"),
  /** What the scheme that it is stored in makes of the reference's numbers. */
  CONVERTED("converted, as its scheme does it"),
  /** Stored in another scheme, with codes or scales that rounding does not explain. */
  BEYOND_CONVERSION("codes that no conversion explains"),
  /** The same numbers, stored in another type. */
  STORED_OTHERWISE("the same numbers in another type"),
  /** The suspect declares a parent that is none of those that were found. */
  OTHER_PARENT_DECLARED("declares another parent"),
  /** The suspect declares one of the references as its parent and is unrelated to it. */
  DECLARED_PARENT_REFUTED("declares a parent that it is unrelated to");

  private final String plainWords;

  FindingKind(String plainWords) {
    this.plainWords = plainWords;
  }

  /** For people. */
  public String plainWords() {
    return plainWords;
  }
}
