package org.findthelady.structure.onnx;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.file.Path;
import java.util.*;
import org.findthelady.checkpoint.onnx.OnnxModel;
import org.findthelady.storage.HadoopStore;
import org.findthelady.structure.*;

final class TraceMain {
  public static void main(String[] args) throws Exception {
    HadoopStore store = new HadoopStore();
    for (String arg : args) {
      long t0 = System.nanoTime();
      OnnxModel model = OnnxModel.read(store, store.stat(arg).get());
      Set<String> weights = new LinkedHashSet<>();
      boolean graph = arg.contains("/graphs/");
      if (graph) {
        List<ValueInfoProto> in = model.proto().getGraph().getInputList();
        in.subList(1, in.size()).forEach(i -> weights.add(i.getName()));
      }
      long t1 = System.nanoTime();
      Map<String, long[]> shapes = new HashMap<>();
      TracedStructure t = new OnnxTracer().withWeightInputs(weights).withInputShapes(shapes).trace(model);
      long t2 = System.nanoTime();
      Structure s = t.structure();
      int neurons = s.groups().stream().mapToInt(Group::leaves).sum();
      System.out.printf("%s read %d ms trace %d ms steps %d groups %d neurons %d notes %s%n", Path.of(arg).getFileName(), (t1 - t0) / 1000000, (t2 - t1) / 1000000, t.steps(), s.groups().size(), neurons, t.notes().size() > 8 ? t.notes().subList(0, 8) : t.notes());
      if (System.getProperty("v") != null) {
        s.groups().forEach(g -> System.out.println("  " + g + " members " + s.membersOf(g.name()).size()));
        s.axes().forEach((n, a) -> System.out.println("    " + n + " " + a + " " + a.stream().map(Axis::why).toList()));
      }
    }
  }
}
