package dev.weirhouse.olap.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A Flight SQL server that gives one row to every prepared statement, without a look at it: what a client of it reaches is
 * the most that the protocol and the client's driver leave to any server. A program of its own, for benches; it prints its
 * port when it listens and ends with its input.
 */
public final class ConstantAnswers extends NoOpFlightSqlProducer {

    private static final Schema ROW =
            new Schema(List.of(Field.nullable("constant", new ArrowType.Int(Long.SIZE, true))));
    private static final Schema MARKERS =
            new Schema(List.of(Field.nullable("key", new ArrowType.Int(Long.SIZE, true))));
    private static final ByteString HANDLE = ByteString.copyFrom("constant", StandardCharsets.UTF_8);

    private final BufferAllocator allocator;

    private ConstantAnswers(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    /** Serves until standard input ends. */
    public static void main(String[] arguments) throws Exception {
        try (BufferAllocator allocator = new RootAllocator();
                FlightServer server = FlightServer.builder(
                                allocator, Location.forGrpcInsecure("127.0.0.1", 0), new ConstantAnswers(allocator))
                        .build()
                        .start()) {
            System.out.println(server.getPort());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    @Override
    public void createPreparedStatement(
            FlightSql.ActionCreatePreparedStatementRequest request,
            CallContext context,
            StreamListener<Result> listener) {
        listener.onNext(new Result(Any.pack(FlightSql.ActionCreatePreparedStatementResult.newBuilder()
                        .setPreparedStatementHandle(HANDLE)
                        .setDatasetSchema(bytes(ROW))
                        .setParameterSchema(bytes(MARKERS))
                        .build())
                .toByteArray()));
        listener.onCompleted();
    }

    private static ByteString bytes(Schema schema) {
        return ByteString.copyFrom(schema.serializeAsMessage());
    }

    @Override
    public void closePreparedStatement(
            FlightSql.ActionClosePreparedStatementRequest request,
            CallContext context,
            StreamListener<Result> listener) {
        listener.onCompleted();
    }

    @Override
    public Runnable acceptPutPreparedStatementQuery(
            FlightSql.CommandPreparedStatementQuery command,
            CallContext context,
            FlightStream values,
            StreamListener<PutResult> acknowledgements) {
        return () -> {
            while (values.next()) {
                values.getRoot().clear();
            }
            acknowledgements.onCompleted();
        };
    }

    @Override
    public FlightInfo getFlightInfoPreparedStatement(
            FlightSql.CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        Ticket ticket = new Ticket(Any.pack((Message) command).toByteArray());
        return new FlightInfo(ROW, descriptor, List.of(new FlightEndpoint(ticket)), -1, -1, false, IpcOption.DEFAULT);
    }

    @Override
    public void getStreamPreparedStatement(
            FlightSql.CommandPreparedStatementQuery command, CallContext context, ServerStreamListener listener) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(ROW, allocator)) {
            BigIntVector vector = (BigIntVector) root.getVector(0);
            vector.setSafe(0, 1L);
            root.setRowCount(1);
            listener.start(root);
            listener.putNext();
            listener.completed();
        }
    }

    @Override
    public void listFlights(CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
        listener.onCompleted();
    }
}
