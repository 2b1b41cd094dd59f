package org.findthelady.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.findthelady.TestModels;
import org.findthelady.pair.StructureChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we write is read by Python's own struct and json: not by a reader of ours. */
class IndependentReaderTest {
  private static final String SCRIPT =
      """
      import json, struct, sys
      def tensors(path):
          data = open(path, 'rb').read()
          length, = struct.unpack('<Q', data[:8])
          header = json.loads(data[8:8 + length])
          body, end = data[8 + length:], 0
          found = {}
          for name, entry in sorted(header.items(), key=lambda e: e[1].get('data_offsets', [-1])):
              if name == '__metadata__':
                  continue
              first, last = entry['data_offsets']
              assert first == end, (name, first, end)
              end = last
              elements = 1
              for axis in entry['shape']:
                  elements *= axis
              assert last - first == elements * {'F32': 4, 'I64': 8}[entry['dtype']], name
              values = struct.unpack('<%d%s' % (elements, {'F32': 'f', 'I64': 'q'}[entry['dtype']]),
                                     body[first:last])
              found[name] = (entry['shape'], sorted(values))
          assert end == len(body), (end, len(body))
          return found
      original, shuffled = tensors(sys.argv[1]), tensors(sys.argv[2])
      assert original == shuffled, 'a shuffle keeps names, shapes and values'
      print(len(shuffled), 'tensors')
      """;

  @TempDir private Path folder;

  @Test
  void pythonReadsTheShuffledLlama() throws Exception {
    Path llama = TestModels.llama(folder);
    Path shuffled = shuffle(llama).resolve("model.safetensors");
    assertThat(python(llama.resolve("model.safetensors"), shuffled)).isEqualTo("47 tensors");
  }

  @Test
  void pythonReadsAShuffledPickleWrittenAsSafetensors() throws Exception {
    Path resnet = TestModels.resnet20(folder);
    Path plain = TestModels.written(resnet, folder.resolve("plain.safetensors"));
    assertThat(python(plain, shuffle(resnet))).isEqualTo("97 tensors");
  }

  private Path shuffle(Path model) {
    Path out = folder.resolve("shuffled");
    Permute.run(
        new Permute.Request(
            model.toString(), out.toString(), 5, null, StructureChoice.AUTOMATIC, Map.of()));
    return out;
  }

  private static String python(Path original, Path shuffled)
      throws IOException, InterruptedException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/python3")) || System.getenv("PATH").contains("pyenv"),
        "python3 is not at hand");
    Process python =
        new ProcessBuilder("python3", "-c", SCRIPT, original.toString(), shuffled.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(output).isZero();
    return output.strip();
  }
}
