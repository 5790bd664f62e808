package dev.weirhouse.lineage.openlineage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** Adds events to a file, a line each. It is opened each time, so whoever moves it away gets a new one. */
final class FileReceiver implements EventReceiver {

    private final Path file;

    FileReceiver(Path file) {
        this.file = file.toAbsolutePath();
    }

    @Override
    public String name() {
        return "file";
    }

    @Override
    public Outcome send(List<String> events) {
        ByteBuffer lines = StandardCharsets.UTF_8.encode(String.join("\n", events) + "\n");
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel out = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                endLine(out);
                while (lines.hasRemaining()) {
                    out.write(lines);
                }
                out.force(false);
            }
            return Outcome.taken(events.size());
        } catch (IOException e) {
            return new Outcome(0, 0, Optional.of(e.toString()));
        }
    }

    /** Goes to the end; a line that was written in part before is ended, and told again behind itself. */
    private static void endLine(FileChannel out) throws IOException {
        long size = out.size();
        ByteBuffer last = ByteBuffer.allocate(1);
        if (size > 0 && out.read(last, size - 1) == 1 && last.get(0) != '\n') {
            size += out.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
        }
        out.position(size);
    }

    @Override
    public void close() {}
}
