package org.findthelady.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * MNIST's test images, averaged to fewer pixels.
 *
 * @param images pixels of 0..1, row by row
 * @param labels of the images
 */
public record Mnist(List<float[]> images, List<Integer> labels) {
  /**
   * @param folder of the files as they are published
   * @param side pixels a side, a divisor of 28
   */
  public static Mnist read(Path folder, int side) throws IOException {
    return new Mnist(
        images(folder.resolve("t10k-images-idx3-ubyte.gz"), side),
        labels(folder.resolve("t10k-labels-idx1-ubyte.gz")));
  }

  private static List<float[]> images(Path file, int side) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      in.readInt();
      int count = in.readInt();
      int rows = in.readInt();
      byte[] pixels = new byte[rows * in.readInt()];
      int step = rows / side;
      List<float[]> images = new ArrayList<>();
      for (int n = 0; n < count; n++) {
        in.readFully(pixels);
        float[] image = new float[side * side];
        for (int i = 0; i < pixels.length; i++) {
          image[i / rows / step * side + i % rows / step] +=
              (pixels[i] & 0xff) / 255f / step / step;
        }
        images.add(image);
      }
      return images;
    }
  }

  private static List<Integer> labels(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      in.readInt();
      int count = in.readInt();
      List<Integer> labels = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        labels.add(in.readUnsignedByte());
      }
      return labels;
    }
  }
}
