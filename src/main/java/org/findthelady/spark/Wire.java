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
 * A value in Java-serialised form, so that a user's choice of Kryo (which cannot serialise records)
 * sees nothing but a byte array.
 */
final class Wire<T> implements Serializable {
  private static final long serialVersionUID = 1;

  private final byte[] bytes;

  private Wire(byte[] bytes) {
    this.bytes = bytes;
  }

  static <T extends Serializable> Wire<T> of(T value) {
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ObjectOutputStream objects = new ObjectOutputStream(bytes)) {
      objects.writeObject(value);
      objects.flush();
      return new Wire<>(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot serialise " + value.getClass().getName(), e);
    }
  }

  @SuppressWarnings("unchecked") // only ever made by of(T)
  T value() {
    try (ObjectInputStream objects = new ContextClassLoaderInput(bytes)) {
      return (T) objects.readObject();
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
