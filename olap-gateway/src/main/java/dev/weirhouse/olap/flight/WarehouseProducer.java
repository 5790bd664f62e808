package dev.weirhouse.olap.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import dev.weirhouse.olap.OlapSession;
import dev.weirhouse.olap.OlapStatement;
import java.util.List;
import java.util.function.Supplier;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.BasicFlightSqlProducer;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCrossReference;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetExportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetImportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetPrimaryKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** Takes each call of the protocol, finds its session, and hands it to the class that serves it. */
final class WarehouseProducer extends BasicFlightSqlProducer {

    private final BufferAllocator allocator;
    private final StatementCalls statements;
    private final MetadataCalls metadata;
    private final ServerInfo serverInfo;

    WarehouseProducer(
            BufferAllocator allocator, StatementCalls statements, MetadataCalls metadata, ServerInfo serverInfo) {
        this.allocator = allocator;
        this.statements = statements;
        this.metadata = metadata;
        this.serverInfo = serverInfo;
    }

    // Every call comes in through one of the next five, which give errors the form that clients get.

    @Override
    public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
        return guarded(() -> super.getFlightInfo(context, descriptor));
    }

    @Override
    public SchemaResult getSchema(CallContext context, FlightDescriptor descriptor) {
        return guarded(() -> super.getSchema(context, descriptor));
    }

    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
        guarded(() -> {
            super.getStream(context, ticket, listener);
            return null;
        });
    }

    @Override
    public Runnable acceptPut(CallContext context, FlightStream upload, StreamListener<PutResult> acknowledge) {
        Runnable accepted = guarded(() -> super.acceptPut(context, upload, acknowledge));
        return () -> guarded(() -> {
            accepted.run();
            return null;
        });
    }

    @Override
    public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
        guarded(() -> {
            super.doAction(context, action, listener);
            return null;
        });
    }

    private static <T> T guarded(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw FlightErrors.of(e);
        }
    }

    private static OlapSession session(CallContext context) {
        return context.getMiddleware(CallSession.KEY).load();
    }

    private static OlapSession session(CallContext context, ByteString handle) {
        return context.getMiddleware(CallSession.KEY).loadFor(handle.toStringUtf8());
    }

    private static OlapStatement statement(CallContext context, ByteString handle) {
        return session(context, handle).loadStatement(handle.toStringUtf8());
    }

    private static void refuseTransaction(boolean inTransaction) {
        if (inTransaction) {
            throw new WarehouseException(
                    OlapError.REQUEST_NOT_SUPPORTED,
                    "There are no transactions over statements: each statement commits by itself.");
        }
    }

    // Statements.

    @Override
    public void createPreparedStatement(
            ActionCreatePreparedStatementRequest request, CallContext context, StreamListener<Result> listener) {
        refuseTransaction(request.hasTransactionId());
        listener.onNext(statements.prepare(session(context), request.getQuery()));
        listener.onCompleted();
    }

    @Override
    public void closePreparedStatement(
            ActionClosePreparedStatementRequest request, CallContext context, StreamListener<Result> listener) {
        ByteString handle = request.getPreparedStatementHandle();
        session(context, handle).forgetStatement(handle.toStringUtf8());
        listener.onCompleted();
    }

    @Override
    public FlightInfo getFlightInfoStatement(
            CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        refuseTransaction(command.hasTransactionId());
        OlapSession session = session(context);
        Prepared prepared = session.check(command.getQuery());
        return statements.announce(session, prepared, List.of(), descriptor);
    }

    @Override
    public FlightInfo getFlightInfoPreparedStatement(
            CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        ByteString handle = command.getPreparedStatementHandle();
        OlapSession session = session(context, handle);
        OlapStatement statement = session.loadStatement(handle.toStringUtf8());
        return statements.announce(session, statement.prepared(), statement.parameters(), descriptor);
    }

    @Override
    public SchemaResult getSchemaStatement(
            CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        refuseTransaction(command.hasTransactionId());
        return StatementCalls.describe(session(context).check(command.getQuery()));
    }

    @Override
    public SchemaResult getSchemaPreparedStatement(
            CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return StatementCalls.describe(
                statement(context, command.getPreparedStatementHandle()).prepared());
    }

    @Override
    public void getStreamStatement(TicketStatementQuery ticket, CallContext context, ServerStreamListener listener) {
        ByteString handle = ticket.getStatementHandle();
        statements.stream(session(context, handle), handle.toStringUtf8(), listener);
    }

    @Override
    public Runnable acceptPutStatement(
            CommandStatementUpdate command,
            CallContext context,
            FlightStream upload,
            StreamListener<PutResult> acknowledge) {
        refuseTransaction(command.hasTransactionId());
        OlapSession session = session(context);
        return () -> statements.update(session, session.check(command.getQuery()), upload, acknowledge);
    }

    @Override
    public Runnable acceptPutPreparedStatementUpdate(
            CommandPreparedStatementUpdate command,
            CallContext context,
            FlightStream upload,
            StreamListener<PutResult> acknowledge) {
        ByteString handle = command.getPreparedStatementHandle();
        OlapSession session = session(context, handle);
        OlapStatement statement = session.loadStatement(handle.toStringUtf8());
        return () -> statements.update(session, statement.prepared(), upload, acknowledge);
    }

    @Override
    public Runnable acceptPutPreparedStatementQuery(
            CommandPreparedStatementQuery command,
            CallContext context,
            FlightStream upload,
            StreamListener<PutResult> acknowledge) {
        OlapStatement statement = statement(context, command.getPreparedStatementHandle());
        return () -> statements.bind(statement, upload, acknowledge);
    }

    @Override
    public void cancelFlightInfo(
            CancelFlightInfoRequest request, CallContext context, StreamListener<CancelStatus> listener) {
        FlightInfo info = request.getInfo();
        if (info.getEndpoints().isEmpty()) {
            listener.onNext(CancelStatus.NOT_CANCELLABLE);
        } else {
            String handle = StatementCalls.handleOf(info.getEndpoints().get(0).getTicket());
            OlapSession session = context.getMiddleware(CallSession.KEY).loadFor(handle);
            listener.onNext(statements.cancel(session, info));
        }
        listener.onCompleted();
    }

    /** An endpoint stays valid as long as its query is held, so there is nothing to renew but to say so. */
    @Override
    public void renewFlightEndpoint(
            RenewFlightEndpointRequest request, CallContext context, StreamListener<FlightEndpoint> listener) {
        String handle = StatementCalls.handleOf(request.getFlightEndpoint().getTicket());
        context.getMiddleware(CallSession.KEY).loadFor(handle).loadQuery(handle);
        listener.onNext(request.getFlightEndpoint());
        listener.onCompleted();
    }

    // Sessions.

    @Override
    public void setSessionOptions(
            SetSessionOptionsRequest request, CallContext context, StreamListener<SetSessionOptionsResult> listener) {
        listener.onNext(SessionOptions.set(session(context), request.getSessionOptions()));
        listener.onCompleted();
    }

    @Override
    public void getSessionOptions(
            GetSessionOptionsRequest request, CallContext context, StreamListener<GetSessionOptionsResult> listener) {
        listener.onNext(SessionOptions.get(session(context)));
        listener.onCompleted();
    }

    @Override
    public void closeSession(
            CloseSessionRequest request, CallContext context, StreamListener<CloseSessionResult> listener) {
        boolean closed = context.getMiddleware(CallSession.KEY).close();
        listener.onNext(new CloseSessionResult(
                closed ? CloseSessionResult.Status.CLOSED : CloseSessionResult.Status.NOT_CLOSABLE));
        listener.onCompleted();
    }

    // Names and types. The ticket of such a call is the call itself.

    @Override
    protected <T extends Message> List<FlightEndpoint> determineEndpoints(
            T request, FlightDescriptor descriptor, Schema schema) {
        return List.of(new FlightEndpoint(new Ticket(Any.pack(request).toByteArray())));
    }

    @Override
    public void getStreamSqlInfo(CommandGetSqlInfo command, CallContext context, ServerStreamListener listener) {
        serverInfo.send(command.getInfoList(), allocator, listener);
    }

    @Override
    public void getStreamTypeInfo(CommandGetXdbcTypeInfo request, CallContext context, ServerStreamListener listener) {
        XdbcTypes.send(request.hasDataType() ? request.getDataType() : null, allocator, listener);
    }

    @Override
    public void getStreamCatalogs(CallContext context, ServerStreamListener listener) {
        metadata.catalogs(session(context), listener);
    }

    @Override
    public void getStreamSchemas(CommandGetDbSchemas command, CallContext context, ServerStreamListener listener) {
        metadata.databases(session(context), command, listener);
    }

    @Override
    public void getStreamTables(CommandGetTables command, CallContext context, ServerStreamListener listener) {
        metadata.tables(session(context), command, listener);
    }

    @Override
    public void getStreamTableTypes(CallContext context, ServerStreamListener listener) {
        metadata.tableTypes(listener);
    }

    @Override
    public void getStreamPrimaryKeys(
            CommandGetPrimaryKeys command, CallContext context, ServerStreamListener listener) {
        metadata.primaryKeys(session(context), command, listener);
    }

    @Override
    public void getStreamExportedKeys(
            CommandGetExportedKeys command, CallContext context, ServerStreamListener listener) {
        metadata.nothing(Schemas.GET_EXPORTED_KEYS_SCHEMA, listener);
    }

    @Override
    public void getStreamImportedKeys(
            CommandGetImportedKeys command, CallContext context, ServerStreamListener listener) {
        metadata.nothing(Schemas.GET_IMPORTED_KEYS_SCHEMA, listener);
    }

    @Override
    public void getStreamCrossReference(
            CommandGetCrossReference command, CallContext context, ServerStreamListener listener) {
        metadata.nothing(Schemas.GET_CROSS_REFERENCE_SCHEMA, listener);
    }
}
