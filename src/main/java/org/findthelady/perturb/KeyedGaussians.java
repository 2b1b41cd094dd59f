package org.findthelady.perturb;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secret random numbers: HMAC-SHA-256 of a purpose and a counter under the caller's key. Without
 * the key they cannot be foreseen; with it they are the same everywhere.
 */
final class KeyedGaussians {
  private final Mac mac;
  private final byte[] purpose;
  private ByteBuffer block = ByteBuffer.allocate(0);
  private long counter;

  KeyedGaussians(String key, String purpose) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
    this.purpose = purpose.getBytes(StandardCharsets.UTF_8);
  }

  private long bits() {
    if (!block.hasRemaining()) {
      mac.update(purpose);
      mac.update(ByteBuffer.allocate(Long.BYTES).putLong(counter++).array());
      block = ByteBuffer.wrap(mac.doFinal());
    }
    return block.getLong();
  }

  boolean nextBit() {
    return bits() < 0;
  }

  /** Uniform in (0, 1). */
  private double uniform() {
    return ((bits() >>> 11) + 0.5) * 0x1p-53;
  }

  /** Standard normal numbers, two by two (Box and Muller). */
  float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i += 2) {
      double radius = StrictMath.sqrt(-2 * StrictMath.log(uniform()));
      double angle = 2 * Math.PI * uniform();
      values[i] = (float) (radius * StrictMath.cos(angle));
      if (i + 1 < count) {
        values[i + 1] = (float) (radius * StrictMath.sin(angle));
      }
    }
    return values;
  }
}
