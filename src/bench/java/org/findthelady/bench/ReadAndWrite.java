package org.findthelady.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The floor: reads every file of some folders once, and copies those of the last one if asked. */
@Command(name = "read", description = "Read folders once; with --out, copy the last one.")
final class ReadAndWrite implements Callable<Integer> {
  @Parameters(arity = "1..*", description = "Files or folders.")
  List<Path> folders;

  @Option(names = "--out", description = "Folder to copy the last one to.")
  Path out;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(8 << 20);

  @Override
  public Integer call() throws IOException {
    for (Path folder : folders) {
      boolean copied = out != null && folder.equals(folders.get(folders.size() - 1));
      List<Path> files;
      try (Stream<Path> found = Files.walk(folder)) {
        files = found.filter(Files::isRegularFile).sorted().toList();
      }
      for (Path file : files) {
        read(file, copied ? out.resolve(file.getFileName()) : null);
      }
    }
    return 0;
  }

  private void read(Path file, Path copy) throws IOException {
    if (copy != null) {
      Files.createDirectories(out);
    }
    try (FileChannel from = FileChannel.open(file);
        FileChannel to =
            copy == null
                ? null
                : FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (to != null && buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
      if (to != null) {
        to.force(true);
      }
    }
  }
}
