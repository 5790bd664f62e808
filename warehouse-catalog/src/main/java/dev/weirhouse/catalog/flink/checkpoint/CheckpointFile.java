package dev.weirhouse.catalog.flink.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.OperatorStateHandle;

/** The metadata of a checkpoint or savepoint, and in it the state of sources. */
final class CheckpointFile {

    static final String METADATA = "_metadata";

    /** The state in which Flink keeps the splits of every source. */
    private static final ListStateDescriptor<byte[]> SPLITS =
            new ListStateDescriptor<>("SourceReaderState", BytePrimitiveArraySerializer.INSTANCE);

    /** Flink's formats of a coordinator's state: {@code SourceCoordinatorSerdeUtils}. */
    private static final int NEWEST_COORDINATOR_FORMAT = 1;

    private static final ClassLoader LOADER = CheckpointFile.class.getClassLoader();

    private final CheckpointMetadata metadata;
    private final Map<String, OperatorState> operators;

    private CheckpointFile(CheckpointMetadata metadata) {
        this.metadata = metadata;
        this.operators = metadata.getOperatorStates().stream()
                .collect(Collectors.toMap(state -> state.getOperatorID().toHexString(), state -> state));
    }

    /** @param folder the checkpoint's */
    static CheckpointFile load(Path folder) throws IOException {
        Path file = new Path(folder, METADATA);
        byte[] bytes;
        try (FSDataInputStream in = file.getFileSystem().open(file)) {
            bytes = in.readAllBytes();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return new CheckpointFile(Checkpoints.loadCheckpointMetadata(in, LOADER, folder.toString()));
        }
    }

    long number() {
        return metadata.getCheckpointId();
    }

    /** Whether it holds rows that sources had let go of and that had not reached the end of their way. */
    boolean hasRowsOnTheWay() {
        return operators.values().stream()
                .flatMap(operator -> operator.getStates().stream())
                .anyMatch(state -> !state.getInputChannelState().isEmpty()
                        || !state.getResultSubpartitionState().isEmpty());
    }

    /** What the coordinator of a source had written, and the format that the source's serializer gave it. */
    record Coordinated(int version, byte[] state) {}

    /**
     * The state of a source.
     *
     * @param coordinator of what was not given to readers
     * @param splits of what was, each with the version of its serializer
     */
    record SourceState(Optional<Coordinated> coordinator, List<byte[]> splits) {}

    /** The state of a source; empty when there is none of that id, or it had ended. */
    Optional<SourceState> source(String operatorId) throws IOException {
        OperatorState operator = operators.get(operatorId);
        if (operator == null || operator.isFullyFinished()) {
            return Optional.empty();
        }
        List<OperatorStateHandle> handles = operator.getStates().stream()
                .flatMap(subtask -> subtask.getManagedOperatorState().stream())
                .filter(handle -> handle.getStateNameToPartitionOffsets().containsKey(SPLITS.getName()))
                .toList();
        return Optional.of(new SourceState(coordinated(operator), handles.isEmpty() ? List.of() : read(handles)));
    }

    /** As a source that is restored reads it. */
    private static List<byte[]> read(List<OperatorStateHandle> handles) throws IOException {
        try (CloseableRegistry open = new CloseableRegistry();
                OperatorStateBackend states = new DefaultOperatorStateBackendBuilder(
                                LOADER, new ExecutionConfig(), false, handles, open)
                        .build()) {
            List<byte[]> splits = new ArrayList<>();
            states.getListState(SPLITS).get().forEach(splits::add);
            states.dispose();
            return splits;
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the state of its readers cannot be restored: " + e.getMessage(), e);
        }
    }

    private static Optional<Coordinated> coordinated(OperatorState operator) throws IOException {
        if (operator.getCoordinatorState() == null) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(
                new ByteArrayInputStream(operator.getCoordinatorState().getData()))) {
            int format = in.readInt();
            if (format < 0 || format > NEWEST_COORDINATOR_FORMAT) {
                throw new IOException("its coordinator's state has the format " + format + ", which is not known");
            }
            int version = in.readInt();
            byte[] state = new byte[in.readInt()];
            in.readFully(state);
            return Optional.of(new Coordinated(version, state));
        }
    }
}
