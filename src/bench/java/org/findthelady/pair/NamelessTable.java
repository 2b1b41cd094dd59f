package org.findthelady.pair;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.findthelady.core.Verdict;
import org.findthelady.discover.PairStructure;
import org.findthelady.experiment.LabModel;
import org.findthelady.match.MatchOptions;
import org.findthelady.pair.Nameless.Change;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.Axis;
import org.findthelady.structure.Group;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;

/**
 * Judges networks whose names, configuration and graph are taken away, beside the same pairs with
 * their known structure. Run as {@code NamelessTable OUT SEEDS CHANGES FILE[=GRAPH]...}: OUT
 * receives the table as Markdown, CHANGES are names of {@link Change} or {@code all}, files lie
 * under the shared folder.
 */
final class NamelessTable {
  private final Path folder;
  private final long seeds;
  private final List<Change> changes;
  private final StringBuilder text = new StringBuilder();

  private NamelessTable(Path folder, long seeds, List<Change> changes) {
    this.folder = folder;
    this.seeds = seeds;
    this.changes = changes;
  }

  public static void main(String[] args) throws IOException {
    List<Change> changes =
        args[2].equals("all")
            ? List.of(Change.values())
            : Arrays.stream(args[2].split(",")).map(Change::valueOf).toList();
    Path folder = Files.createTempDirectory("nameless");
    NamelessTable table = new NamelessTable(folder, Long.parseLong(args[1]), changes);
    table.text.append(
        "| network | suspect | found: verdict | groups | unknown axes | Psi | known: verdict | groups"
            + " | Psi |\n|---|---|---|---|---|---|---|---|---|\n");
    for (String named : List.of(args).subList(3, args.length)) {
      String[] parts = named.split("=");
      Nameless network = Nameless.of(parts[0], parts.length > 1 ? parts[1] : null);
      table.add(network);
      Files.writeString(Path.of(args[0]), table.text);
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private void add(Nameless network) throws IOException {
    StructureChoice choice = network.known(folder);
    Path named = Nameless.named(network.model(), folder.resolve("named.safetensors"));
    Path numbered = network.numbered(network.model(), folder.resolve("numbered.safetensors"));
    for (Change change : changes) {
      if (change.moves && !network.isKnown()) {
        continue;
      }
      List<Run> found = new ArrayList<>();
      List<Run> with = new ArrayList<>();
      for (long seed = 1; seed <= (change == Change.COPY ? 1 : seeds); seed++) {
        GroupPermutations shuffle =
            change.moves
                ? GroupPermutations.random(network.model().structure(), seed)
                : GroupPermutations.identity();
        LabModel suspect = change.of(network.model(), seed).permuted(shuffle);
        Path file = folder.resolve("suspect.safetensors");
        UnaryOperator<String> own = UnaryOperator.identity();
        with.add(run(network, named, Nameless.named(suspect, file), choice, shuffle, own));
        StructureChoice none = StructureChoice.AUTOMATIC;
        UnaryOperator<String> number = network::number;
        found.add(run(network, numbered, network.numbered(suspect, file), none, shuffle, number));
      }
      String known = network.isKnown() ? known(change, with) : " - | - | - |";
      String line = "| " + network.label() + " | " + change.label + " | " + found(change, found);
      line += known + System.lineSeparator();
      System.out.print(line);
      if (Boolean.getBoolean("reasons")) {
        found.forEach(run -> System.out.println("    " + run.reason));
        with.forEach(run -> System.out.println("    known: " + run.reason));
      }
      text.append(line);
    }
  }

  /**
   * One judged pair.
   *
   * @param psi share of units placed right in percent, every axis that truly moves counted
   */
  private record Run(Verdict verdict, String reason, int groups, long unknown, double psi) {}

  private static Run run(
      Nameless network,
      Path reference,
      Path suspect,
      StructureChoice choice,
      GroupPermutations shuffle,
      UnaryOperator<String> names) {
    PairRequest pair =
        new PairRequest(
            "pair",
            reference.toString(),
            suspect.toString(),
            choice,
            MatchOptions.defaults(),
            new HadoopStore(),
            null,
            null);
    JudgedPair judged = new PairAudit().judge(pair, new LocalExecution());
    PairOutcome outcome = judged.outcome();
    Structure structure =
        judged.context() == null ? Structure.UNKNOWN : judged.context().structure();
    return new Run(
        outcome.audited() ? outcome.verdict() : null,
        outcome.audited() ? outcome.judgement().reason() : outcome.notAudited().toString(),
        structure.groups().size(),
        structure.axes().values().stream()
            .flatMap(List::stream)
            .filter(axis -> axis.why().equals(PairStructure.UNKNOWN))
            .count(),
        psi(network.model(), shuffle, structure, judged.resync(), names));
  }

  private static String found(Change change, List<Run> runs) {
    return String.format(
        Locale.ROOT,
        "%s | %s | %s | %s |",
        verdicts(runs),
        range(runs, Run::groups, "%.0f"),
        range(runs, Run::unknown, "%.0f"),
        psi(change, runs));
  }

  private static String known(Change change, List<Run> runs) {
    return String.format(
        Locale.ROOT,
        " %s | %s | %s |",
        verdicts(runs),
        range(runs, Run::groups, "%.0f"),
        psi(change, runs));
  }

  /** A stranger has no units of the reference. */
  private static String psi(Change change, List<Run> runs) {
    return change == Change.UNRELATED ? "-" : range(runs, Run::psi, "%.1f");
  }

  private static String verdicts(List<Run> runs) {
    Map<String, Long> counts =
        runs.stream()
            .collect(
                Collectors.groupingBy(
                    run -> String.valueOf(run.verdict), LinkedHashMap::new, Collectors.counting()));
    return counts.size() == 1
        ? counts.keySet().iterator().next()
        : counts.entrySet().stream()
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
  }

  private static String range(List<Run> runs, ToDoubleFunction<Run> value, String format) {
    double[] sorted = runs.stream().mapToDouble(value).sorted().toArray();
    String least = String.format(Locale.ROOT, format, sorted[0]);
    String most = String.format(Locale.ROOT, format, sorted[sorted.length - 1]);
    return least.equals(most) ? least : least + " to " + most;
  }

  /**
   * Share of places that an order puts right, over all axes of matrices that the known structure
   * can move; each of its groups counts by its units. It asks what was done to tensors, so orders
   * in other groups can be scored too.
   */
  private static double psi(
      LabModel model,
      GroupPermutations shuffle,
      Structure structure,
      GroupPermutations resync,
      UnaryOperator<String> names) {
    Structure known = model.structure();
    Map<String, double[]> sums = new LinkedHashMap<>();
    for (String tensor : model.tensors().keySet()) {
      List<Axis> axes = known.axes(tensor);
      String name = names.apply(tensor);
      int[][] undone =
          structure.axes(name).isEmpty() ? new int[0][] : structure.gathers(name, resync);
      for (int axis = 0; axes.size() > 1 && axis < axes.size(); axis++) {
        Axis carried = axes.get(axis);
        if (!carried.isFrozen()) {
          int[] applied = known.gather(carried, shuffle);
          double right = right(applied, axis < undone.length ? undone[axis] : null, carried);
          for (String group : carried.groups()) {
            double[] sum = sums.computeIfAbsent(group, k -> new double[2]);
            sum[0] += right;
            sum[1]++;
          }
        }
      }
    }
    double right = 0;
    double all = 0;
    for (Group group : known.groups()) {
      double[] sum = sums.getOrDefault(group.name(), new double[] {0, 0});
      right += sum[1] == 0 ? 0 : group.units() * sum[0] / sum[1];
      all += sum[1] == 0 ? 0 : group.units();
    }
    return all == 0 ? 100 : 100 * right / all;
  }

  private static double right(int[] applied, int[] undone, Axis axis) {
    int right = 0;
    for (int i = 0; i < axis.length(); i++) {
      int at = undone == null ? i : undone[i];
      right += (applied == null ? at : applied[at]) == i ? 1 : 0;
    }
    return (double) right / axis.length();
  }
}
