package org.findthelady.report;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.findthelady.core.Verdict;

/**
 * What {@code run.json} says. The same bytes on every rerun: seconds are in {@link Timing}'s file.
 *
 * @param runId see {@link RunId}
 * @param manifestLines models that the run was asked for
 * @param audited models judged in this run or found finished and checked
 * @param skipped models left out on purpose, each with a row that says why
 * @param failed models that could not be judged
 * @param verdicts models per verdict; together as many as the manifest has lines
 * @param settings everything that the results depend on beside the inputs
 * @param versions of the tool and of what it ran on
 */
public record RunSummary(
    String runId,
    long manifestLines,
    long audited,
    long skipped,
    long failed,
    Map<Verdict, Long> verdicts,
    SortedMap<String, String> settings,
    SortedMap<String, String> versions) {
  public RunSummary {
    verdicts = ordered(verdicts);
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    if (audited + skipped + failed != manifestLines) {
      throw new IllegalArgumentException(
          "%d audited + %d skipped + %d failed are not %d manifest lines"
              .formatted(audited, skipped, failed, manifestLines));
    }
    long judged = verdicts.values().stream().mapToLong(Long::longValue).sum();
    if (judged != manifestLines) {
      throw new IllegalArgumentException(
          judged + " verdicts for " + manifestLines + " manifest lines");
    }
  }

  /** Every verdict, also those of no model, in the order of the enum. */
  private static Map<Verdict, Long> ordered(Map<Verdict, Long> counts) {
    Map<Verdict, Long> all = new LinkedHashMap<>();
    for (Verdict verdict : Verdict.values()) {
      all.put(verdict, counts.getOrDefault(verdict, 0L));
    }
    return Collections.unmodifiableMap(all);
  }

  /** Writes run.json. Does not close the stream. */
  public void write(OutputStream target) throws IOException {
    writeJson(this, target);
  }

  /** Indented, keys of rows in the order declared, line feeds on every platform. */
  static void writeJson(Object value, OutputStream target) throws IOException {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    byte[] json = JsonMapper.builder().build().writer(printer).writeValueAsBytes(value);
    target.write(json);
    target.write("\n".getBytes(StandardCharsets.UTF_8));
    target.flush();
  }
}
