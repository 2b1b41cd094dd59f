package org.findthelady.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.findthelady.checkpoint.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HdfsStoreIT extends StoreContract {
  @TempDir static Path folder;
  private static MiniDFSCluster cluster;
  private static int tests;
  private String root;

  @BeforeAll
  static void start() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set("hdfs.minidfs.basedir", folder.toString());
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
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
    cluster.getFileSystem().mkdirs(new org.apache.hadoop.fs.Path(root));
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
}
