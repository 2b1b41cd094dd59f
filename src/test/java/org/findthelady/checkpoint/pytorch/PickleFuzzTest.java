package org.findthelady.checkpoint.pytorch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.findthelady.checkpoint.ParserFuzz;
import org.findthelady.checkpoint.zip.RawZip;

class PickleFuzzTest {
  /** The bytes as the pickle of a sound archive with two storages. */
  @FuzzTest(maxDuration = "10m")
  void readsOrRefuses(byte[] pickle) throws IOException {
    RawZip zip = new RawZip();
    zip.add("archive/data.pkl", pickle);
    zip.add("archive/data/0", new byte[96]);
    zip.add("archive/data/1", new byte[7]);
    byte[] archive = zip.bytes();
    ParserFuzz.check(new ArchiveFormat(), "/in/model.pt", archive);
    ArchiveFuzzTest.assertCopiedVerbatim(archive);
  }
}
