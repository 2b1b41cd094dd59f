package org.findthelady.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.findthelady.core.Verdict;

/**
 * Verdicts as a SARIF 2.1.0 log (OASIS Static Analysis Results Interchange Format): a rule a
 * verdict, a result a model. A model made from a reference is an error, one of which nothing can be
 * said a warning. One that was compared and is not made from the reference has passed. Models that
 * were not audited are notifications, and the run has not succeeded.
 */
public final class SarifLog {
  private static final List<Verdict> RULES = List.of(Verdict.values());

  private SarifLog() {}

  /** The log as JSON. */
  public static String of(Judged judged) {
    ObjectNode root = JsonText.object();
    root.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    root.put("version", "2.1.0");
    ObjectNode run = root.putArray("runs").addObject();
    ObjectNode driver = run.putObject("tool").putObject("driver");
    driver.put("name", "Find the Lady").put("version", judged.version());
    ArrayNode rules = driver.putArray("rules");
    for (Verdict verdict : RULES) {
      ObjectNode rule = rules.addObject().put("id", verdict.name());
      rule.putObject("shortDescription").put("text", verdict.plainWords());
      rule.putObject("defaultConfiguration").put("level", level(verdict));
    }
    run.putObject("automationDetails").put("id", "ftl/" + judged.runId());
    ObjectNode invocation = run.putArray("invocations").addObject();
    invocation.put("executionSuccessful", judged.missed().isEmpty());
    for (AuditPage.Missed missed : judged.missed()) {
      ObjectNode note = invocation.withArray("toolExecutionNotifications").addObject();
      note.put("level", "error").putObject("message").put("text", missed.inWords());
    }
    ArrayNode results = run.putArray("results");
    judged.models().forEach(row -> add(results, row));
    return JsonText.of(root);
  }

  private static void add(ArrayNode results, ModelRow row) {
    Verdict verdict = row.verdict();
    String level = level(verdict);
    String kind = verdict.isCompared() ? "pass" : "notApplicable";
    ObjectNode result = results.addObject();
    result.put("ruleId", verdict.name()).put("ruleIndex", RULES.indexOf(verdict));
    result.put("kind", level.equals("none") ? kind : "fail").put("level", level);
    String message =
        Words.printable(row.names().modelId())
            + ": "
            + verdict
            + ", "
            + Words.printable(row.reason());
    result.putObject("message").put("text", message);
    result
        .putArray("locations")
        .addObject()
        .putObject("physicalLocation")
        .putObject("artifactLocation")
        .put("uri", Judged.uri(row.names().suspect()));
    ObjectNode properties = JsonText.row(row);
    properties.remove("reason");
    result.set("properties", properties);
  }

  private static String level(Verdict verdict) {
    if (verdict.isCopy()) {
      return "error";
    }
    return verdict.isUnknown() ? "warning" : "none";
  }
}
