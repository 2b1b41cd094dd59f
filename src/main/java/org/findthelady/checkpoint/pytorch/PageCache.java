package org.findthelady.checkpoint.pytorch;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.findthelady.checkpoint.SeekableInput;

/** The pages of a file that were read last; at most 128 MiB. */
final class PageCache {
  private static final int PAGE_BYTES = 1 << 20;
  private static final int PAGES = 128;

  private final SeekableInput file;
  private final Map<Long, byte[]> pages =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
          return size() > PAGES;
        }
      };
  private long lastPage = -1;
  private byte[] last;

  PageCache(SeekableInput file) {
    this.file = file;
  }

  /** Fills {@code target} from the file's bytes at {@code position}. */
  void read(long position, byte[] target) throws IOException {
    int done = 0;
    while (done < target.length) {
      long at = position + done;
      byte[] page = page(at / PAGE_BYTES);
      int start = (int) (at % PAGE_BYTES);
      int count = Math.min(target.length - done, page.length - start);
      if (count == 1 || count == 2 || count == 4) { // shorter than a call of arraycopy is worth
        for (int i = 0; i < count; i++) {
          target[done + i] = page[start + i];
        }
      } else {
        System.arraycopy(page, start, target, done, count);
      }
      done += count;
    }
  }

  private byte[] page(long number) throws IOException {
    if (number != lastPage) {
      last = pages.get(number);
      if (last == null) {
        long start = number * PAGE_BYTES;
        last = new byte[(int) Math.min(PAGE_BYTES, file.length() - start)];
        file.readFully(start, last, 0, last.length);
        pages.put(number, last);
      }
      lastPage = number;
    }
    return last;
  }
}
