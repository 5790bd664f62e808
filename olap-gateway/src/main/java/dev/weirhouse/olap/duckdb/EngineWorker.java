package dev.weirhouse.olap.duckdb;

import dev.weirhouse.olap.duckdb.EngineProtocol.Cause;
import dev.weirhouse.olap.duckdb.EngineProtocol.Reply;
import dev.weirhouse.olap.duckdb.EngineProtocol.Request;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;

/** Serves one connection in the engine's process: a request, its reply, the next request. */
final class EngineWorker implements Runnable {

    /** As many as go into a batch of the Flight SQL door by default. */
    private static final long BATCH_ROWS = 8192;

    /** How Arrow's C bridge wraps DuckDB's own text. */
    private static final Pattern WRAPPED =
            Pattern.compile("\\[errno -?\\d+] CDataJniException\\{errno=-?\\d+, message=(.*)}", Pattern.DOTALL);

    /** How the texts begin after which DuckDB's instance answers nothing any more. */
    private static final List<String> FATAL = List.of("FATAL Error", "INTERNAL Error");

    private final SocketChannel channel;
    private final DuckDBConnection connection;
    private final PreparedSelects statements;
    private final RunningQueries running;
    private final Path spoolFolder;
    private final SpoolBudget spoolBudget;
    private final BufferAllocator allocator;

    EngineWorker(
            SocketChannel channel,
            EngineDatabase database,
            RunningQueries running,
            Path spoolFolder,
            SpoolBudget spoolBudget,
            BufferAllocator allocator)
            throws SQLException {
        this.channel = channel;
        this.connection = database.connect();
        this.statements = new PreparedSelects(connection);
        this.running = running;
        this.spoolFolder = spoolFolder;
        this.spoolBudget = spoolBudget;
        this.allocator = allocator;
    }

    @Override
    public void run() {
        try (channel;
                connection) {
            for (ByteBuffer body = readFrame(); body != null; body = readFrame()) {
                Reply reply = answer(Request.of(body));
                ByteBuffer frame = reply.toFrame();
                while (frame.hasRemaining()) {
                    channel.write(frame);
                }
                if (reply instanceof Reply.Refused refused && isFatal(refused.text())) {
                    EngineMain.end("DuckDB failed for good: " + refused.text());
                }
            }
        } catch (IOException | SQLException e) {
            // The warehouse has gone, or closed the connection in the midst of a reply; there is nobody to tell.
            System.err.println("connection ended: " + e);
        }
    }

    private static boolean isFatal(String text) {
        return FATAL.stream().anyMatch(text::startsWith);
    }

    /** The next request; null when the warehouse has closed the connection. */
    private ByteBuffer readFrame() throws IOException {
        ByteBuffer head = EngineProtocol.frameHead();
        if (!fill(head)) {
            return null;
        }
        ByteBuffer body = ByteBuffer.allocate(EngineProtocol.frameLength(head.flip()));
        if (!fill(body)) {
            throw new EOFException("The connection ended within a request");
        }
        return body.flip();
    }

    private boolean fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }

    private Reply answer(Request request) {
        PreparedStatement statement = null;
        try (RunningQueries.Running query = running.begin(request.id())) {
            try {
                statement = statements.take(request.sql());
                Reply reply = compute(request, statement, query);
                statements.keep(request.sql(), statement);
                return reply;
            } catch (SQLException | IOException | RuntimeException e) {
                closeQuietly(statement);
                return refused(e, query.isCancelled());
            }
        }
    }

    private Reply compute(Request request, PreparedStatement statement, RunningQueries.Running query)
            throws SQLException, IOException {
        int markers = statement.getParameterMetaData().getParameterCount();
        if (markers != request.parameters().size()) {
            // DuckDB would take those that are missing for nulls, or for what was bound before.
            throw new SQLException("The query has " + markers + " parameters, and "
                    + request.parameters().size() + " came with it");
        }
        for (int i = 0; i < request.parameters().size(); i++) {
            statement.setObject(i + 1, request.parameters().get(i));
        }
        query.computes(statement);
        try (ResultSet rows = statement.executeQuery();
                ArrowReader batches =
                        (ArrowReader) rows.unwrap(DuckDBResultSet.class).arrowExportStream(allocator, BATCH_ROWS);
                AnswerSpool spool = new AnswerSpool(spoolFolder.resolve(request.id() + ".arrow"), spoolBudget);
                ArrowStreamWriter writer = new ArrowStreamWriter(batches.getVectorSchemaRoot(), batches, spool)) {
            writer.start();
            while (batches.loadNextBatch()) {
                // DuckDB forgets an interruption that comes between two of its steps.
                if (query.isCancelled()) {
                    return new Reply.Refused(Cause.CANCELLED, "interrupted");
                }
                writer.writeBatch();
            }
            writer.end();
            return spool.seal();
        }
    }

    private static Reply refused(Exception failure, boolean cancelled) {
        String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        Matcher wrapped = WRAPPED.matcher(text);
        if (wrapped.matches()) {
            text = wrapped.group(1);
        }
        text = text.strip();
        if (failure instanceof AnswerSpool.Full) {
            return new Reply.Refused(Cause.SPOOL_FULL, text);
        }
        if (cancelled) {
            return new Reply.Refused(Cause.CANCELLED, text);
        }
        if (text.startsWith("Out of Memory Error")) {
            return new Reply.Refused(Cause.MEMORY, text);
        }
        return new Reply.Refused(Cause.FAILED, text);
    }

    private static void closeQuietly(PreparedStatement statement) {
        if (statement == null) {
            return;
        }
        try {
            statement.close();
        } catch (SQLException e) {
            System.err.println("a statement could not be closed: " + e);
        }
    }
}
