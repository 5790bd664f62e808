package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.olap.duckdb.NativeConfig;
import dev.weirhouse.olap.duckdb.NativeLane;
import dev.weirhouse.olap.paimon.PointLookups;
import dev.weirhouse.olap.paimon.SnapshotLeases;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * What computes queries beside Flink, which needs no opening.
 *
 * @param natively empty when the configuration wants no native engine
 * @param points empty when the configuration leaves no room for it
 * @param leases keep what queries read from expiring, in whichever lane; empty in none
 */
public record OlapLanes(Optional<NativeLane> natively, Optional<PointLookups> points, Optional<SnapshotLeases> leases)
        implements AutoCloseable {

    public OlapLanes {
        requireNonNull(natively, "natively is null");
        requireNonNull(points, "points are null");
        requireNonNull(leases, "leases are null");
    }

    /** None but Flink. */
    public static OlapLanes none() {
        return new OlapLanes(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Opens what the configuration wants.
     *
     * @param home the warehouse's home folder
     * @param tables the local folders of tables, by the address that Paimon knows each under
     * @throws dev.weirhouse.catalog.WarehouseException NATIVE_ENGINE_NOT_STARTED
     */
    public static OlapLanes open(
            NativeConfig config, OlapConfig olap, Path home, Map<String, Path> tables, Clock clock) {
        SnapshotLeases leases = SnapshotLeases.open(home.resolve("cache").resolve("leases.txt"), clock);
        Optional<NativeLane> natively;
        try {
            natively = NativeLane.open(config, home, tables, olap.memory().bytes(), leases, clock);
        } catch (RuntimeException e) {
            leases.close();
            throw e;
        }
        Optional<PointLookups> points = olap.pointSize().bytes() == 0
                ? Optional.empty()
                : Optional.of(new PointLookups(
                        home.resolve("cache").resolve("points"),
                        olap.pointSize().bytes(),
                        olap.pointTables(),
                        clock));
        return new OlapLanes(natively, points, Optional.of(leases));
    }

    @Override
    public void close() {
        points.ifPresent(PointLookups::close);
        // The native lane lets go of the leases, too, which it shares.
        natively.ifPresentOrElse(NativeLane::close, () -> leases.ifPresent(SnapshotLeases::close));
    }
}
