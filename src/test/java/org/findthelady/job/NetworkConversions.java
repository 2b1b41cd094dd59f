package org.findthelady.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.PackedWeight;
import org.findthelady.checkpoint.Quantisation;
import org.findthelady.conversion.Conversion;
import org.findthelady.conversion.Fidelity;
import org.findthelady.conversion.TensorFidelity;
import org.findthelady.core.DType;
import org.findthelady.core.Floats;
import org.findthelady.core.TensorInfo;
import org.findthelady.pair.StructureChoice;
import org.findthelady.storage.HadoopStore;

/**
 * Whether a converter's output is faithful, and whether one thing that is changed in it, or in the
 * original, is found in the tensor where it was changed and nowhere else.
 */
public final class NetworkConversions {
  private static final float NUDGE = 1.05f;

  private final Path original;
  private final Path converted;
  private final Path folder;
  private final Path before;

  /**
   * @param folder for changed copies
   * @param before the original at an earlier epoch, laid out alike; null if there is none, and
   *     numbers that are 2 % away stand for it
   */
  NetworkConversions(Path original, Path converted, Path folder, Path before) {
    this.original = original;
    this.converted = converted;
    this.folder = folder;
    this.before = before;
  }

  /**
   * What is found. "found" is the right tensor and no other, "-" what the scheme does not have,
   * "tolerated" what a scheme of one tensor may be off where its compiler searched.
   *
   * @param numbers that were checked
   */
  record Row(
      Conversion conversion, long numbers, String code, String scale, String rows, String epoch) {
    boolean isRight() {
      return conversion.fidelity() == Fidelity.FAITHFUL
          && conversion.notCheckedElements() == 0
          && Stream.of(code, scale, rows, epoch).allMatch(w -> w.matches("found|tolerated|-"));
    }

    String words() {
      return String.format(
          Locale.ROOT,
          "%s | %,d | %s | %s | %s | %s",
          conversion.fidelity().words(),
          numbers,
          code,
          scale,
          rows,
          epoch);
    }
  }

  /** Checks a conversion, and again with one thing changed at a time. */
  Row row() throws IOException {
    Conversion found = verify(original, converted);
    TensorFidelity target = target(found);
    return new Row(
        found,
        found.checkedElements(),
        found(target, original, changed(converted, code(target)), true),
        found(target, original, changed(converted, scale(target)), false),
        found(target, changed(original, rows(target)), converted, false),
        found(target, changed(original, epoch(target)), converted, false));
  }

  private static Conversion verify(Path original, Path converted) {
    return VerifyConversion.run(
            original.toString(), converted.toString(), StructureChoice.AUTOMATIC, Map.of())
        .conversion();
  }

  /** The largest tensor that was rounded. */
  private static TensorFidelity target(Conversion found) {
    return found.tensors().stream()
        .max(
            Comparator.comparing((TensorFidelity t) -> !t.scheme().matches("F32|I64|I32.*"))
                .thenComparing(TensorFidelity::elements))
        .orElseThrow();
  }

  private String found(TensorFidelity target, Path original, Path converted, boolean one)
      throws IOException {
    if (original == null || converted == null) {
      return "-";
    }
    Conversion changed = verify(original, converted);
    List<TensorFidelity> wrong =
        changed.tensors().stream().filter(t -> t.fidelity() == Fidelity.NOT_FAITHFUL).toList();
    if (wrong.isEmpty() && changed.fidelity() == Fidelity.WITHIN_TOLERANCE) {
      return "tolerated";
    }
    if (wrong.stream().noneMatch(t -> t.converted().equals(target.converted()))) {
      return "missed";
    }
    // QLinear operators store a bias with the weight's own scale, so that it is wrong too.
    wrong = wrong.stream().filter(t -> !t.scheme().startsWith("I32")).toList();
    if (wrong.size() > 1) {
      return (wrong.size() - 1) + " false alarms";
    }
    return one && wrong.get(0).codes() != 1 ? wrong.get(0).codes() + " codes" : "found";
  }

  private interface Change {
    /** Changes a file's bytes; false if there is nothing to change. */
    boolean in(ByteBuffer file) throws IOException;
  }

