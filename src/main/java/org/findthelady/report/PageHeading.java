package org.findthelady.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What stands above the models of a run.
 *
 * @param about more that is said of the run
 * @param references paths, as they are shown
 * @param models that have a verdict
 * @param missed models that were not audited
 */
record PageHeading(
    RunSummary run, List<Fact> about, Collection<String> references, int models, int missed) {
  /** A name and what is said of it. */
  public record Fact(String name, String value) {}

  String title() {
    String job = run.settings().get("job");
    String count = Words.models(models);
    return job == null ? "Audit of " + count : "Audit " + Words.printable(job) + ": " + count;
  }

  List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Run", run.runId()));
    facts.addAll(about);
    facts.add(
        new Fact(
            references.size() == 1 ? "Reference" : "References",
            about.stream().anyMatch(f -> f.name().startsWith("Reference"))
                ? ""
                : String.join(", ", references)));
    if (models + missed > 1) {
      String words = "%s audited, %s of them unreadable";
      facts.add(
          new Fact(
              "Models",
              words.formatted(Words.count(models), Words.count(run.failed()))
                  + (missed == 0 ? "" : "; " + Words.count(missed) + " not audited")));
    }
    String settings =
        run.settings().entrySet().stream()
            .map(setting -> setting.getKey() + " " + setting.getValue())
            .collect(Collectors.joining(", "));
    facts.add(new Fact("Settings", Words.printable(settings)));
    facts.removeIf(fact -> fact.value().isEmpty());
    return facts;
  }

  /** What is left out; empty if nothing is. */
  String note(int shown) {
    return shown == models
        ? ""
        : "The %s gravest of %s models are listed here."
            .formatted(Words.count(shown), Words.count(models));
  }
}
