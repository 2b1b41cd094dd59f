package org.findthelady.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.findthelady.checkpoint.Checkpoint;
import org.findthelady.checkpoint.Checkpoints;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.TensorInfo;
import org.findthelady.core.UserException;
import org.findthelady.perturb.Watermark;
import org.findthelady.perturb.WatermarkReading;
import org.findthelady.report.JsonText;
import org.findthelady.run.Rewrite;
import org.findthelady.storage.HadoopStore;
import org.findthelady.storage.TextFile;

/**
 * Embeds a white-box watermark (Uchida et al., arXiv 1701.04082) in a checkpoint of any format that
 * can be written, and reads it back.
 */
public final class Watermarking {
  private Watermarking() {}

  /**
   * @param in checkpoint to read
   * @param key file that holds the secret
   * @param layer name of the tensor that carries the mark
   * @param bits of the message
   */
  public record Request(
      String in, String key, String layer, int bits, Map<String, String> storage) {}

  /**
   * What was read.
   *
   * @param written what was made; null if nothing was
   * @param change of the layer's weights, as a share of their norm; NaN if nothing was made
   */
  public record Result(String written, String layer, double change, WatermarkReading reading) {
    /** Whether the mark is there. */
    public boolean found() {
      return reading.found();
    }

    /** For programs. */
    public String json() {
      ObjectNode root = JsonText.object();
      root.put("written", written);
      root.put("layer", layer);
      root.put("change", Double.isNaN(change) ? null : change);
      root.put("bits", reading.bits());
      root.put("wrong_bits", reading.errors());
      root.put("bit_error_rate_percent", reading.bitErrorRate());
      root.put("correlation", reading.correlation());
      root.put("p_value", reading.pValue());
      return JsonText.of(root.put("found", reading.found()));
    }

    /** For people. */
    public String text() {
      String made =
          written == null
              ? ""
              : "written         %s%nlayer changed   %s %% of its norm%n"
                  .formatted(written, number("%.3g", 100 * change));
      return made
          + """
          layer           %s
          bits            %d
          wrong bits      %d
          bit error rate  %s %%
          correlation     %s
          p-value         %s
          watermark       %s
          """
              .formatted(
                  layer,
                  reading.bits(),
                  reading.errors(),
                  number("%.1f", reading.bitErrorRate()),
                  number("%.3f", reading.correlation()),
                  number("%.2e", reading.pValue()),
                  reading.found() ? "found" : "not found");
    }

    private static String number(String pattern, double value) {
      return String.format(Locale.ROOT, pattern, value);
    }
  }

  /**
   * Writes a marked copy and reads the mark back from it.
   *
   * @param out file or folder to make; nothing may be there
   * @param strength margin of every bit, in spreads of the projections of unmarked weights
   * @throws UserException if the layer cannot hold the bits
   */
  public static Result embed(Request request, String out, double strength) {
    try {
      HadoopStore store = new HadoopStore(request.storage());
      Preflight.of(store).there(request.in()).there(request.key()).output(out);
      Watermark mark = mark(store, request);
      Checkpoint checkpoint = Checkpoints.open(store, request.in());
      float[] before = values(store, checkpoint, layer(checkpoint, request));
      Map<String, Move> still = new LinkedHashMap<>();
      checkpoint.tensors().forEach(tensor -> still.put(tensor.name(), Move.none(tensor)));
      Rewrite.run(store, checkpoint, out, still, List.of(mark.embedding(strength)));
      Checkpoint marked = Checkpoints.open(store, out);
      TensorInfo carrier = layer(marked, request);
      float[] after = values(store, marked, carrier);
      return new Result(
          out, request.layer(), change(before, after), mark.read(carrier.shape(), after));
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage(), e);
    } catch (IOException e) {
      throw Failure.of(request.in(), e);
    }
  }

  /** Reads the mark; changes nothing. */
  public static Result detect(Request request) {
    try {
      HadoopStore store = new HadoopStore(request.storage());
      Preflight.of(store).there(request.in()).there(request.key());
      Watermark mark = mark(store, request);
      Checkpoint checkpoint = Checkpoints.open(store, request.in());
      TensorInfo carrier = layer(checkpoint, request);
      float[] values = values(store, checkpoint, carrier);
      return new Result(null, request.layer(), Double.NaN, mark.read(carrier.shape(), values));
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage(), e);
    } catch (IOException e) {
      throw Failure.of(request.in(), e);
    }
  }

  private static Watermark mark(HadoopStore store, Request request) throws IOException {
    String secret = TextFile.read(store, request.key()).strip();
    if (secret.isEmpty()) {
      throw new UserException(request.key() + ": holds no key");
    }
    return new Watermark(secret, request.layer(), request.bits());
  }

  private static TensorInfo layer(Checkpoint checkpoint, Request request) {
    TensorInfo tensor = checkpoint.byName().get(request.layer());
    String where = checkpoint.location().path() + ": tensor '" + request.layer() + "'";
    if (tensor == null) {
      throw new UserException(where + " is not there; ftl inspect lists what is");
    }
    if (!tensor.dtype().floating() || tensor.shape().rank() < 2 || tensor.shape().elements() == 0) {
      throw new UserException(
          "%s: type %s, shape %s; a watermark needs a floating-point matrix"
              .formatted(where, tensor.dtype(), tensor.shape()));
    }
    return tensor;
  }

  private static float[] values(HadoopStore store, Checkpoint checkpoint, TensorInfo tensor)
      throws IOException {
    try (TensorReader bytes = Checkpoints.format(checkpoint.format()).reader(store, checkpoint)) {
      return bytes.readFloats(tensor);
    }
  }

  private static double change(float[] before, float[] after) {
    double change = 0;
    double all = 0;
    for (int i = 0; i < before.length; i++) {
      double gap = (double) after[i] - before[i];
      change += gap * gap;
      all += before[i] * (double) before[i];
    }
    return Math.sqrt(change / all);
  }
}
