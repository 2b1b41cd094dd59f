package org.findthelady.checkpoint.pytorch;

/** What the pickle machine asks about names and outside references; it knows no library itself. */
interface Bindings {
  /**
   * A name is mentioned.
   *
   * @throws UnsafePickle if no data file has a reason to name it
   */
  void mention(Value.Global global);

  /**
   * A name is called, as a function or as a class.
   *
   * @param arguments what it is called with, usually a sequence
   * @throws UnsafePickle if it is not plausibly a data class
   * @throws IllegalArgumentException if a known name is called with arguments that it cannot have
   */
  Value call(Value.Global global, Value arguments);

  /**
   * An outside reference (persistent id).
   *
   * @throws IllegalArgumentException if it is not one that the format knows
   */
  Value persistent(Value id);

  /** Thrown where loading the pickle elsewhere would run code that is not plausibly data. */
  final class UnsafePickle extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnsafePickle(String message) {
      super(message);
    }
  }
}
