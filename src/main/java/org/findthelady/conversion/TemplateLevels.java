package org.findthelady.conversion;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.findthelady.checkpoint.Levels;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.BlockTemplate;
import org.findthelady.core.DType;
import org.findthelady.core.TensorInfo;

/** Levels of one of ggml's block types. */
record TemplateLevels(TensorInfo tensor, BlockTemplate template, TensorReader reader)
    implements Levels {
  @Override
  public float[] units() {
    return template.units();
  }

  @Override
  public int run() {
    return template.part();
  }

  @Override
  public long block(long element) {
    return element / template.part();
  }

  @Override
  public long together(long element) {
    return template.part() - element % template.part();
  }

  /** Scales are halves, but for powers of two and E4M3, which are used as they are stored. */
  @Override
  public double roundoff() {
    DType type = tensor.dtype();
    return type == DType.MXFP4 || type == DType.NVFP4 ? 0x1p-22 : 0x1p-11;
  }

  /** Halves below their smallest normal number. */
  @Override
  public double scaleRounding() {
    DType type = tensor.dtype();
    return type == DType.MXFP4 || type == DType.NVFP4 ? 0 : 0x1p-25;
  }

  @Override
  public void read(long first, int count, float[] base, float[] factor) throws IOException {
    DType type = tensor.dtype();
    int elements = type.blockElements();
    long block = first / elements;
    int lead = (int) (first - block * elements);
    int blocks = (lead + count + elements - 1) / elements;
    byte[] bytes = new byte[blocks * type.blockBytes()];
    reader.read(tensor, block * type.blockBytes(), ByteBuffer.wrap(bytes));
    float[] allBase = new float[blocks * elements];
    float[] allFactor = new float[blocks * elements];
    template.read(bytes, allBase, allFactor);
    System.arraycopy(allBase, lead, base, 0, count);
    System.arraycopy(allFactor, lead, factor, 0, count);
  }
}
