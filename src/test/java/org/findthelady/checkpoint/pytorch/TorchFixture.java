package org.findthelady.checkpoint.pytorch;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.zip.RawZip;
import org.findthelady.core.DType;

/** Writes small PyTorch files with storages and views of one's choice. */
final class TorchFixture {
  /** A storage: its class name, its elements' width and its bytes. */
  record Storage(String key, String type, int width, byte[] bytes) {
    long elements() {
      return bytes.length / width;
    }
  }

  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private final List<String> listed = new ArrayList<>();
  private final PickleBytes object;

  TorchFixture() {
    this(PickleBytes.protocol(2));
  }

  TorchFixture(PickleBytes object) {
    this.object = object;
  }

  /** The object pickle so far, to be continued. */
  PickleBytes object() {
    return object;
  }

  TorchFixture storage(String key, DType dtype, byte[] bytes) {
    String type =
        switch (dtype) {
          case F64 -> "DoubleStorage";
          case F32 -> "FloatStorage";
          case F16 -> "HalfStorage";
          case BF16 -> "BFloat16Storage";
          case I64 -> "LongStorage";
          case I32 -> "IntStorage";
          case I16 -> "ShortStorage";
          case I8 -> "CharStorage";
          case U8 -> "ByteStorage";
          case BOOL -> "BoolStorage";
          case C64 -> "ComplexFloatStorage";
          case C128 -> "ComplexDoubleStorage";
          default -> throw new IllegalArgumentException(dtype.name());
        };
    storages.put(key, new Storage(key, type, dtype.blockBytes(), bytes));
    listed.add(key);
    return this;
  }

  /** Pushes the persistent id of a storage, whose element count may be a lie. */
  TorchFixture reference(String key, long elements) {
    Storage storage = storages.get(key);
    object.op('(').text("storage").global("torch", storage.type);
    object.text(key).text("cpu").integer(elements).op('t').op('Q');
    return this;
  }

  /** Pushes a tensor. */
  TorchFixture tensor(String key, long offset, long[] shape, long... strides) {
    object.global("torch._utils", "_rebuild_tensor_v2").op('(');
    reference(key, storages.get(key).elements());
    object.integer(offset).integers(shape).integers(strides).raw(0x89);
    object.global("collections", "OrderedDict").op(')').op('R').op('t').op('R');
    return this;
  }

  /** Starts an OrderedDict with its entries. */
  TorchFixture dict() {
    object.global("collections", "OrderedDict").op(')').op('R').op('(');
    return this;
  }

  TorchFixture key(String name) {
    object.text(name);
    return this;
  }

  TorchFixture end() {
    object.op('u');
    return this;
  }

  List<Storage> storages() {
    return List.copyOf(storages.values());
  }

  /** The keys that the legacy file lists; can be changed. */
  List<String> listed() {
    return listed;
  }

  /** The legacy file of the object so far. */
  byte[] legacy() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(PickleBytes.protocol(2).bigInteger(LegacyFile.MAGIC).stop());
    file.writeBytes(PickleBytes.protocol(2).integer(1001).stop());
    file.writeBytes(
        PickleBytes.protocol(2).op('}').op('(').text("little_endian").raw(0x88).op('u').stop());
    file.writeBytes(object.stop());
    PickleBytes keys = PickleBytes.protocol(2).op(']').op('(');
    listed.forEach(keys::text);
    file.writeBytes(keys.op('e').stop());
    for (String key : listed) {
      Storage storage = storages.get(key);
      file.writeBytes(PickleBytes.little(8, storage.elements()));
      file.writeBytes(storage.bytes);
    }
    return file.toByteArray();
  }

  /** The zip archive of the object so far, to be spoiled. */
  RawZip archive() {
    RawZip zip = new RawZip();
    zip.add("archive/data.pkl", object.stop());
    storages.values().forEach(s -> zip.add("archive/data/" + s.key, s.bytes));
    zip.add("archive/version", new byte[] {'3', '\n'});
    return zip;
  }
}
