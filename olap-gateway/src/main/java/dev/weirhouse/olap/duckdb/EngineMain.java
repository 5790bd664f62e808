package dev.weirhouse.olap.duckdb;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The engine's process. It is started by {@link EngineProcess}, speaks {@link EngineProtocol}, and ends with the
 * warehouse that started it.
 */
final class EngineMain {

    /** The kernel is to end this process, and not the warehouse, when the machine's memory is used up. */
    private static final Path OOM_SCORE = Path.of("/proc/self/oom_score_adj");

    private static final String OOM_SCORE_RAISED = "500";
    private static final List<String> ENDING_SIGNALS = List.of("HUP", "INT", "TERM");
    private static final int FAILED = 1;

    private EngineMain() {}

    public static void main(String[] arguments) throws IOException, SQLException, InterruptedException {
        EngineSettings settings = EngineSettings.ofArguments(arguments);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            failure.printStackTrace();
            end("thread " + thread.getName() + " failed");
        });
        // A terminal and a service manager signal the whole family. This process ends when the warehouse is done with
        // it.
        for (String name : ENDING_SIGNALS) {
            Signal.handle(new Signal(name), SignalHandler.SIG_IGN);
        }
        RunningQueries running = new RunningQueries();
        SpoolBudget spool = new SpoolBudget(settings.spoolBytes(), settings.spooledBytes());
        // Before anything that takes time: the warehouse may die while this process starts.
        Thread commands = new Thread(() -> obey(settings, running, spool), "commands");
        commands.setDaemon(true);
        commands.start();
        raiseOomScore();

        try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                BufferAllocator allocator = new RootAllocator()) {
            Thread warmUp = new Thread(() -> loadArrow(allocator), "warm-up");
            warmUp.start();
            EngineDatabase database = EngineDatabase.open(settings);
            warmUp.join();
            door.bind(UnixDomainSocketAddress.of(settings.socket()), EngineProtocol.MAX_CONNECTIONS);
            System.out.println(EngineProtocol.READY);
            while (true) {
                SocketChannel accepted = door.accept();
                EngineWorker worker = new EngineWorker(accepted, database, running, settings.spool(), spool, allocator);
                new Thread(worker, "connection").start();
            }
        }
    }

    /** Does what the warehouse says until it says nothing more. */
    private static void obey(EngineSettings settings, RunningQueries running, SpoolBudget spool) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", 2);
                long number = Long.parseLong(words[1]);
                switch (words[0]) {
                    case EngineProtocol.CANCEL -> running.cancel(number);
                    case EngineProtocol.RELEASE -> spool.giveBack(number);
                    default -> throw new IOException("no such command: " + line);
                }
            }
        } catch (IOException e) {
            System.err.println("the warehouse cannot be heard any more: " + e);
        }
        FileTrees.deleteQuietly(settings.folder());
        FileTrees.deleteQuietly(settings.socket().getParent());
        // A shutdown would wait for nothing and run nothing that is needed.
        Runtime.getRuntime().halt(0);
    }

    /** Loads Arrow's many classes while DuckDB opens; otherwise the first query waits for them. */
    private static void loadArrow(BufferAllocator allocator) {
        try (IntVector vector = new IntVector("a", allocator);
                VectorSchemaRoot root = VectorSchemaRoot.of(vector);
                ArrowStreamWriter writer =
                        new ArrowStreamWriter(root, null, Channels.newChannel(OutputStream.nullOutputStream()))) {
            vector.allocateNew(1);
            root.setRowCount(1);
            writer.start();
            writer.writeBatch();
            writer.end();
        } catch (IOException e) {
            throw new UncheckedIOException("Arrow does not write into nothing", e);
        }
    }

    private static void raiseOomScore() {
        if (!Files.isWritable(OOM_SCORE)) {
            return;
        }
        try {
            Files.writeString(OOM_SCORE, OOM_SCORE_RAISED);
        } catch (IOException e) {
            System.err.println("the score for the kernel's memory killer stays as it is: " + e);
        }
    }

    /** Ends the process as failed, so that the warehouse starts another. */
    static void end(String reason) {
        System.err.println("the engine ends: " + reason);
        Runtime.getRuntime().halt(FAILED);
    }
}
