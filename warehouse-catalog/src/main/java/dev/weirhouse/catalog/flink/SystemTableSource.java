package dev.weirhouse.catalog.flink;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsFilterPushDown;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.LogicalTypeFamily;

/** Reads a system table; only classes of Flink's own go into the job. */
final class SystemTableSource implements ScanTableSource, SupportsFilterPushDown {

    private final SystemTable table;

    /** The values that columns are to have. */
    private final Map<String, String> wanted = new HashMap<>();

    SystemTableSource(SystemTable table) {
        this.table = table;
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
    }

    /** Flink filters all the same: what is told here only keeps rows from being read that nobody asks for. */
    @Override
    public Result applyFilters(List<ResolvedExpression> filters) {
        for (ResolvedExpression filter : filters) {
            if (filter instanceof CallExpression call
                    && call.getFunctionDefinition().equals(BuiltInFunctionDefinitions.EQUALS)) {
                ResolvedExpression left = call.getResolvedChildren().get(0);
                ResolvedExpression right = call.getResolvedChildren().get(1);
                want(left, right);
                want(right, left);
            }
        }
        return Result.of(List.of(), filters);
    }

    private void want(ResolvedExpression column, ResolvedExpression value) {
        if (column instanceof FieldReferenceExpression reference
                && value instanceof ValueLiteralExpression literal
                && literal.getOutputDataType().getLogicalType().is(LogicalTypeFamily.CHARACTER_STRING)) {
            literal.getValueAs(String.class).ifPresent(text -> wanted.put(reference.getName(), text));
        }
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        return new DataStreamScanProvider() {
            @Override
            public DataStream<RowData> produceDataStream(ProviderContext provider, StreamExecutionEnvironment env) {
                return env.fromCollection(
                                table.rows().apply(Map.copyOf(wanted)),
                                InternalTypeInfo.<RowData>of(table.rowType().getLogicalType()))
                        .name("weir." + table.name());
            }

            @Override
            public boolean isBounded() {
                return true;
            }
        };
    }

    @Override
    public DynamicTableSource copy() {
        SystemTableSource copy = new SystemTableSource(table);
        copy.wanted.putAll(wanted);
        return copy;
    }

    @Override
    public String asSummaryString() {
        return "weir." + table.name();
    }
}
