package org.findthelady.checkpoint.packed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.findthelady.checkpoint.ScaleKind;
import org.findthelady.core.DType;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;

/**
 * The 4-bit types of bitsandbytes: codes of a table, high nibble first, with the largest magnitude
 * of every run of elements beside them, which may be quantised again.
 *
 * @see <a href="https://huggingface.co/docs/bitsandbytes">bitsandbytes</a>
 */
final class BitsAndBytes implements PackingScheme {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String STATE = ".quant_state.bitsandbytes__";

  @Override
  public void find(PackedSearch search) throws IOException {
    for (TensorInfo absmax : search.ending(".absmax")) {
      String name = absmax.name().substring(0, absmax.name().length() - ".absmax".length());
      TensorInfo codes = search.tensor(name).orElse(null);
      if (codes != null) {
        take(search, codes, absmax);
      }
    }
  }

  private static void take(PackedSearch search, TensorInfo codes, TensorInfo absmax)
      throws IOException {
    String name = codes.name();
    TensorInfo state =
        search
            .tensor(name + STATE + "nf4")
            .or(() -> search.tensor(name + STATE + "fp4"))
            .orElse(null);
    TensorInfo map = table(search, name + ".quant_map", 16);
    JsonNode said = state == null ? null : json(search, state);
    Shape shape = said == null ? null : shape(said, codes);
    int size = said == null ? 0 : said.path("blocksize").asInt();
    if (map == null || shape == null || size < 1) {
      search.undecoded("bitsandbytes 4-bit codes without a state that fits", codes);
      return;
    }
    long count = (shape.elements() + size - 1) / size;
    Terms scales = scales(search, name, absmax, said);
    if (absmax.shape().elements() != count || scales == null) {
      search.undecoded("bitsandbytes 4-bit codes whose scales do not fit", codes);
      return;
    }
    String type = state.name().substring(name.length() + STATE.length());
    Blocks blocks = blocks(shape, size);
    BitPlane plane =
        new BitPlane(
            codes,
            Math.toIntExact(shape.elements() / blocks.columns()),
            Math.toIntExact(blocks.columns()),
            4,
            BitPlane.Order.ROWS_HIGH_FIRST);
    search.take(
        new ScaledWeight(
            PackedSearch.shown(name, codes, shape.toArray()),
            "bitsandbytes %s, a scale for %d elements%s"
                .formatted(
                    type.toUpperCase(Locale.ROOT),
                    size,
                    scales instanceof NestedTerms ? " that is quantised again" : ""),
            scales instanceof NestedTerms ? ScaleKind.LARGEST_CODED : ScaleKind.LARGEST,
            new Codes(plane, search.floats(map)),
            blocks,
            scales,
            null,
            null),
        map,
        state);
  }

  /** The value of each code; null if there are not so many values. */
  private static TensorInfo table(PackedSearch search, String name, int codes) {
    return search
        .tensor(name, DType.F32)
        .filter(map -> map.shape().elements() == codes)
        .orElse(null);
  }

  private static JsonNode json(PackedSearch search, TensorInfo state) throws IOException {
    try {
      String text = search.text(state).orElse(null);
      return text == null ? null : JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** The plain shape; null if the codes do not fill it. */
  private static Shape shape(JsonNode said, TensorInfo codes) {
    JsonNode lengths = said.path("shape");
    long[] shape = new long[lengths.size()];
    long elements = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = lengths.get(axis).asLong();
      if (shape[axis] < 1 || shape[axis] > 2 * codes.length() / elements) {
        return null;
      }
      elements *= shape[axis];
    }
    return shape.length > 0 && (elements + 1) / 2 == codes.length() ? Shape.of(shape) : null;
  }

  private static Terms scales(PackedSearch search, String name, TensorInfo absmax, JsonNode said) {
    if (absmax.dtype() != DType.U8) {
      return absmax.dtype().floating() ? new StoredTerms(absmax, null, false) : null;
    }
    int size = said.path("nested_blocksize").asInt();
    TensorInfo outer = search.tensor(name + ".nested_absmax", DType.F32).orElse(null);
    TensorInfo map = table(search, name + ".nested_quant_map", 256);
    if (size < 1
        || outer == null
        || map == null
        || outer.shape().elements() != (absmax.shape().elements() + size - 1) / size) {
      return null;
    }
    float offset = (float) said.path("nested_offset").asDouble();
    return new NestedTerms(absmax, map, outer, size, offset);
  }

  /** Runs of elements as blocks of the axes where they fill whole rows or lie in one; else flat. */
  private static Blocks blocks(Shape shape, int size) {
    int last = shape.rank() - 1;
    long columns = shape.length(last);
    if (columns % size == 0) {
      long[] blocks = new long[shape.rank()];
      Arrays.fill(blocks, 1);
      blocks[last] = size;
      return new Blocks(shape.toArray(), blocks);
    }
    return new Blocks(new long[] {shape.elements()}, new long[] {size});
  }
}
