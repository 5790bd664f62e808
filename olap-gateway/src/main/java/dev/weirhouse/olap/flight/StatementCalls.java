package dev.weirhouse.olap.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.OlapError;
import dev.weirhouse.olap.OlapQuery;
import dev.weirhouse.olap.OlapSession;
import dev.weirhouse.olap.OlapStatement;
import dev.weirhouse.olap.QueryEnd;
import dev.weirhouse.olap.arrow.ArrowFields;
import dev.weirhouse.olap.arrow.ParameterRows;
import io.grpc.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutPreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutUpdateResult;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;

/**
 * Statements: prepared, announced, run, cancelled.
 *
 * <p>A query runs when its ticket is redeemed, not when it is announced: the client then holds a stream, and its leaving
 * is seen. Every announcement, of a text or of a prepared statement, yields a ticket of the same form, whose handle names
 * one run; so a cancel request, which holds the ticket, always names one run as well.
 */
final class StatementCalls {

    /** Stands for columns that are not known yet: the stock driver takes a statement without columns for an update. */
    private static final ResolvedSchema NOT_KNOWN_YET =
            ResolvedSchema.of(Column.physical("result", DataTypes.STRING()));

    private final OlapConfig config;
    private final BufferAllocator allocator;
    private final Executor streams;

    /** @param streams runs each answer's stream; takes every task, since the gateway bounds how many there are */
    StatementCalls(OlapConfig config, BufferAllocator allocator, Executor streams) {
        this.config = config;
        this.allocator = allocator;
        this.streams = streams;
    }

    Result prepare(OlapSession session, String sql) {
        OlapStatement statement = session.prepare(sql);
        ActionCreatePreparedStatementResult.Builder result = ActionCreatePreparedStatementResult.newBuilder()
                .setPreparedStatementHandle(ByteString.copyFromUtf8(statement.handle()))
                .setParameterSchema(
                        serialize(ArrowFields.ofParameters(statement.prepared().parameters())));
        if (statement.prepared().kind().answersRows()) {
            result.setDatasetSchema(serialize(schemaOf(statement.prepared())));
        }
        return new Result(Any.pack(result.build()).toByteArray());
    }

    FlightInfo announce(OlapSession session, Prepared prepared, List<?> parameters, FlightDescriptor descriptor) {
        // Without a schema here, clients take the stream's own.
        Schema schema = isKnown(prepared) ? schemaOf(prepared) : null;
        OlapQuery query = session.announce(prepared, parameters);
        return new FlightInfo(schema, descriptor, List.of(endpoint(query.handle())), -1, -1);
    }

    private static FlightEndpoint endpoint(String handle) {
        Message ticket = TicketStatementQuery.newBuilder()
                .setStatementHandle(ByteString.copyFromUtf8(handle))
                .build();
        // No location means: ask again where this was asked.
        return new FlightEndpoint(new Ticket(Any.pack(ticket).toByteArray()));
    }

    static SchemaResult describe(Prepared prepared) {
        return new SchemaResult(schemaOf(prepared));
    }

    /** SHOW, DESCRIBE, EXPLAIN and CALL know their columns only once they run. */
    private static boolean isKnown(Prepared prepared) {
        return !prepared.kind().answersRows() || prepared.schema().getColumnCount() > 0;
    }

    private static Schema schemaOf(Prepared prepared) {
        if (!prepared.kind().answersRows()) {
            return ArrowFields.ofAnswer(AnswerStream.ROWS_AFFECTED);
        }
        return ArrowFields.ofAnswer(isKnown(prepared) ? prepared.schema() : NOT_KNOWN_YET);
    }

    void stream(OlapSession session, String handle, ServerStreamListener listener) {
        OlapQuery query = session.loadQuery(handle);
        AnswerStream stream = new AnswerStream(query, session.timeZone(), config, allocator, listener);
        streams.execute(stream);
    }

    /** Binds the one row of parameters that a query takes. */
    void bind(OlapStatement statement, FlightStream upload, StreamListener<PutResult> acknowledge) {
        List<List<Object>> rows = readParameters(upload);
        if (rows.size() != 1) {
            throw new WarehouseException(
                    CatalogError.PARAMETER_MISMATCH,
                    "A query takes one row of parameters, and " + rows.size() + " were sent.");
        }
        statement.bind(rows.get(0));
        acknowledge(
                DoPutPreparedStatementResult.newBuilder()
                        .setPreparedStatementHandle(ByteString.copyFromUtf8(statement.handle()))
                        .build(),
                acknowledge);
    }

