package org.findthelady.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.findthelady.experiment.CellResult;
import org.findthelady.experiment.Protocol;
import org.findthelady.experiment.StudyTable;
import org.findthelady.experiment.Sweep;

/**
 * What a result page says about one sweep.
 *
 * @param charts file name to SVG, in the order of the page
 */
public record Chapter(
    String title, List<String> notes, List<Section> sections, Map<String, String> charts) {

  /**
   * The chapter of a sweep; a function of its arguments.
   *
   * @param prefix of the charts' file names
   * @param studies answers to the sweep's studies
   */
  public static Chapter of(
      String prefix, Sweep sweep, List<CellResult> rows, List<StudyTable> studies) {
    SweepCurves curves = new SweepCurves(prefix, sweep, new SweepSummary(rows));
    List<Section> sections = new ArrayList<>();
    for (Protocol protocol : sweep.protocols()) {
      sections.add(
          protocol == Protocol.LAYER
              ? new LayerSection(sweep, curves).section()
              : new NetworkSection(sweep, protocol, curves).section());
    }
    for (StudyTable study : studies) {
      List<List<String>> lines = new ArrayList<>();
      lines.add(study.headings());
      lines.addAll(study.rows());
      List<String> clouds = new ArrayList<>();
      for (StudyTable.Cloud cloud : study.clouds()) {
        clouds.add(curves.add(cloud.title(), new ScatterChart(cloud).svg()));
      }
      sections.add(
          new Section(study.title(), study.words(), List.of(new Section.Table("", lines)), clouds));
    }
    return new Chapter(sweep.name(), sweep.notes(), sections, new LinkedHashMap<>(curves.charts()));
  }
}