  private Path changed(Path file, Change change) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (!change.in(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN))) {
      return null;
    }
    Path config = file.resolveSibling("config.json");
    if (Files.exists(config)) {
      Files.write(folder.resolve("config.json"), Files.readAllBytes(config));
    }
    return Files.write(folder.resolve("changed-" + file.getFileName()), bytes);
  }

  private static Checkpoint open(Path file) {
    return Checkpoints.open(new HadoopStore(), file.toString());
  }

  /** One code in the middle that has levels on both sides, changed by one level. */
  private Change code(TensorFidelity target) {
    Checkpoint checkpoint = open(converted);
    TensorInfo shown = checkpoint.byName().get(target.converted());
    PackedWeight packed = checkpoint.packing().byShown().get(shown);
    TensorInfo codes = packed == null ? shown : packed.parts().get(0);
    int block = codes.dtype().blockBytes();
    int middle = (int) (codes.offset() + codes.length() / 2 / block * block);
    return file -> {
      if (codes.dtype() == DType.F32) {
        return false;
      }
      if (codes.dtype() == DType.F16 || codes.dtype() == DType.BF16) {
        int at = middle;
        while ((file.getShort(at) & 0x7fff) < 0x2000) {
          at += 2;
        }
        file.putShort(at, (short) (file.getShort(at) + 1));
        return true;
      }
      boolean bytes = target.scheme().matches(".*(8|I8, .*|U8, .*|FP8.*)");
      int mask = bytes ? 0x7f : 7;
      long end = codes.offset() + codes.length();
      for (int start = middle; start < end; start += block) {
        for (int at = start + head(codes.dtype()); at < start + tail(codes.dtype()); at++) {
          int code = file.get(at) & mask;
          if (!isZero(file, start, codes.dtype()) && code >= 2 && code <= (bytes ? 0x60 : 5)) {
            file.put(at, (byte) (file.get(at) + 1));
            return true;
          }
        }
      }
      return false;
    };
  }

  /** Bytes of a block before its codes. */
  private static int head(DType type) {
    return switch (type) {
      case Q4_0, Q8_0, IQ4_NL -> 2;
      case Q5_1 -> 8;
      case Q4_K -> 16;
      case MXFP4 -> 1;
      default -> 0;
    };
  }

  /** Bytes of a block up to the end of its codes, or of their low bits. */
  private static int tail(DType type) {
    return type == DType.Q6_K ? 128 : type.blockBytes();
  }

  /** Where a block has its scale. */
  private static int scaleAt(DType type) {
    return type == DType.Q6_K ? 208 : 0;
  }

  /** Whether all numbers of a block are zero whatever its codes are. */
  private static boolean isZero(ByteBuffer file, int block, DType type) {
    int at = block + scaleAt(type);
    return type.blockElements() > 1
        && (type == DType.MXFP4 ? file.get(at) == 0 : (file.getShort(at) & 0x7fff) == 0);
  }

  /** One scale in the middle, nudged by a twentieth, or by one step where it is a code. */
  private Change scale(TensorFidelity target) {
    Checkpoint checkpoint = open(converted);
    TensorInfo shown = checkpoint.byName().get(target.converted());
    PackedWeight packed = checkpoint.packing().byShown().get(shown);
    if (packed != null) {
      TensorInfo scales = packed.parts().get(1);
      return file -> nudged(file, middle(scales), scales.dtype());
    }
    if (shown.dtype().blockElements() > 1) {
      DType type = shown.dtype() == DType.MXFP4 ? DType.U8 : DType.F16;
      return file -> {
        int block = middle(shown);
        while (isZero(file, block, shown.dtype())) {
          block += shown.dtype().blockBytes();
        }
        return nudged(file, block + scaleAt(shown.dtype()), type);
      };
    }
    Quantisation quantisation = checkpoint.encoding().quantisations().get(shown.name());
    if (quantisation == null) {
      return file -> false;
    }
    float[] scales = quantisation.scales();
    float scale = scales[scales.length / 2];
    return file -> {
      for (int at = 0; at + Float.BYTES <= file.capacity(); at++) {
        if (file.getFloat(at) == scale) {
          return nudged(file, at, DType.F32);
        }
      }
      return false;
    };
  }

  private static int middle(TensorInfo tensor) {
    int block = tensor.dtype().blockBytes();
    return (int) (tensor.offset() + tensor.length() / 2 / block * block);
  }

  private static boolean nudged(ByteBuffer file, int at, DType type) {
    switch (type) {
      case F32, F16, BF16 -> {
        float[] scale = new float[1];
        Floats.decode(type, file.duplicate().position(at), scale, 0, 1);
        scale[0] = scale[0] == 0 ? NUDGE : scale[0] * NUDGE;
        Floats.encode(type, scale, 0, 1, file.duplicate().position(at));
      }
      default -> file.put(at, (byte) (file.get(at) + 1));
    }
    return true;
  }

  /** Two rows of the original, swapped. */
  private Change rows(TensorFidelity target) {
    TensorInfo tensor = open(original).byName().get(target.original());
    int row = (int) (tensor.length() / tensor.shape().length(0));
    return file -> {
      if (tensor.shape().length(0) < 2) {
        return false;
      }
      byte[] two = new byte[2 * row];
      file.get((int) tensor.offset(), two);
      file.put((int) tensor.offset(), two, row, row);
      file.put((int) tensor.offset() + row, two, 0, row);
      return true;
    };
  }

  /** The original's tensor as it was some epochs before, or may have been. */
  private Change epoch(TensorFidelity target) {
    TensorInfo tensor = open(original).byName().get(target.original());
    if (before != null) {
      TensorInfo earlier = open(before).byName().get(target.original());
      return file -> {
        byte[] bytes = Files.readAllBytes(before);
        file.put((int) tensor.offset(), bytes, (int) earlier.offset(), (int) tensor.length());
        return true;
      };
    }
    SplittableRandom random = new SplittableRandom(5);
    return file -> {
      int count = (int) tensor.shape().elements();
      double squares = 0;
      for (int i = 0; i < count; i++) {
        double number = file.getFloat((int) tensor.offset() + 4 * i);
        squares += number * number;
      }
      double away = 0.02 * Math.sqrt(squares / count);
      for (int i = 0; i < count; i++) {
        int at = (int) tensor.offset() + 4 * i;
        file.putFloat(at, (float) (file.getFloat(at) + away * random.nextGaussian()));
      }
      return true;
    };
  }

  /**
   * Prints the rows of all conversions of a folder that {@code network_conversions.py} made; where
   * it put the original at earlier epochs there too, one for each of these.
   *
   * @param arguments the folder, and networks, all if none
   */
  public static void main(String... arguments) throws IOException {
    Path scratch = Files.createTempDirectory("conversions");
    for (Path network : sorted(Path.of(arguments[0]))) {
      if (arguments.length > 1 && !List.of(arguments).contains(network.getFileName().toString())) {
        continue;
      }
      for (Path file : sorted(network)) {
        String name = file.getFileName().toString();
        if (!name.startsWith("original")) {
          Path converted = Files.isDirectory(file) ? file.resolve("model.safetensors") : file;
          String end = name.replaceAll(".*\\.", "").replace("tflite", "h5");
          Path original =
              network.resolve("original." + (end.matches("h5|onnx") ? end : "safetensors"));
          List<Path> epochs = sorted(network);
          epochs.removeIf(path -> !path.getFileName().toString().startsWith("original-epoch"));
          for (Path epoch : epochs.isEmpty() ? Collections.<Path>singletonList(null) : epochs) {
            print(original, converted, scratch, end.matches("onnx|h5") ? null : epoch);
          }
        }
      }
    }
  }

  private static void print(Path original, Path converted, Path scratch, Path epoch)
      throws IOException {
    if (Files.exists(converted)) {
      Files.deleteIfExists(scratch.resolve("config.json"));
      Row row = new NetworkConversions(original, converted, scratch, epoch).row();
      System.out.println(
          "| %s | `%s` | %s |%s"
              .formatted(
                  original.getParent().getFileName(),
                  original.getParent().relativize(converted).toString().replaceAll("\\..*", ""),
                  row.words(),
                  epoch == null ? "" : " " + epoch.getFileName()));
    }
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return new ArrayList<>(all.sorted().toList());
    }
  }
}
