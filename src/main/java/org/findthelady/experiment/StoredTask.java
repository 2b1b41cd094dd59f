package org.findthelady.experiment;

import java.io.IOException;
import java.util.function.Function;
import org.findthelady.checkpoint.onnx.OnnxModel;

/** A model's own work, its data read from files. */
final class StoredTask {
  private StoredTask() {}

  /**
   * The task that a specification names.
   *
   * @param unchanged the model as it is
   */
  static LabTask of(StoredFiles files, ModelSpec spec, LabModel unchanged) throws IOException {
    ModelSpec.TaskSpec task = spec.task();
    return switch (task.kind()) {
      case ModelSpec.TaskSpec.ONNX_CIFAR -> {
        OnnxModel graph = files.onnx(spec.checkpoint());
        yield cifar(files, task, weights -> StoredGraph.with(graph, weights), unchanged);
      }
      case ModelSpec.TaskSpec.RESNET_CIFAR -> cifar(files, task, CifarResNet::graph, unchanged);
      default -> {
        Dataset digits =
            Dataset.idx(task.data(), files.stream(task.data()), files.stream(task.labels()))
                .normalised(new float[] {task.mean()}, new float[] {task.deviation()});
        yield new LabTask(
            digits, weights -> SequentialNetwork.graph(weights, digits.image()), unchanged);
      }
    };
  }

  private static LabTask cifar(
      StoredFiles files,
      ModelSpec.TaskSpec task,
      Function<LabModel, byte[]> graph,
      LabModel unchanged)
      throws IOException {
    return LabTask.cifar(
        Dataset.cifarText(task.data(), files.stream(task.data())), graph, unchanged);
  }
}
