package org.findthelady.checkpoint.packed;

import org.findthelady.checkpoint.CheckpointFormat;
import org.findthelady.checkpoint.FormatLayer;

/** Shows packed weights as what they stand for, whatever format holds them. */
public final class UnpackingLayer implements FormatLayer {
  @Override
  public CheckpointFormat over(CheckpointFormat format) {
    return new UnpackingFormat(format);
  }
}
