package org.findthelady.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.io.UncheckedIOException;

/**
 * Values in Java-serialised form. Spark gets nothing but byte arrays to serialise: Kryo, if the
 * user sets it, cannot serialise records, and refuses classes that are not registered where {@code
 * spark.kryo.registrationRequired} is set.
 */
final class Wire {
  private Wire() {}

  static byte[] bytes(Serializable value) {
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ObjectOutputStream objects = new ObjectOutputStream(bytes)) {
      objects.writeObject(value);
      objects.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot serialise " + value.getClass().getName(), e);
    }
  }

  /** The value that {@code bytes} was made of. */
  static Object value(byte[] bytes) {
    try (ObjectInputStream objects = new ContextClassLoaderInput(bytes)) {
      return objects.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a value of " + bytes.length + " bytes", e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Resolves our classes through the loader that Spark gave the task. */
  private static final class ContextClassLoaderInput extends ObjectInputStream {
    ContextClassLoaderInput(byte[] bytes) throws IOException {
      super(new ByteArrayInputStream(bytes));
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass described)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(
            described.getName(), false, Thread.currentThread().getContextClassLoader());
      } catch (ClassNotFoundException e) {
        return super.resolveClass(described);
      }
    }
  }
}
