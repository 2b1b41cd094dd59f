package org.findthelady.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.findthelady.storage.TestS3;

/**
 * HDFS with one datanode, YARN with two node managers and an S3 server, in one process on loopback,
 * for distributions of Spark that are processes of their own.
 *
 * <ul>
 *   <li>{@code serve FOLDER}: starts all, writes {@code core-site.xml} and {@code yarn-site.xml}
 *       into FOLDER for HADOOP_CONF_DIR, then says "ready" and runs until it is killed.
 *   <li>{@code copy FROM TO}: copies a folder from one file system to another.
 * </ul>
 */
final class HadoopCluster {
  private static final int NODE_MEGABYTES = 4096;

  /** What a client has to know; other settings are those of its own Hadoop. */
  private static final List<String> ADDRESSES =
      List.of(
          YarnConfiguration.RM_ADDRESS,
          YarnConfiguration.RM_SCHEDULER_ADDRESS,
          YarnConfiguration.RM_WEBAPP_ADDRESS);

  private HadoopCluster() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "serve" -> serve(Path.of(arguments[1]));
      case "copy" -> copy(arguments[1], arguments[2]);
      default -> throw new IllegalArgumentException("serve or copy, not " + arguments[0]);
    }
  }

  private static void serve(Path folder) throws Exception {
    Files.createDirectories(folder);
    Configuration configuration = new YarnConfiguration();
    configuration.set("hdfs.minidfs.basedir", folder.resolve("hdfs").toString());
    configuration.setInt("dfs.replication", 1);
    // The disk of the machine may be nearly full for reasons of its own.
    configuration.set(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100");
    configuration.setInt(YarnConfiguration.NM_PMEM_MB, NODE_MEGABYTES);
    configuration.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
    configuration.set("yarn.scheduler.capacity.root.queues", "default");
    configuration.set("yarn.scheduler.capacity.root.default.capacity", "100");
    configuration.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 256);
    MiniDFSCluster hdfs = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    hdfs.waitActive();
    configuration.set("fs.defaultFS", hdfs.getURI().toString());
    System.setProperty("yarn.is.minicluster", "true");
    MiniYARNCluster yarn = new MiniYARNCluster("ftl", 2, 1, 1);
    yarn.init(configuration);
    yarn.start();
    Map<String, String> s3 = new TestS3().properties();
    Configuration core = new Configuration(false);
    core.set("fs.defaultFS", hdfs.getURI().toString());
    s3.forEach(core::set);
    write(core, folder.resolve("core-site.xml"));
    Configuration client = new Configuration(false);
    for (String address : ADDRESSES) {
      client.set(address, yarn.getConfig().get(address));
    }
    write(client, folder.resolve("yarn-site.xml"));
    System.out.println("ready");
    Thread.currentThread().join();
  }

  private static void write(Configuration configuration, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      configuration.writeXml(out);
    }
  }

  private static void copy(String from, String to) throws IOException {
    Configuration configuration = new Configuration();
    org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(from);
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(to);
    FileSystem reads = source.getFileSystem(configuration);
    FileSystem writes = target.getFileSystem(configuration);
    if (!FileUtil.copy(reads, source, writes, target, false, configuration)) {
      throw new IOException("cannot copy " + from + " to " + to);
    }
  }
}
