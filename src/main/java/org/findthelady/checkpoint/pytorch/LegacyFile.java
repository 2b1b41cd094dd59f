package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.core.CheckpointException;
import org.findthelady.core.CheckpointException.Reason;

/**
 * The file that {@code torch.save} wrote before 1.6 ({@code torch.serialization._legacy_save}):
 * five pickles (magic number, protocol, system, object, storage keys), then each storage as an
 * 8-byte count of elements and the elements. Storages are little-endian whatever machine wrote
 * them.
 */
final class LegacyFile {
  static final BigInteger MAGIC = new BigInteger("1950A86A20F9469CFC6C", 16);

  private static final int PROTOCOL = 1001;
  private static final int COUNT_BYTES = 8;

  private final SeekableInput file;

  private record Place(long position, long bytes) {}

  private LegacyFile(SeekableInput file) {
    this.file = file;
  }

  /**
   * Reads everything but the storages' elements.
   *
   * @throws CheckpointException if the file is not such a file or breaks its rules
   */
  static TensorTable read(SeekableInput file) throws IOException {
    return new LegacyFile(file).read();
  }

  private TensorTable read() throws IOException {
    PickleInput input = new PickleInput(file, "pickle", 0, file.length());
    TorchBindings bindings = new TorchBindings();
    Value magic = PickleMachine.run(input, bindings);
    if (!(magic instanceof Value.BigInt number) || !number.value().equals(MAGIC)) {
      throw input.failure(
          Reason.UNSUPPORTED, "a pickle that does not start with PyTorch's magic number");
    }
    Value protocol = PickleMachine.run(input, bindings);
    if (!(protocol instanceof Value.Int version) || version.value() != PROTOCOL) {
      throw input.failure(Reason.UNSUPPORTED, "protocol is not " + PROTOCOL);
    }
    PickleMachine.run(input, bindings);
    Value object = PickleMachine.run(input, bindings);
    Value keys = PickleMachine.run(input, new TorchBindings());
    Map<String, Place> places = places(input, keys, bindings.storages());
    return table(object, bindings, places, input.remaining());
  }

  private Map<String, Place> places(PickleInput input, Value keys, Map<String, StorageRef> storages)
      throws IOException {
    if (!(keys instanceof Value.Sequence sequence)) {
      throw input.malformed("storage keys are not a list");
    }
    Map<String, Place> places = new LinkedHashMap<>();
    for (Value item : sequence.items) {
      String key = item instanceof Value.Int number ? "" + number.value() : text(input, item);
      StorageRef storage = storages.get(key);
      if (storage == null) {
        throw input.malformed("storage '%s' is listed, no tensor names it".formatted(key));
      }
      if (input.remaining() < COUNT_BYTES) {
        throw input.failure(
            Reason.TRUNCATED,
            "storage '%s' needs %d bytes for its count, %d are left"
                .formatted(key, COUNT_BYTES, input.remaining()));
      }
      long count = input.longValue();
      if (count != storage.elements()) {
        throw input.malformed(
            "storage '%s' has %d elements, its tensors say %d"
                .formatted(key, count, storage.elements()));
      }
      long bytes = Math.multiplyExact(count, (long) storage.dtype().blockBytes());
      if (bytes > input.remaining()) {
        throw input.failure(
            Reason.TRUNCATED,
            "storage '%s' needs %d bytes, %d are left".formatted(key, bytes, input.remaining()));
      }
      if (places.put(key, new Place(input.position(), bytes)) != null) {
        throw input.malformed("storage '%s' is listed twice".formatted(key));
      }
      input.skip(bytes);
    }
    return places;
  }

  private static String text(PickleInput input, Value key) {
    if (key instanceof Value.Text text) {
      return text.value();
    }
    throw input.malformed("a storage key is not a string");
  }

  private TensorTable table(
      Value object, TorchBindings bindings, Map<String, Place> places, long left) {
    List<String> notes = new ArrayList<>();
    List<PlacedTensor> tensors = new ArrayList<>();
    NamedTensors.of(file.location(), object, notes)
        .forEach(
            (name, view) -> {
              Place place = places.get(view.storage().key());
              if (place == null) {
                throw new CheckpointException(
                    Reason.MALFORMED,
                    "%s: tensor '%s': storage '%s' is not in the file"
                        .formatted(file.location(), name, view.storage().key()));
              }
              tensors.add(
                  PlacedTensor.of(
                      file.location(),
                      name,
                      view,
                      place.position,
                      place.bytes,
                      file.length(),
                      false));
            });
    bindings.unknown().forEach(name -> notes.add("class " + name + " was not interpreted"));
    if (left > 0) {
      notes.add(left + " bytes after the last storage are ignored");
    }
    return new TensorTable(tensors, notes, TensorTable.Check.NONE);
  }
}
