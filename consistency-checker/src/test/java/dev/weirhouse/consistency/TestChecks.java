package dev.weirhouse.consistency;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapLanes;
import dev.weirhouse.olap.duckdb.NativeConfig;
import dev.weirhouse.testkit.TestWarehouse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The checks of the tests' warehouse, with the lanes that they ask. */
record TestChecks(OlapLanes lanes, OlapGateway gateway, Checks checks) implements AutoCloseable {

    static final Caller CALLER = new Caller("ada", "test", List.of(), Door.INTERNAL);

    private static final Duration LONG = Duration.ofMinutes(3);

    /** Without the native engine. */
    static TestChecks open(TestWarehouse kit, Map<String, String> settings) {
        return open(kit, OlapLanes.none(), settings);
    }

    static TestChecks withAllLanes(TestWarehouse kit) {
        return open(
                kit,
                OlapLanes.open(
                        ConfigReader.read(NativeConfig.class, Map.of()),
                        ConfigReader.read(OlapConfig.class, Map.of()),
                        kit.warehouse(),
                        Map.of(kit.files().uri(), kit.home().resolve("warehouse"))),
                Map.of());
    }

    private static TestChecks open(TestWarehouse kit, OlapLanes lanes, Map<String, String> settings) {
        OlapGateway gateway = new OlapGateway(
                kit.warehouse().gate(), ConfigReader.read(OlapConfig.class, Map.of()), lanes, kit.clock());
        return new TestChecks(lanes, gateway, open(kit, gateway, settings));
    }

    /** More checks over the same lanes. */
    static Checks open(TestWarehouse kit, OlapGateway gateway, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent("check.poll-interval", "100ms");
        return Checks.open(kit.warehouse(), gateway, ConfigReader.read(CheckConfig.class, all));
    }

    /** The end of what was begun. */
    CheckResult ended(CheckResult begun) {
        return checks.await(begun.id(), LONG);
    }

    @Override
    public void close() {
        checks.close();
        gateway.close();
        lanes.close();
    }
}
