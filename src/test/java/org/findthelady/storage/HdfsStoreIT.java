package org.findthelady.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.findthelady.checkpoint.FileInfo;
import org.findthelady.checkpoint.SeekableInput;
import org.findthelady.checkpoint.Store;
import org.findthelady.core.OutputException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HdfsStoreIT extends StoreContract {
  @TempDir static java.nio.file.Path folder;
  private static MiniDFSCluster cluster;
  private static int tests;
  private String root;

  @BeforeAll
  static void start() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set("hdfs.minidfs.basedir", folder.toString());
    configuration.set("dfs.replication", "2");
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(2).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.shutdown();
    }
  }

  @BeforeEach
  void makeRoot() throws IOException {
    root = cluster.getURI() + "/test" + tests++;
    cluster.getFileSystem().mkdirs(new Path(root));
  }

  @Override
  Store store() {
    return new HadoopStore();
  }

  @Override
  String root() {
    return root;
  }

  @Test
  void pathsKeepTheirScheme() throws IOException {
    assertThat(store().stat(root).orElseThrow().path()).isEqualTo(root);
  }

  @Test
  void aQuotaIsToldWithThePathAndLeavesWhatIsThere() throws IOException {
    store().replace(root + "/before", new byte[] {1, 2, 3});
    Path limited = new Path(root);
    cluster.getFileSystem().setQuota(limited, HdfsConstants.QUOTA_DONT_SET, 1 << 20);
    assertThatThrownBy(
            () -> {
              try (OutputStream out = store().create(root + "/more")) {
                out.write(new byte[4 << 20]);
              }
            })
        .isInstanceOf(OutputException.class)
        .hasMessageContaining(root + "/more")
        .hasMessageContaining("quota");
    cluster.getFileSystem().setQuota(limited, HdfsConstants.QUOTA_DONT_SET, -1);
    assertThat(DigestingStore.sha256(store(), root + "/before")).isNotEmpty();
  }

  @Test
  void aDatanodeThatIsLostIsReplacedByAnother() throws IOException {
    byte[] bytes = new byte[3 << 20];
    new SplittableRandom(1).nextBytes(bytes);
    store().replace(root + "/replicated", bytes);
    FileInfo file = store().stat(root + "/replicated").orElseThrow();
    byte[] read = new byte[bytes.length];
    try (SeekableInput input = store().open(file)) {
      input.readFully(0, read, 0, 1 << 10);
      MiniDFSCluster.DataNodeProperties lost = cluster.stopDataNode(0);
      try {
        input.readFully(0, read, 0, read.length);
      } finally {
        cluster.restartDataNode(lost, true);
        cluster.waitActive();
      }
    }
    assertThat(read).isEqualTo(bytes);
  }
}
