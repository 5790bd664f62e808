package dev.weirhouse.catalog.flink.flow;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.paimon.flink.LogicalTypeConversion;
import org.apache.paimon.flink.PaimonDataStreamScanProvider;
import org.apache.paimon.flink.source.DataTableSource;
import org.apache.paimon.predicate.Predicate;
import org.apache.paimon.table.FileStoreTable;

/**
 * A table as a job of a flow reads it: what Paimon pushes down is pushed down, and the rows come through {@link FlowSource}.
 */
public final class FlowTableSource extends DataTableSource {

    private final FileStoreTable store;
    private final String version;
    private final Supplier<FlowAttempt> attempts;

    /**
     * @param store the table with the statement's hints
     * @param version what the name stands for, as Paimon writes it
     * @param attempts the submission for which the job is being compiled, asked when its sources are made
     */
    public FlowTableSource(
            FileStoreTable store, String version, DynamicTableFactory.Context context, Supplier<FlowAttempt> attempts) {
        super(context.getObjectIdentifier(), store, true, context, null);
        this.store = store;
        this.version = version;
        this.attempts = attempts;
    }

    @Override
    public boolean supportsNestedProjection() {
        return false;
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext scanContext) {
        int[] columns = projectFields == null
                ? IntStream.range(0, store.rowType().getFieldCount()).toArray()
                : IntStream.range(0, projectFields.length)
                        .map(i -> projectFields[i][0])
                        .toArray();
        List<Predicate> conditions = predicate == null ? List.of() : List.of(predicate);
        return new PaimonDataStreamScanProvider(false, environment -> {
            FlowAttempt attempt = attempts.get();
            FlowSource source = new FlowSource(attempt, attempt.add(version), version, store, columns, conditions);
            return environment.fromSource(
                    source,
                    watermarkStrategy == null ? WatermarkStrategy.noWatermarks() : watermarkStrategy,
                    "Flow: " + version,
                    InternalTypeInfo.of(LogicalTypeConversion.toLogicalType(
                            FlowSource.builder(store, columns, conditions).readType())));
        });
    }

    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext lookupContext) {
        throw new ValidationException("A lookup join reads the newest rows of " + version
                + ", whatever boundary the flow stands at: join it as it is, or take the job out of the flow.");
    }

    @Override
    public DataTableSource copy() {
        FlowTableSource copy = new FlowTableSource(store, version, context, attempts);
        copy.predicate = predicate;
        copy.partitionPredicate = partitionPredicate;
        copy.projectFields = projectFields;
        copy.limit = limit;
        copy.watermarkStrategy = watermarkStrategy;
        return copy;
    }
}
