package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.olap.duckdb.NativeConfig;
import dev.weirhouse.olap.duckdb.NativeLane;
import dev.weirhouse.olap.paimon.PointLookups;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What computes queries beside Flink, which needs no opening.
 *
 * @param natively empty when the configuration wants no native engine
 * @param points empty when the configuration leaves no room for it
 */
public record OlapLanes(Optional<NativeLane> natively, Optional<PointLookups> points) implements AutoCloseable {

    public OlapLanes {
        requireNonNull(natively, "natively is null");
        requireNonNull(points, "points are null");
    }

    /** None but Flink. */
    public static OlapLanes none() {
        return new OlapLanes(Optional.empty(), Optional.empty());
    }

    /**
     * Opens what the configuration wants.
     *
     * @param tables the local folders of tables, by the address that Paimon knows each under
     * @throws dev.weirhouse.catalog.WarehouseException NATIVE_ENGINE_NOT_STARTED
     */
    public static OlapLanes open(NativeConfig config, OlapConfig olap, Warehouse warehouse, Map<String, Path> tables) {
        Path home = warehouse.config().home();
        Optional<NativeLane> natively =
                NativeLane.open(config, home, tables, olap.memory().bytes(), warehouse.leases(), warehouse.clock());
        Optional<PointLookups> points = olap.pointSize().bytes() == 0
                ? Optional.empty()
                : Optional.of(new PointLookups(
                        home.resolve("cache").resolve("points"),
                        olap.pointSize().bytes(),
                        olap.pointTables(),
                        warehouse.clock()));
        return new OlapLanes(natively, points);
    }

    @Override
    public void close() {
        points.ifPresent(PointLookups::close);
        natively.ifPresent(NativeLane::close);
    }
}
