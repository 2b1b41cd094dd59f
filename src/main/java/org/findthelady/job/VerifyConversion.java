package org.findthelady.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.findthelady.conversion.BlockFinding;
import org.findthelady.conversion.Conversion;
import org.findthelady.conversion.Fidelity;
import org.findthelady.conversion.TensorFidelity;
import org.findthelady.core.Location;
import org.findthelady.pair.ConversionPair;
import org.findthelady.pair.LocalExecution;
import org.findthelady.pair.MatchSettings;
import org.findthelady.pair.PairRequest;
import org.findthelady.pair.StructureChoice;
import org.findthelady.report.Words;
import org.findthelady.storage.HadoopStore;

/** Says whether a checkpoint is a faithful conversion of another. Starts no Spark. */
public final class VerifyConversion {
  private static final int SHOWN_TENSORS = 20;
  private static final int SHOWN_BLOCKS = 3;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private VerifyConversion() {}

  /** What came out. */
  public record Result(Conversion conversion) {
    public boolean isFaithful() {
      return conversion.fidelity() == Fidelity.FAITHFUL
          || conversion.fidelity() == Fidelity.WITHIN_TOLERANCE;
    }

    /** For programs. */
    public String json() {
      try {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(conversion) + "\n";
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }

    /** For people. */
    public String text() {
      StringBuilder text = new StringBuilder();
      line(text, "conversion", conversion.fidelity().words());
      line(
          text,
          "checked",
          "%,d of %,d numbers in %d tensors"
              .formatted(
                  conversion.checkedElements(),
                  conversion.checkedElements() + conversion.notCheckedElements(),
                  conversion.tensors().size()));
      conversion.schemes().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(e -> line(text, "scheme", e.getKey() + ", tensors: " + e.getValue()));
      conversion.tensors().stream()
          .filter(tensor -> tensor.fidelity() == Fidelity.NOT_FAITHFUL)
          .limit(SHOWN_TENSORS)
          .forEach(tensor -> wrong(text, tensor));
      conversion.tensors().stream()
          .filter(tensor -> tensor.fidelity() == Fidelity.NOT_ALL_CHECKED)
          .limit(SHOWN_TENSORS)
          .forEach(tensor -> line(text, "not checked", "'" + tensor.converted() + "'"));
      conversion.notes().forEach(note -> line(text, "note", note));
      return text.toString();
    }

    private static void wrong(StringBuilder text, TensorFidelity tensor) {
      if (tensor.blocks().isEmpty()) {
        line(text, "not faithful", "'%s' as a whole".formatted(tensor.converted()));
        return;
      }
      String some = tensor.blocks().size() < 100 ? "" + tensor.blocks().size() : "100 or more";
      line(
          text,
          "not faithful",
          String.format(
              Locale.ROOT,
              "'%s' (%s): %,d of %,d codes, in %s blocks",
              tensor.converted(),
              tensor.scheme(),
              tensor.codes(),
              tensor.elements(),
              some));
      for (BlockFinding block :
          tensor.blocks().subList(0, Math.min(SHOWN_BLOCKS, tensor.blocks().size()))) {
        line(text, "", words(block));
      }
    }

    private static String words(BlockFinding block) {
      String words = "block %d, element %d".formatted(block.block(), block.element());
      if (block.codes() > 0) {
        words +=
            String.format(
                Locale.ROOT,
                ": %d codes, the worst %s steps from the original (rounding explains 0.5)",
                block.codes(),
                block.steps() > 1e6
                    ? "very many"
                    : String.format(Locale.ROOT, "%.3g", block.steps()));
      }
      if (block.zeros()) {
        words +=
            String.format(
                Locale.ROOT,
                ": zeros, but its scale %.6g is none that others have; no value changes with it",
                block.scale());
      } else if (block.scaleOff() > 0) {
        words +=
            String.format(
                Locale.ROOT,
                ": its scale %.6g is off by %.3g %%",
                block.scale(),
                100 * block.scaleOff());
      }
      return words;
    }

    private static void line(StringBuilder text, String name, String value) {
      text.append(String.format(Locale.ROOT, "%-16s %s%n", name, Words.printable(value)));
    }
  }

  /**
   * Checks a conversion.
   *
   * @param original file or folder
   * @param converted file or folder
   * @param structure how the groups of the converted checkpoint are found
   * @param storage properties of Hadoop's file systems
   */
  public static Result run(
      String original, String converted, StructureChoice structure, Map<String, String> storage) {
    try {
      HadoopStore store = new HadoopStore(storage);
      Preflight.of(store).there(original).there(converted).structure(structure);
      PairRequest pair =
          new PairRequest(
              Location.of(original).name(),
              Location.of(converted).path(),
              Location.of(original).path(),
              structure,
              MatchSettings.options(MatchSettings.Given.DEFAULTS),
              store,
              null,
              null);
      return new Result(ConversionPair.open(pair, new LocalExecution()).check());
    } catch (IOException e) {
      throw Failure.of(converted, e);
    }
  }
}
