package org.findthelady.job.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.findthelady.core.Verdict;
import org.findthelady.report.Words;

/**
 * How many models may get a verdict.
 *
 * @param allowed by verdict; one that is not there may be given to any number
 * @param strict whether an unreadable model ends the run with an exit code of its own
 */
public record Policy(Map<Verdict, Long> allowed, boolean strict) {
  private static final int MOST_NAMED = 20;

  public Policy {
    allowed = Map.copyOf(allowed);
  }

  static Policy of(JsonNode policy) {
    Map<Verdict, Long> allowed = new EnumMap<>(Verdict.class);
    policy
        .path("allowed")
        .properties()
        .forEach(e -> allowed.put(Verdict.valueOf(e.getKey()), e.getValue().asLong()));
    policy.path("failOn").forEach(verdict -> allowed.put(Verdict.valueOf(verdict.asText()), 0L));
    return new Policy(allowed, policy.path("strict").asBoolean());
  }

  /**
   * What the policy does not allow, a line a verdict, with the models' ids.
   *
   * @param verdicts by id of the model
   */
  public List<String> breaches(Map<String, Verdict> verdicts) {
    List<String> breaches = new ArrayList<>();
    for (Verdict verdict : Verdict.values()) {
      List<String> ids =
          verdicts.entrySet().stream()
              .filter(e -> e.getValue() == verdict)
              .map(Map.Entry::getKey)
              .sorted()
              .toList();
      if (ids.size() > allowed.getOrDefault(verdict, Long.MAX_VALUE)) {
        String named = ids.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        breaches.add(
            "%s %s %s, the job's policy allows %d: %s%s"
                .formatted(
                    Words.models(ids.size()),
                    ids.size() == 1 ? "is" : "are",
                    verdict,
                    allowed.get(verdict),
                    named,
                    ids.size() > MOST_NAMED
                        ? " and %d more".formatted(ids.size() - MOST_NAMED)
                        : ""));
      }
    }
    return breaches;
  }
}
