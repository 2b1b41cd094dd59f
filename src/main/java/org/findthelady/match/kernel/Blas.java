package org.findthelady.match.kernel;

import dev.ludovic.netlib.blas.BLAS;
import java.io.IOException;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.BLAS$;

/**
 * Matrix products, through MLlib's BLAS: OpenBLAS where it can be loaded, else Java's with one
 * warning. The only class of this package that touches Spark.
 */
public final class Blas {
  private static final System.Logger LOG = System.getLogger(Blas.class.getName());
  private static final String PATH_PROPERTY = "dev.ludovic.netlib.blas.nativeLibPath";

  /** Warns of every Java without its own vector code; held, since loggers are weakly kept. */
  private static final java.util.logging.Logger LOADER =
      java.util.logging.Logger.getLogger("dev.ludovic.netlib.blas.InstanceBuilder");

  private static final BLAS INSTANCE = load();

  /** Rows of a product that one thread makes at least. */
  private static final int PART = 64;

  private static final int MOST_PARTS = 8;

  private Blas() {}

  /**
   * A row-major matrix in an array.
   *
   * @param offset index of its first number
   * @param line numbers from one line to the next
   */
  public record Matrix(float[] values, int offset, int line) {
    /** A matrix that begins where its array does. */
    public static Matrix of(float[] values, int line) {
      return new Matrix(values, 0, line);
    }
  }

  /** Name of the implementation in use, for run records. */
  public static String description() {
    return INSTANCE.getClass().getSimpleName();
  }

  /** Whether native code does the products. */
  public static boolean isNative() {
    return INSTANCE instanceof dev.ludovic.netlib.blas.NativeBLAS;
  }

  /** Multiplications and additions a second in one thread, measured for a moment. */
  public static double measuredFlops() {
    int size = 512;
    float[] a = new float[size * size];
    float[] c = new float[size * size];
    Matrix matrix = new Matrix(a, 0, size);
    double best = 0;
    for (int round = 0; round < 4; round++) {
      long started = System.nanoTime();
      addProduct(false, size, size, size, 1, matrix, matrix, new Matrix(c, 0, size));
      best = Math.max(best, 2.0 * size * size * size * 1e9 / (System.nanoTime() - started));
    }
    return best;
  }

  /**
   * Adds {@code alpha * A B^T} to C. All matrices row-major unless {@code byColumn}. Each array
   * must hold its last row in full length, {@code lda} or {@code ldb}, even where the product ends
   * earlier: netlib 3.0.3, which Spark 3.5 and 4.0 bring, refuses it otherwise.
   *
   * @param a [rows x depth], or [depth x rows] when byColumn
   * @param b [columns x depth], or [depth x columns] when byColumn
   * @param c [rows x columns], its lines next to each other; changed
   */
  public static void addProduct(
      boolean byColumn,
      int rows,
      int columns,
      int depth,
      float alpha,
      Matrix a,
      Matrix b,
      Matrix c) {
    if (rows == 0 || columns == 0 || depth == 0) {
      return;
    }
    requireRows("A", a, byColumn ? depth : rows);
    requireRows("B", b, byColumn ? depth : columns);
    requireRows("C", c, rows);
    INSTANCE.sgemm(
        byColumn ? "N" : "T",
        byColumn ? "T" : "N",
        columns,
        rows,
        depth,
        alpha,
        b.values(),
        b.offset(),
        b.line(),
        a.values(),
        a.offset(),
        a.line(),
        1f,
        c.values(),
        c.offset(),
        c.line());
  }

  /**
   * Gives {@code A B} of square matrices in double precision, by parts in all threads.
   *
   * @param a [size x size], row-major
   * @param b [size x size], row-major
   */
  public static double[] product(double[] a, double[] b, int size) {
    double[] product = new double[size * size];
    parts(
        size,
        (from, count) ->
            INSTANCE.dgemm(
                "N",
                "N",
                size,
                count,
                size,
                1,
                b,
                0,
                size,
                a,
                from * size,
                size,
                0,
                product,
                from * size,
                size));
    return product;
  }

  /**
   * Gives {@code A^T B} in double precision, by parts in all threads.
   *
   * @param a [rows x size], row-major
   * @param b [rows x size], row-major
   * @return [size x size]
   */
  public static double[] across(double[] a, double[] b, int size) {
    double[] product = new double[size * size];
    int rows = a.length / size;
    parts(
        size,
        (from, count) -> {
          double[] some = new double[rows * count];
          for (int row = 0; row < rows; row++) {
            System.arraycopy(a, row * size + from, some, row * count, count);
          }
          INSTANCE.dgemm(
              "N",
              "T",
              size,
              count,
              rows,
              1,
              b,
              0,
              size,
              some,
              0,
              count,
              0,
              product,
              from * size,
              size);
        });
    return product;
  }

  private static void parts(int rows, java.util.function.BiConsumer<Integer, Integer> part) {
    int size = Math.max(PART, (rows + MOST_PARTS - 1) / MOST_PARTS);
    IntStream.range(0, (rows + size - 1) / size)
        .parallel()
        .forEach(i -> part.accept(i * size, Math.min(size, rows - i * size)));
  }

  private static void requireRows(String name, Matrix matrix, int rows) {
    if (matrix.offset() + (long) rows * matrix.line() > matrix.values().length) {
      throw new IllegalArgumentException(
          "matrix %s has %d numbers, %d rows of %d from %d on need more"
              .formatted(name, matrix.values().length, rows, matrix.line(), matrix.offset()));
    }
  }

  private static BLAS load() {
    LOADER.setLevel(java.util.logging.Level.SEVERE);
    if (System.getProperty(PATH_PROPERTY) != null) {
      return loadNamed();
    }
    try (OpenBlasLibraries unpacked = OpenBlasLibraries.unpack().orElse(null)) {
      if (unpacked != null) {
        System.setProperty(PATH_PROPERTY, unpacked.openBlas().toString());
      }
      return loadNamed();
    } catch (IOException failure) {
      return inJava(failure);
    }
  }

  private static BLAS loadNamed() {
    try {
      return BLAS$.MODULE$.nativeBLAS();
    } catch (RuntimeException | LinkageError failure) {
      return inJava(failure);
    }
  }

  private static BLAS inJava(Throwable failure) {
    LOG.log(
        System.Logger.Level.WARNING,
        "No native BLAS, products run in Java and are about ten times slower: " + failure);
    return BLAS$.MODULE$.javaBLAS();
  }
}
