package dev.weirhouse.catalog.flink;

import java.util.Optional;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.module.Module;

/** Makes Flink ask {@link TableFactory} for tables that belong to no catalog. */
final class WarehouseModule implements Module {

    static final String NAME = "weirhouse";

    private final TableFactory factory;

    WarehouseModule(TableFactory factory) {
        this.factory = factory;
    }

    @Override
    public Optional<DynamicTableSourceFactory> getTableSourceFactory() {
        return Optional.of(factory);
    }

    @Override
    public Optional<DynamicTableSinkFactory> getTableSinkFactory() {
        return Optional.of(factory);
    }
}
