package org.findthelady.match.task;

import java.io.IOException;
import java.util.List;
import org.findthelady.match.rows.EqualTensor;
import org.findthelady.match.rows.Weights;
import org.findthelady.structure.Structure;

/**
 * Looks whether the reference's numbers in a tensor follow a rule, so that any model holds them.
 */
public record RuleTask(String tensor) implements MatchTask<Boolean> {
  @Override
  public List<String> reads() {
    return List.of(tensor);
  }

  @Override
  public Boolean run(Structure structure, Weights reference, Weights suspect) throws IOException {
    return EqualTensor.isRule(reference, tensor);
  }
}
