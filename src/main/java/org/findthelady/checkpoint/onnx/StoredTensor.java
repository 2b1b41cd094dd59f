package org.findthelady.checkpoint.onnx;

/**
 * Where a tensor's data lies.
 *
 * @param path place of the TensorProto in the model, e.g. {@code g.n5.a0.t}
 * @param dims axis lengths
 * @param type ONNX data type number
 * @param encoding how the elements are stored
 * @param offset position in the model file of the first element byte, or of the TensorProto if the
 *     elements are not a plain range
 * @param length bytes there
 * @param external where the data lies outside the model file; null if inside
 */
record StoredTensor(
    String path,
    long[] dims,
    int type,
    Encoding encoding,
    long offset,
    long length,
    External external) {
  /** How elements are stored. */
  enum Encoding {
    /** Packed little-endian elements in one range. */
    PLAIN,
    /** Variable-length or separate integers in the message's typed fields. */
    TYPED,
    /** In another file. */
    EXTERNAL
  }

  /** Values of the external_data entries; offset 0 and length -1 where they are left out. */
  record External(String location, long offset, long length) {}
}
