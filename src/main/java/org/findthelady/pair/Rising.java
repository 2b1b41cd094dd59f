package org.findthelady.pair;

/** The longest part of a sequence that rises: what keeps its order where others were moved. */
final class Rising {
  private Rising() {}

  /**
   * Which of some different numbers belong to it; negative ones do not. Of equally long parts the
   * one that has most numbers at their own index. Takes the square of the length.
   */
  static boolean[] of(int[] numbers) {
    int n = numbers.length;
    long[] best = new long[n];
    int[] before = new int[n];
    int last = -1;
    for (int i = 0; i < n; i++) {
      before[i] = -1;
      for (int j = 0; j < i && numbers[i] >= 0; j++) {
        if (numbers[j] >= 0
            && numbers[j] < numbers[i]
            && (before[i] < 0 || best[j] > best[before[i]])) {
          before[i] = j;
        }
      }
      long own = n + 1L + (numbers[i] == i ? 1 : 0);
      best[i] = numbers[i] < 0 ? 0 : own + (before[i] < 0 ? 0 : best[before[i]]);
      last = numbers[i] >= 0 && (last < 0 || best[i] > best[last]) ? i : last;
    }
    boolean[] rises = new boolean[n];
    for (int i = last; i >= 0; i = before[i]) {
      rises[i] = true;
    }
    return rises;
  }
}
