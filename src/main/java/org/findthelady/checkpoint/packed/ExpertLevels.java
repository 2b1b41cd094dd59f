package org.findthelady.checkpoint.packed;

import java.io.IOException;
import org.findthelady.checkpoint.Levels;

/** Levels of one expert's matrix out of those of all experts. */
record ExpertLevels(Levels all, ExpertCut cut) implements Levels {
  @Override
  public float[] units() {
    return all.units();
  }

  @Override
  public int run() {
    return all.run() != 0 && cut.columns() % all.run() == 0 ? all.run() : 0;
  }

  @Override
  public long block(long element) {
    return all.block(place(element));
  }

  @Override
  public long together(long element) {
    return Math.min(left(element), all.together(place(element)));
  }

  /** Elements of a row from one on. */
  private long left(long element) {
    return cut.columns() - element % cut.columns();
  }

  private long place(long element) {
    int columns = cut.columns();
    return (long) cut.expert() * cut.size()
        + cut.place((int) (element / columns), (int) (element % columns));
  }

  @Override
  public double roundoff() {
    return all.roundoff();
  }

  @Override
  public double scaleStep() {
    return all.scaleStep();
  }

  @Override
  public void read(long first, int count, float[] base, float[] factor) throws IOException {
    float[] oneBase = new float[count];
    float[] oneFactor = new float[count];
    for (int done = 0; done < count; ) {
      int part = (int) Math.min(count - done, left(first + done));
      all.read(place(first + done), part, oneBase, oneFactor);
      System.arraycopy(oneBase, 0, base, done, part);
      System.arraycopy(oneFactor, 0, factor, done, part);
      done += part;
    }
  }
}
