package org.findthelady.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.findthelady.job.Permute;
import org.findthelady.job.Perturb;
import org.findthelady.pair.StructureChoice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Writes a fleet of shuffled copies of the trained ResNet-20 that the demo brings, each with a seed
 * of its own: in turn unchanged, 8 bits, 91 % pruned and noised.
 */
@Command(name = "fleet", description = "Write a fleet of shuffled ResNet-20 copies and its job.")
final class FleetGenerator implements Callable<Integer> {
  private static final String REFERENCE = "resnet20.th";

  @Option(names = "--out", required = true, description = "Folder to make.")
  Path out;

  @Option(names = "--models", defaultValue = "1000")
  int models;

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(out.resolve("models"));
    Path reference = out.resolve(REFERENCE);
    try (InputStream trained =
        Permute.class.getResourceAsStream("/demo/resnet-cifar10/resnet20-12fca82f.th")) {
      Files.copy(trained, reference);
    }
    ObjectMapper json = new ObjectMapper();
    try (BufferedWriter manifest = Files.newBufferedWriter(out.resolve("manifest.jsonl"))) {
      for (int seed = 0; seed < models; seed++) {
        String name = "models/%05d.safetensors".formatted(seed);
        String truth = "models/%05d.truth.json".formatted(seed);
        Perturb.run(
            new Permute.Request(
                reference.toString(),
                out.resolve(name).toString(),
                seed,
                out.resolve(truth).toString(),
                StructureChoice.AUTOMATIC,
                Map.of()),
            change(seed % 4));
        manifest.write(json.writeValueAsString(Map.of("id", name, "path", name, "truth", truth)));
        manifest.newLine();
      }
    }
    json.writeValue(
        out.resolve("job.json").toFile(),
        Map.of(
            "name", "fleet",
            "references", List.of(Map.of("id", "resnet20", "path", REFERENCE)),
            "suspects", List.of(Map.of("manifest", "manifest.jsonl"))));
    return 0;
  }

  private static Perturb.Settings change(int kind) {
    return Perturb.Settings.noise(kind == 3 ? 0.5 : null, true)
        .with("prune", kind == 2 ? 91.0 : null)
        .with("bits", kind == 1 ? 8.0 : null);
  }
}
