package dev.weirhouse.olap.flight;

import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapLanes;
import dev.weirhouse.olap.duckdb.NativeConfig;
import dev.weirhouse.testkit.TestWarehouse;
import java.util.HashMap;
import java.util.Map;

/** A door on a free port into the warehouse of the tests. */
record OpenDoor(OlapGateway gateway, OlapLanes lanes, FlightSqlDoor door, String database) implements AutoCloseable {

    static OpenDoor into(TestWarehouse house, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("flight.port", "0");
        OlapConfig config = ConfigReader.read(OlapConfig.class, all);
        OlapLanes lanes = OlapLanes.open(
                ConfigReader.read(NativeConfig.class, Map.of()),
                config,
                house.warehouse(),
                Map.of(house.files().uri(), house.home().resolve("warehouse")));
        OlapGateway gateway = new OlapGateway(house.warehouse().gate(), config, lanes, house.clock());
        return new OpenDoor(gateway, lanes, FlightSqlDoor.open(gateway, config), house.database());
    }

    /** The URL of a connection that starts in the test's database. */
    String url() {
        return door.jdbcUrl() + "&schema=" + database;
    }

    @Override
    public void close() {
        door.close();
        gateway.close();
        lanes.close();
    }
}
