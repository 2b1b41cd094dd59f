package org.findthelady.structure.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.findthelady.checkpoint.Move;
import org.findthelady.checkpoint.TensorMover;
import org.findthelady.checkpoint.TensorReader;
import org.findthelady.core.Floats;
import org.findthelady.core.Shape;
import org.findthelady.core.TensorInfo;
import org.findthelady.experiment.PaperNetworks;
import org.findthelady.match.MatchOptions;
import org.findthelady.match.Matcher;
import org.findthelady.match.result.MatchResult;
import org.findthelady.structure.GroupPermutations;
import org.findthelady.structure.Structure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every traced network, shuffled in all its groups and put back: bit-identical weights. */
class GraphRoundTripIT {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "graphs/convnext_tiny.onnx",
        "graphs/deeplabv3_resnet50.onnx",
        "graphs/densenet121.onnx",
        "graphs/inception_v3.onnx",
        "graphs/mobilenet_v3_large.onnx",
        "graphs/resnet18.onnx",
        "graphs/resnet50.onnx",
        "graphs/resnet101.onnx",
        "graphs/shufflenet_v2.onnx",
        "graphs/swin_t.onnx",
        "graphs/vgg16.onnx",
        "graphs/vgg16_bn.onnx",
        "graphs/vit_b_32.onnx",
        "models/abcrown/cifar_base_kw.onnx",
        "models/face-rfb/onnx/version-RFB-320.onnx",
        "models/face-rfb/onnx/version-RFB-320_simplified.onnx",
        "models/face-rfb/onnx/version-RFB-320_without_postprocessing.onnx",
        "models/fastestdet/FastestDet.onnx",
        "models/silero-vad/silero_vad_16k_op15.onnx",
        "models/yolox/yolox_nano.onnx"
      })
  void comesBackBitForBit(String network) throws IOException {
    comesBack(Subject.shared(network));
  }

  @Test
  void yoloV5nComesBackBitForBit() throws IOException {
    comesBack(Subject.filled(PaperNetworks.yolov5n(64)));
  }

  @Test
  void dvcComesBackBitForBit() throws IOException {
    comesBack(Subject.filled(PaperNetworks.dvc(64)));
  }

  private static void comesBack(Subject subject) throws IOException {
    Structure structure = subject.trace().structure();
    Stored reference = new Stored();
    for (TensorInfo tensor : subject.tensors().values()) {
      ByteBuffer bytes = subject.weights().read(tensor);
      byte[] packed = new byte[bytes.remaining()];
      bytes.get(packed);
      reference.tensors.put(tensor.name(), tensor);
      reference.bytes.put(tensor.name(), packed);
    }
    GroupPermutations shuffle = GroupPermutations.random(structure, 11);
    Stored suspect = reference.gathered(structure, shuffle);
    assertThat(suspect.sameAs(reference)).isFalse();

    MatchResult found = Matcher.match(structure, reference, suspect, MatchOptions.defaults());

    assertThat(suspect.gathered(structure, found.resync()).sameAs(reference)).isTrue();
  }

  /** GraphWeights in memory. */
  private static final class Stored implements org.findthelady.match.rows.Weights {
    final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    final Map<String, byte[]> bytes = new LinkedHashMap<>();

    Stored gathered(Structure structure, GroupPermutations assignment) throws IOException {
      Stored moved = new Stored();
      TensorMover mover = new TensorMover();
      for (TensorInfo tensor : tensors.values()) {
        byte[] packed = new byte[Math.toIntExact(tensor.length())];
        Move move =
            structure.axes(tensor.name()).isEmpty()
                ? Move.none(tensor)
                : new Move(tensor, structure.gathers(tensor.name(), assignment));
        mover.write(into(packed), reader(), move);
        moved.tensors.put(tensor.name(), tensor);
        moved.bytes.put(tensor.name(), packed);
      }
      return moved;
    }

    /** Without a second copy, for which the largest networks leave no room. */
    private static OutputStream into(byte[] packed) {
      ByteBuffer target = ByteBuffer.wrap(packed);
      return new OutputStream() {
        @Override
        public void write(int value) {
          target.put((byte) value);
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
          target.put(bytes, from, count);
        }
      };
    }

    private TensorReader reader() {
      return new TensorReader() {
        @Override
        public void read(TensorInfo tensor, long firstByte, ByteBuffer target) {
          target.put(bytes.get(tensor.name()), (int) firstByte, target.remaining());
        }

        @Override
        public void close() {}
      };
    }

    boolean sameAs(Stored other) {
      return bytes.entrySet().stream()
          .allMatch(e -> java.util.Arrays.equals(e.getValue(), other.bytes.get(e.getKey())));
    }

    @Override
    public boolean has(String tensor) {
      return tensors.containsKey(tensor) && tensors.get(tensor).dtype().decodable();
    }

    @Override
    public Shape shape(String tensor) {
      return tensors.get(tensor).shape();
    }

    @Override
    public void read(String tensor, long firstElement, float[] target, int offset, int count) {
      TensorInfo info = tensors.get(tensor);
      int width = info.dtype().blockBytes();
      ByteBuffer part =
          ByteBuffer.wrap(bytes.get(tensor), Math.toIntExact(firstElement * width), count * width);
      Floats.decode(info.dtype(), part, target, offset, count);
    }
  }
}
