package org.findthelady.experiment;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.findthelady.core.Shape;
import org.findthelady.core.UserException;

/**
 * Labelled images.
 *
 * @param image shape of one, channels first
 * @param pixels one array an image, 0 to 1
 * @param labels one an image
 */
public record Dataset(Shape image, List<float[]> pixels, List<Integer> labels) {
  private static final int CIFAR_SIDE = 32;
  private static final int IDX_BYTES_3D = 0x00000803;
  private static final int IDX_BYTES_1D = 0x00000801;
  private static final int MOST_IMAGES = 1 << 20;

  public Dataset {
    pixels = List.copyOf(pixels);
    labels = List.copyOf(labels);
    if (pixels.size() != labels.size()
        || pixels.stream().anyMatch(p -> p.length != image.elements())) {
      throw new IllegalArgumentException(
          pixels.size() + " images of " + image + ", " + labels.size() + " labels");
    }
  }

  /**
   * CIFAR-10 as text: a line an image, the label, then 3072 values 0 to 255, rows, columns,
   * channels.
   *
   * @param source not closed
   */
  public static Dataset cifarText(String file, InputStream source) throws IOException {
    List<float[]> pixels = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(source, StandardCharsets.UTF_8));
    int area = CIFAR_SIDE * CIFAR_SIDE;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] values = line.strip().split(",");
      String where = file + ", line " + (pixels.size() + 1);
      if (values.length != 1 + 3 * area) {
        throw new UserException(where + ": " + values.length + " values, not " + (1 + 3 * area));
      }
      float[] image = new float[3 * area];
      for (int i = 0; i < 3 * area; i++) {
        image[i % 3 * area + i / 3] = number(where, values[1 + i], 255) / 255f;
      }
      labels.add(number(where, values[0], 9));
      pixels.add(image);
    }
    return new Dataset(Shape.of(3, CIFAR_SIDE, CIFAR_SIDE), pixels, labels);
  }

  private static int number(String where, String text, int most) {
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new UserException(where + ": '" + text + "' is not a number", e);
    }
    throw new UserException(where + ": " + text + " is not within 0 to " + most);
  }

  /**
   * MNIST's idx files, gzipped: images (three axes of bytes) and labels (one axis).
   *
   * @param images not closed
   * @param labels not closed
   */
  public static Dataset idx(String file, InputStream images, InputStream labels)
      throws IOException {
    DataInputStream pictures = new DataInputStream(new GZIPInputStream(images));
    DataInputStream numbers = new DataInputStream(new GZIPInputStream(labels));
    expect(file, IDX_BYTES_3D, pictures.readInt());
    expect(file, IDX_BYTES_1D, numbers.readInt());
    int count = pictures.readInt();
    int rows = pictures.readInt();
    int columns = pictures.readInt();
    expect(file, count, numbers.readInt());
    if (count < 0
        || count > MOST_IMAGES
        || rows < 1
        || rows > 4096
        || columns < 1
        || columns > 4096) {
      throw new UserException(file + ": " + count + " images of " + rows + " x " + columns);
    }
    List<float[]> pixels = new ArrayList<>();
    List<Integer> digits = new ArrayList<>();
    byte[] raw = new byte[rows * columns];
    for (int n = 0; n < count; n++) {
      pictures.readFully(raw);
      float[] image = new float[raw.length];
      for (int i = 0; i < raw.length; i++) {
        image[i] = (raw[i] & 0xff) / 255f;
      }
      pixels.add(image);
      digits.add(numbers.readUnsignedByte());
    }
    return new Dataset(Shape.of(1, rows, columns), pixels, digits);
  }

  private static void expect(String file, int expected, int found) {
    if (expected != found) {
      throw new UserException(file + ": " + found + " where " + expected + " is expected");
    }
  }

  /** All images with every channel shifted and scaled: (pixel - mean) / deviation. */
  public Dataset normalised(float[] means, float[] deviations) {
    int area = Math.toIntExact(image.elements(1, image.rank()));
    List<float[]> scaled = new ArrayList<>();
    for (float[] values : pixels) {
      float[] result = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        result[i] = (values[i] - means[i / area]) / deviations[i / area];
      }
      scaled.add(result);
    }
    return new Dataset(image, scaled, labels);
  }
}