    /**
     * Runs a statement once for each row of parameters, or once when it has no markers. The upload is read only for
     * markers: a client that has nothing to send waits for the answer without ending its upload.
     */
    void update(OlapSession session, Prepared prepared, FlightStream upload, StreamListener<PutResult> acknowledge) {
        if (prepared.kind().answersRows()) {
            throw new WarehouseException(
                    OlapError.REQUEST_INVALID, "This statement answers rows: run it as a query, not as an update.");
        }
        List<List<Object>> runs = prepared.parameters().isEmpty() ? List.of(List.of()) : readParameters(upload);
        if (runs.isEmpty()) {
            throw new WarehouseException(
                    CatalogError.PARAMETER_MISMATCH,
                    "The statement has " + prepared.parameters().size() + " parameters, and none were bound.");
        }
        long affected = 0;
        for (int i = 0; i < runs.size(); i++) {
            // JDBC reads -1, which Flight has for an unknown count, as "there is a result set".
            affected += Math.max(0, runOne(session, prepared, runs, i));
        }
        acknowledge(DoPutUpdateResult.newBuilder().setRecordCount(affected).build(), acknowledge);
    }

    private static long runOne(OlapSession session, Prepared prepared, List<List<Object>> runs, int index) {
        try {
            return run(session.announce(prepared, runs.get(index)));
        } catch (WarehouseException e) {
            if (runs.size() == 1) {
                throw e;
            }
            throw new WarehouseException(
                    e.code(),
                    "Row " + (index + 1) + " of the " + runs.size()
                            + " sent failed, and the rows before it are written: " + e.detail(),
                    e.position().orElse(null),
                    e);
        }
    }

    private static long run(OlapQuery query) {
        // The call's context is cancelled when the client leaves, and by nothing else while the statement runs.
        Context.CancellationListener leaving = context -> query.end(QueryEnd.CANCELLED);
        Context call = Context.current();
        call.addListener(leaving, Runnable::run);
        try (query) {
            long affected = query.start().affectedRows();
            query.checkNotEnded();
            return affected;
        } catch (RuntimeException e) {
            RuntimeException cause = query.explain(e);
            query.end(QueryEnd.FAILED);
            throw cause;
        } finally {
            call.removeListener(leaving);
        }
    }

    private List<List<Object>> readParameters(FlightStream upload) {
        List<List<Object>> rows = new ArrayList<>();
        while (upload.next()) {
            rows.addAll(ParameterRows.read(upload.getRoot()));
            if (rows.size() > config.maxParameterRows()) {
                throw new WarehouseException(
                        OlapError.TOO_MANY_PARAMETERS,
                        "More than " + config.maxParameterRows() + " rows of parameters were sent at once:"
                                + " each runs a statement. Send fewer, or raise olap.max-parameter-rows.");
            }
        }
        return rows;
    }

    private void acknowledge(Message message, StreamListener<PutResult> acknowledge) {
        byte[] bytes = message.toByteArray();
        try (ArrowBuf buffer = allocator.buffer(bytes.length)) {
            buffer.writeBytes(bytes);
            acknowledge.onNext(PutResult.metadata(buffer));
        }
        acknowledge.onCompleted();
    }

    CancelStatus cancel(OlapSession session, FlightInfo info) {
        boolean cancelled = false;
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            cancelled |= cancel(session, endpoint.getTicket());
        }
        return cancelled ? CancelStatus.CANCELLED : CancelStatus.NOT_CANCELLABLE;
    }

    private static boolean cancel(OlapSession session, Ticket ticket) {
        try {
            return session.loadQuery(handleOf(ticket)).end(QueryEnd.CANCELLED);
        } catch (WarehouseException e) {
            if (e.code() == OlapError.HANDLE_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** The handle in a ticket that came back from a client. */
    static String handleOf(Ticket ticket) {
        try {
            return Any.parseFrom(ticket.getBytes())
                    .unpack(TicketStatementQuery.class)
                    .getStatementHandle()
                    .toStringUtf8();
        } catch (InvalidProtocolBufferException e) {
            throw new WarehouseException(OlapError.REQUEST_INVALID, "The ticket is not one of this server.", e);
        }
    }

    private static ByteString serialize(Schema schema) {
        return ByteString.copyFrom(schema.serializeAsMessage());
    }
}
