package org.findthelady.structure.derive;

import java.util.List;
import org.findthelady.ReadmeTable;
import org.findthelady.experiment.PaperNetworks;
import org.junit.jupiter.api.Test;

/** The README says what the tracer finds. With FTL_UPDATE=true its table is written anew. */
class StructureTableTest {
  private static final List<String> NETWORKS =
      List.of(
          "graphs/vgg16",
          "graphs/vgg16_bn",
          "graphs/resnet18",
          "graphs/resnet50",
          "graphs/resnet101",
          "graphs/vit_b_32",
          "graphs/mobilenet_v3_large",
          "graphs/deeplabv3_resnet50",
          "graphs/densenet121",
          "graphs/shufflenet_v2",
          "graphs/inception_v3",
          "graphs/swin_t",
          "graphs/convnext_tiny",
          "models/abcrown/cifar_base_kw",
          "models/face-rfb/onnx/version-RFB-320",
          "models/face-rfb/onnx/version-RFB-320_simplified",
          "models/face-rfb/onnx/version-RFB-320_without_postprocessing",
          "models/fastestdet/FastestDet",
          "models/silero-vad/silero_vad_16k_op15",
          "models/yolox/yolox_nano");

  @Test
  void theTableIsWhatTheTracerFinds() throws Exception {
    StringBuilder table = new StringBuilder();
    table.append(StructureSummary.markdownHead());
    for (String network : NETWORKS) {
      String name = network.substring(network.lastIndexOf('/') + 1);
      table.append(
          StructureSummary.of(name, Subject.shared(network + ".onnx").trace().structure())
              .markdownRow());
    }
    table.append(row("YOLOv5n (built)", Subject.filled(PaperNetworks.yolov5n(64))));
    table.append(row("DVC (built)", Subject.filled(PaperNetworks.dvc(64))));
    ReadmeTable.assertHolds("traced networks: StructureTableTest writes this", table.toString());
  }

  private static String row(String name, Subject subject) {
    return StructureSummary.of(name, subject.trace().structure()).markdownRow();
  }
}
